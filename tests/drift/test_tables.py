"""Column tables: what in them is volatile, in tables with something above their head and in several of one output."""

from __future__ import annotations

import pytest
from livedeck.records.volatile import cells, learn

from tests.drift.test_disguised import drifted

LEGEND = "i Info →   U  In Use"
IMAGES = "IMAGE          ID             DISK USAGE   CONTENT SIZE   EXTRA"
OLD = [
    "nginx:latest   cc78b41a0e0c        133MB             0B    U",
    "nginx:my-tag   5d689ea0090a        133MB             0B",
]
NEW = [
    "nginx:latest   423add8d985d        206MB         57.8MB    U",
    "nginx:my-tag   f389f774fa02       1.27GB         57.8MB",
]
LONG = "registry.example.com/a/very/long/path/that/does/not/fit/into/any/column/of/a/terminal/at/all/nginx:2026.11.22"
STATS = "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O       BLOCK I/O   PIDS"
DF = "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE"
USED = "Images          2         1         {:10}{}"
HELD = "Containers      1         1         {:10}{}"
COMPOSE = "NAME            IMAGE               COMMAND       SERVICE   CREATED          STATUS          PORTS"
CACHE = "CACHE ID       CACHE TYPE     SIZE      CREATED         LAST USED       USAGE     SHARED"
CACHED = "{:15}regular        {:10}{:16}1 minute ago    {:<10}false"
KOREAN = "color     NAMES"
HISTORY = (
    "IMAGE          CREATED          CREATED BY                                      SIZE      COMMENT\n"
    "cc78b41a0e0c   5 minutes ago    /bin/sh -c #(nop) COPY file:{}…   248B\n"
    "<missing>      5 minutes ago    /bin/sh -c #(nop) ADD file:{}…   120MB"
)
ONE, TWO, THREE = "29a440a4ded68696", "24f1de38384a34fb3", "0e6f0158a09cd93d9"


def images(*rows: str, width: int = 120, head: str = IMAGES) -> str:
    return "\n".join([f"{LEGEND:>{width}}", head, *rows])


def told(old: str, new: str) -> bool:
    """Whether one is drift of the other, which is the same in either direction."""
    found = drifted({"x": old}, {"x": new})
    assert drifted({"x": new}, {"x": old}) == found
    return found


REPEATS = {
    "ids and sizes of images": (images(*OLD), images(*NEW)),
    "the width of the terminal": (images(*OLD), images(*NEW, width=97)),
    "a narrow terminal": (images(*OLD), images(*NEW, width=22)),
    "no images": (images(), images(width=21)),
    "a name on a line of its own": (
        images(LONG, f"{OLD[0].replace('nginx:latest', ' ' * 12)}"),
        images(LONG, f"{NEW[0].replace('nginx:latest', ' ' * 12)}"),
    ),
    "the tree": (
        images(OLD[0], OLD[0].replace("nginx:latest", "└─ linux/amd"), "", OLD[1]),
        images(NEW[0], NEW[0].replace("nginx:latest", "└─ linux/amd"), "", NEW[1]),
    ),
    "statistics": (
        f"{STATS}\nbb3d07a8d441   db        0.00%     592KiB / 23.54GiB   0.00%     84B / 126B    0B / 0B     2",
        f"{STATS}\n1fdf0ad3ac7c   db        12.51%    1.2MiB / 23.54GiB   0.31%     1.1kB / 126B  4kB / 0B    11",
    ),
    "disk usage": (
        f"{DF}\n{USED.format('3.841MB', '9.718kB (0%)')}\n{HELD.format('0B', '0B')}",
        f"{DF}\n{USED.format('206MB', '57.8MB (28%)')}\n{HELD.format('2B', '0B (0%)')}",
    ),
    "disk usage at length": (
        f"Build cache usage: 0B\n\n{CACHE}\n{CACHED.format('z6d5vq1c2wtl', '12.3MB', '2 minutes ago', 1)}",
        f"Build cache usage: 9kB\n\n{CACHE}\n{CACHED.format('q1w2e3r4t5zy', '1.5GB', '3 hours ago', 1)}",
    ),
    "ages of services": (
        f'{COMPOSE}\ndeck-web-1      livedeck/base:sid   "sleep 600"   web       22 seconds ago   Up 20 seconds',
        f'{COMPOSE}\ndeck-web-1      livedeck/base:sid   "sleep 600"   web       2 minutes ago    Up About a minute',
    ),
    "a base with other files": (HISTORY.format(ONE, TWO), HISTORY.format(ONE, THREE)),
    "a name below wide letters": (f"{KOREAN}\n빨강      newly_coined", f"{KOREAN}\n빨강      other_word"),
    "a name shifted by wide letters": (f"{KOREAN}\n빨강        newly_coined", f"{KOREAN}\n빨강        other_word"),
    "a table below a sentence": (
        "latest: Pulling from x\nID             NAME\nz6d5vq1c2wtl   a",
        "latest: Pulling from x\nID             NAME\nq1w2e3r4t5zy   a",
    ),
}
CHANGES = {
    "an image in use": (images(*OLD), images(OLD[0], f"{OLD[1]}    U")),
    "an image in use no more": (images(*OLD), images(OLD[0].removesuffix("    U"), OLD[1])),
    "the other image in use": (images(*OLD), images(OLD[0].removesuffix("    U"), f"{OLD[1]}    U")),
    "an image more": (images(*OLD), images(*OLD, OLD[1].replace("my-tag", "my-own"))),
    "another image": (images(*OLD), images(OLD[0], OLD[1].replace("my-tag", "my-own"))),
    "the order of images": (images(*OLD), images(*reversed(OLD))),
    "a column renamed": (images(*OLD), images(*OLD, head=IMAGES.replace("EXTRA", "NOTES"))),
    "another legend": (images(*OLD), images(*OLD).replace("In Use", "Used")),
    "no legend": (images(*OLD), "\n".join([IMAGES, *OLD])),
    "something to reclaim": (
        f"{DF}\nContainers      1         1         8kB       0B (0%)",
        f"{DF}\nContainers      1         1         8kB       8kB (100%)",
    ),
    "fewer containers that run": (
        f"{DF}\nContainers      1         1         8kB       0B (0%)",
        f"{DF}\nContainers      1         0         8kB       0B (0%)",
    ),
    "a service that ended": (
        f'{COMPOSE}\ndeck-web-1      livedeck/base:sid   "sleep 600"   web       22 seconds ago   Up 20 seconds',
        f'{COMPOSE}\ndeck-web-1      livedeck/base:sid   "sleep 600"   web       22 seconds ago   Exited (0)',
    ),
    "a cache used more often": (
        f"{CACHE}\n{CACHED.format('z6d5vq1c2wtl', '12.3MB', '2 minutes ago', 1)}",
        f"{CACHE}\n{CACHED.format('z6d5vq1c2wtl', '12.3MB', '2 minutes ago', 2)}",
    ),
    "another kind of layer": (HISTORY.format(ONE, TWO), HISTORY.format(ONE, TWO).replace("ADD", "COPY")),
    "one file twice": (HISTORY.format(ONE, ONE), HISTORY.format(ONE, ONE[::-1])),
    "a volume below a name": (
        "NAMES\nweb\nDRIVER    VOLUME NAME\nlocal     a_b",
        "NAMES\nweb\nDRIVER    VOLUME NAME\nlocal     a_c",
    ),
    "what an earlier table says of its columns": (
        "NAME      AGE\nweb       5m\nNAME      PORTS\nweb       5m",
        "NAME      AGE\nweb       5m\nNAME      PORTS\nweb       6m",
    ),
}


@pytest.mark.parametrize("name", REPEATS)
def test_a_repeat_is_not_drift(name: str) -> None:
    assert not told(*REPEATS[name])


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_drift(name: str) -> None:
    assert told(*CHANGES[name])


def test_an_id_in_one_table_is_the_thing_that_it_is_in_another() -> None:
    head, row = "CONTAINER ID   IMAGE          NAMES", "0123456789ab   {}   web"
    swapped = [OLD[0].replace("cc78b41a0e0c", "5d689ea0090a"), OLD[1].replace("5d689ea0090a", "cc78b41a0e0c")]
    container = f"{head}\n{row.format('cc78b41a0e0c')}"

    assert drifted({"images": images(*OLD), "ps": container}, {"images": images(*swapped), "ps": container})


def test_names_are_learnt_from_their_column_alone() -> None:
    output = (
        *("NAMES          color     PORTS", "newly_coined   빨_강", "two_names,a_b   x"),
        *("", "VOLUME NAME   LINKS", "my_volume     1", "CONTAINER ID   NAME", "0123456789ab   other_word"),
    )

    found = learn([("docker ps", output)]).given

    assert found is not None
    assert set(found.findall(" ".join(output))) == {"newly_coined", "two_names", "a_b", "other_word"}


def test_values_are_where_they_are_in_the_line() -> None:
    output = [
        LEGEND,
        STATS,
        "bb3d07a8d441   웹        0.00%     592KiB / 23.54GiB   0.00%     84B / 126B    0B / 0B     12",
    ]
    output += ["", CACHE, "z6d5vq1c2wtl*  regular        12.3MB"]

    shown = [
        [(line[first:last], kind) for first, last, kind in own] for line, own in zip(output, cells(output), strict=True)
    ]

    assert shown == [[], [], [("12", "count")], [], [], [("z6d5vq1c2wtl", "id")]]
