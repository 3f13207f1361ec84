"""`steps.x.rows` of what commands really print: `screens/` holds it as it stood on the screen, trailing blanks cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livedeck.model import Capture
from livedeck.records import columns
from livedeck.template.program.results import StepResult

from tests.template.test_properties import MANY

SCREENS = Path(__file__).parent / "screens"
LEGEND = f"{'i Info →   U  In Use':>120}"
IMAGES = "IMAGE          ID             DISK USAGE   CONTENT SIZE   EXTRA"
OBSOLETE = "WARN[0000] /home/ubuntu/compose.yml: the attribute `version` is obsolete, it will be ignored"
PS = "CONTAINER ID   IMAGE     COMMAND                  CREATED         STATUS         PORTS     NAMES"
WEB = 'f82feedb9084   nginx     "/docker-entrypoint.…"   5 seconds ago   Up 4 seconds             web'
VOLUMES = ["DRIVER    VOLUME NAME", "local     data"]
Rows = list[dict[str, str]]


def rows(*outputs: str | list[str]) -> Rows:
    """The rows of a step whose commands showed these outputs."""
    lines = [output.split("\n") if isinstance(output, str) else output for output in outputs]
    return StepResult([Capture("$ ", "x", tuple(output), 0, 0.1) for output in lines]).rows


def screen(name: str) -> Rows:
    return rows((SCREENS / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n"))


def column(found: Rows, name: str) -> list[str]:
    return [row[name] for row in found]


LONG = "registry.example.com/{}/very/long/path/that/does/not/fit/into/any/column/of/a/terminal/at/all/nginx:2026.11.22"
NAMES = ["nginx:latest", "nginx:stable", "perl:5", LONG.format("a"), LONG.format("b")]
DETAILS = {"ID": "df207f5e03b2", "DISK USAGE": "3.83MB", "CONTENT SIZE": "1.22MB", "EXTRA": "U"}
NONE = dict.fromkeys(DETAILS, "")


def test_images_of_docker_29() -> None:
    assert screen("images-29") == [
        {"IMAGE": "nginx:latest", **DETAILS},
        {"IMAGE": "nginx:stable", **DETAILS},
        {"IMAGE": "perl:5", "ID": "83cdac085110", "DISK USAGE": "9kB", "CONTENT SIZE": "808B", "EXTRA": ""},
    ]
    assert screen("images-29-empty") == []
    assert rows([LEGEND]) == []
    assert rows([LEGEND, IMAGES, "nginx:latest   cc78b41a0e0c        133MB             0B"]) == [
        {"IMAGE": "nginx:latest", "ID": "cc78b41a0e0c", "DISK USAGE": "133MB", "CONTENT SIZE": "0B", "EXTRA": ""}
    ]


def test_names_too_long_for_their_column_are_one_row_with_their_details() -> None:
    whole = screen("images-29-long")
    assert column(whole, "IMAGE") == NAMES
    assert [row for row in whole if row["IMAGE"] != "perl:5"] == [
        {"IMAGE": name, **DETAILS} for name in NAMES if name != "perl:5"
    ]
    narrow = {key: DETAILS[key] for key in ("ID", "DISK USAGE", "CONTENT SIZE")}
    assert [row for row in screen("images-29-narrow") if row["IMAGE"] != "perl:5"] == [
        {"IMAGE": name, **narrow} for name in NAMES if name != "perl:5"
    ]
    assert screen("images-29-ids") == [
        {"IMAGE": name, "ID": "83cdac085110" if name == "perl:5" else "df207f5e03b2"} for name in NAMES
    ]


def test_the_tree_of_images() -> None:
    perl = {"ID": "83cdac085110", "DISK USAGE": "9kB", "CONTENT SIZE": "808B", "EXTRA": ""}
    assert screen("images-29-tree") == [
        {"IMAGE": "nginx:latest", **NONE},
        {"IMAGE": "nginx:stable", **NONE},
        {"IMAGE": LONG.format("a"), **NONE},
        {"IMAGE": LONG.format("b"), **DETAILS},
        {"IMAGE": "└─ linux/amd64", **DETAILS},
        {"IMAGE": "perl:5", **perl},
        {"IMAGE": "└─ linux/amd64", **perl},
    ]
    tree = (SCREENS / "images-29-tree.txt").read_text(encoding="utf-8")
    assert rows(f"{tree}\nNAMES     color\nweb       red")[7:] == [{"NAMES": "web", "color": "red"}]
    assert rows(f"{tree}\nNAMES     ID\nweb       0123456789ab")[7:] == [{"NAMES": "web", "ID": "0123456789ab"}]
    assert rows(f"{tree}\n\nnothing") == screen("images-29-tree")


def test_older_images() -> None:
    found = screen("images-old")
    assert len(found) == 11
    assert found[0] == {
        "REPOSITORY": "columns/tiny",
        "TAG": "v1",
        "IMAGE ID": "a4ed91b8d65b",
        "CREATED": "3 seconds ago",
        "SIZE": "3B",
    }
    assert column(found, "CREATED")[1] == "About a minute ago"
    assert screen("images-old-empty") == []


def test_containers() -> None:
    found = screen("ps")
    assert column(found, "NAMES") == [
        *("columns-db-1", "columns-web-1", "columns-none", "columns-db", "columns-web", "columns-29"),
    ]
    assert column(found, "PORTS") == ["", "127.0.0.1:32770->80/tcp", "", "127.0.0.1:32769->80/tcp", "", ""]
    assert column(found, "COMMAND")[:3] == ['"sh -c \'sleep  600; …"', '"sleep 600"', '"nginx  -g"']
    assert column(found, "STATUS")[2] == "Created"
    sizes = screen("ps-size")
    assert column(sizes, "NAMES") == column(found, "NAMES")
    assert column(sizes, "SIZE")[2] == "0B (virtual 120MB)"
    assert screen("ps-labels") == [
        {"NAMES": "columns-db-1", "color": "", "PORTS": ""},
        {"NAMES": "columns-web-1", "color": "", "PORTS": "127.0.0.1:32770->80/tcp"},
        {"NAMES": "columns-none", "color": "", "PORTS": ""},
        {"NAMES": "columns-db", "color": "blue", "PORTS": "127.0.0.1:32769->80/tcp"},
        {"NAMES": "columns-web", "color": "빨강", "PORTS": ""},
        {"NAMES": "columns-29", "color": "", "PORTS": ""},
    ]
    assert screen("ps-29-labels") == [{"color": "blue", "NAMES": "db"}, {"color": "빨강", "NAMES": "web"}]


def test_disk_usage() -> None:
    assert screen("system-df") == [
        {"TYPE": "Images", "TOTAL": "12", "ACTIVE": "5", "SIZE": "2.404GB", "RECLAIMABLE": "1.932GB (80%)"},
        {"TYPE": "Containers", "TOTAL": "9", "ACTIVE": "8", "SIZE": "1.596GB", "RECLAIMABLE": "0B (0%)"},
        {"TYPE": "Local Volumes", "TOTAL": "5", "ACTIVE": "4", "SIZE": "4.616MB", "RECLAIMABLE": "0B (0%)"},
        {"TYPE": "Build Cache", "TOTAL": "0", "ACTIVE": "0", "SIZE": "0B", "RECLAIMABLE": "0B"},
    ]
    found = screen("system-df-v")
    assert [next(iter(row)) for row in found] == ["REPOSITORY"] * 12 + ["CONTAINER ID"] * 9 + ["VOLUME NAME"] * 5
    assert (found[1]["REPOSITORY"], found[1]["SHARED SIZE"], found[1]["CONTAINERS"]) == ("<none>", "204.8MB", "1")
    assert (found[14]["LOCAL VOLUMES"], found[14]["STATUS"], found[14]["NAMES"]) == ("0", "Created", "columns-none")
    newer = screen("system-df-v-29")
    assert sorted(column(newer[:3], "IMAGE ID")) == ["83cdac085110", "df207f5e03b2", "fb0276964b95"]
    assert column(newer[3:], "NAMES") == ["db", "web"]


def test_other_listings() -> None:
    stats = screen("stats")
    assert column(stats, "MEM USAGE / LIMIT") == ["388KiB / 23.54GiB", "580KiB / 23.54GiB"]
    assert column(stats, "PIDS") == ["1", "2"]
    assert screen("network-ls")[1] == {
        "NETWORK ID": "7262baa74c13",
        "NAME": "columns_default",
        "DRIVER": "bridge",
        "SCOPE": "local",
    }
    assert screen("volume-ls") == [
        {"DRIVER": "local", "VOLUME NAME": f"columns-{name}"} for name in ("29", "29c", "data")
    ]
    history = screen("history")
    assert history[2]["CREATED BY"] == "/bin/sh -c set -eu;     if ! apt-get update …"
    assert (history[4]["CREATED BY"], history[4]["SIZE"], history[4]["COMMENT"]) == ("", "120MB", "Imported from -")
    searched = screen("search")
    assert column(searched, "OFFICIAL") == ["[OK]", "", "", "", ""]
    assert column(searched, "AUTOMATED") == ["", "[OK]", "", "", ""]
    assert (searched[4]["DESCRIPTION"], searched[4]["STARS"]) == ("", "0")
    assert screen("context-ls") == [
        {"NAME": "columns-far", "DESCRIPTION": "", "DOCKER ENDPOINT": "tcp://10.0.0.1:2375", "ERROR": ""},
        {
            "NAME": "default *",
            "DESCRIPTION": "Current DOCKER_HOST based configuration",
            "DOCKER ENDPOINT": "unix:///var/run/docker.sock",
            "ERROR": "",
        },
    ]
    assert [tuple(row.values()) for row in screen("buildx-ls")] == [
        ("default*", "docker", "", "", ""),
        ("\\_ default", "\\_ default", "running", "v0.8+unknown", "linux/amd64, linux/386"),
    ]


def test_compose() -> None:
    found = screen("compose-ps")
    assert column(found, "NAME") == ["columns-db-1", "columns-web-1"]
    assert column(found, "PORTS") == ["", "127.0.0.1:32770->80/tcp"]
    assert column(screen("compose-top"), "CMD") == ["sh -c sleep 600; true", "sleep 600", "sleep 600"]


def test_processes() -> None:
    assert screen("top")[0] == {
        "UID": "root",
        "PID": "1833",
        "PPID": "1812",
        "C": "0",
        "STIME": "23:50",
        "TTY": "?",
        "TIME": "00:00:00",
        "CMD": "sh -c sleep 600 ; echo x",
    }
    aux = [
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND",
        "root           1  0.6  0.0  43804 14396 ?        SLl  23:28   0:08 nginx: master  process",
        "a_user   1234567  0.6  0.0  43804 14396 ?        SLl  23:28   0:08 sh",
        "who knows what this is in the middle of what ps prints, really",
    ]
    assert [(row["USER"], row["PID"], row["COMMAND"]) for row in rows(aux)] == [
        ("root", "1", "nginx: master  process"),
        ("a_user", "1234567", "sh"),
    ]
    df = [
        "Filesystem      Size  Used Avail Use% Mounted on",
        "/dev/vda        252G   34G   68G  34% /",
        "tmpfs           1.2T  1234.5G   68G  34% /a b",
    ]
    assert [(row["Size"], row["Used"], row["Mounted on"]) for row in rows(df)] == [
        ("252G", "34G", "/"),
        ("1.2T", "1234.5G", "/a b"),
    ]


# --- several tables, and lines that are no rows ------------------------------------------------------


def test_each_command_has_its_own_tables() -> None:
    assert rows([PS, WEB], VOLUMES) == rows([PS, WEB]) + rows(VOLUMES)
    assert rows(["f82feedb9084"], [PS, WEB]) == rows([PS, WEB])
    assert rows([PS, WEB], ["web"], []) == rows([PS, WEB])


def test_two_tables_without_a_blank_line_between() -> None:
    found = screen("two")
    assert [next(iter(row)) for row in found] == ["REPOSITORY", "CONTAINER ID", "CONTAINER ID"]
    assert column(found[1:], "PORTS") == ["127.0.0.1:32770->80/tcp", ""]
    assert rows([LEGEND, IMAGES, PS, WEB]) == rows([PS, WEB])
    assert rows([PS, WEB, LEGEND, IMAGES]) == rows([PS, WEB])


def test_a_row_in_capitals_is_not_a_head() -> None:
    table = ["NAMES     color", "WEB       PROD", "NAME      x"]
    assert rows(table) == [{"NAMES": "WEB", "color": "PROD"}, {"NAMES": "NAME", "color": "x"}]
    assert rows(["NAMES", "STATUS", "NAME"]) == [{"NAMES": "STATUS"}, {"NAMES": "NAME"}]


@pytest.mark.parametrize(
    "above",
    [
        [OBSOLETE],
        [OBSOLETE, OBSOLETE],
        ["WARNING: Error loading config file: /root/.docker/config.json: permission denied"],
        ['time="2026-11-27T23:50:47Z" level=warning msg="the attribute `version` is obsolete"'],
        ["Containers:"],
        ["Containers:", ""],
        [LEGEND],
        [LEGEND.strip()],
        ["                    Info -> U In Use"],
    ],
)
@pytest.mark.parametrize("table", [[PS, WEB], ["name      color", "web       red"], VOLUMES])
def test_what_is_above_a_head_is_not_a_row(above: list[str], table: list[str]) -> None:
    assert rows([*above, *table]) == rows(table) != []
    assert rows([*above, table[0]]) == []
    if above[0] != "Containers:":
        assert rows([table[0], *above, *table[1:]]) == rows(table)


def test_what_a_command_prints_above_a_known_head_is_not_a_row() -> None:
    said = ["Using default tag: latest", "latest: Pulling from library/nginx", "docker.io/library/nginx:latest"]
    assert rows([*said, *VOLUMES]) == rows(VOLUMES)
    assert rows(["Hello from Docker!", "This message shows it.", "", *VOLUMES, "", "Bye.", "Bye."]) == rows(VOLUMES)


@pytest.mark.parametrize(
    "sentence",
    [
        OBSOLETE,
        "Untagged: nginx:latest",
        "f82feedb90840123456789",
        "To see more of the containers, use docker ps --all, or ask somebody else who knows them better",
        "  To see more of the containers, use docker ps --all, or ask somebody else who knows them better",
        "failed to get a thing: context deadline exceeded (Client.Timeout exceeded while awaiting headers) at last",
        "------------   -----     -------",
        "===========================================================================",
    ],
)
def test_a_sentence_among_rows_is_not_a_row(sentence: str) -> None:
    assert (
        rows([PS, sentence, WEB]) == rows([PS, WEB, sentence]) == rows([PS, sentence, WEB, sentence]) == rows([PS, WEB])
    )


def test_a_sentence_whose_words_lie_where_columns_begin_is_not_a_row() -> None:
    assert rows([*VOLUMES, "Use docke volumes to see more of them"]) == rows(VOLUMES)
    assert rows(["KEY      VALUE", "a_long_k b"]) == [{"KEY": "a_long_k", "VALUE": "b"}]


def test_values_that_single_blanks_part() -> None:
    """As older versions of `docker buildx ls` and much else print them."""
    table = [
        "NAME/NODE       DRIVER/ENDPOINT             STATUS   PLATFORMS",
        "elated_tesla *  docker-container",
        "  elated_tesla0 unix:///var/run/docker.sock inactive",
        "  elated_tesla1 ssh://ubuntu@1.2.3.4        running  linux/amd64, linux/386",
    ]
    assert [tuple(row.values()) for row in rows(table)] == [
        ("elated_tesla *", "docker-container", "", ""),
        ("elated_tesla0", "unix:///var/run/docker.sock", "inactive", ""),
        ("elated_tesla1", "ssh://ubuntu@1.2.3.4", "running", "linux/amd64, linux/386"),
    ]
    assert [tuple(row.values()) for row in rows(["  one    two", "12345 678901", "    6      7"])] == [
        ("12345", "678901"),
        ("6", "7"),
    ]


def test_a_table_whose_names_are_hostile_takes_no_long() -> None:
    line = "- " * 5000
    assert columns.tables([PS, line, "=" * 10_000 + "x", " " * 10_000 + "x", *[WEB] * 20_000])


# --- tables of any cells ------------------------------------------------------


def code_points(text: str) -> int:
    return len(text)


def display_cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


WIDE = "한漢"
word = st.text(st.sampled_from(f"abcXYZ019.:/~>_…é{WIDE}"), min_size=1, max_size=6)
cell = st.lists(word, max_size=3).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]], list[bool]]:
    """Heads, rows and which columns are aligned to the right.

    A row has at most two wide letters: more of them can move a value by as much as lies between two columns, so that it
    is right in another measure too.
    """
    count = draw(st.integers(2, 5))
    heads = draw(st.lists(st.text("ABCDEFGH", min_size=3, max_size=8), min_size=count, max_size=count, unique=True))
    lines = draw(st.lists(st.lists(cell, min_size=count, max_size=count).filter(any), max_size=5))
    for line in lines:
        for _ in range(sum(map(WIDE.count, "".join(line))) - 2):
            place = next(place for place, text in enumerate(line) if any(letter in WIDE for letter in text))
            line[place] = re.sub(f"[{WIDE}]", "w", line[place], count=1)
    return heads, lines, [False, *draw(st.lists(st.booleans(), min_size=count - 1, max_size=count - 1))]


def printed(
    heads: list[str], lines: list[list[str]], right: list[bool], measure: Callable[[str], int], least: int, padding: int
) -> list[str]:
    """A table as a program prints it that counts widths in its own way."""
    shown = [heads, *lines]
    widths = [max(least, padding + max(measure(row[place]) for row in shown)) for place in range(len(heads))]
    made = []
    for row in shown:
        line = ""
        for text, width, flush in zip(row, widths, right, strict=True):
            blanks = " " * (width - padding - measure(text))
            line += (blanks + text if flush else text + blanks) + " " * padding
        made.append(line.rstrip())
    return made


@MANY
@given(
    table=tables(),
    measure=st.sampled_from([code_points, display_cells]),
    padding=st.integers(2, 4),
    least=st.sampled_from([0, 10, 20]),
    above=st.sampled_from([[], [LEGEND], [OBSOLETE], [OBSOLETE, LEGEND], ["A title:"]]),
)
def test_rows_are_the_cells(
    table: tuple[list[str], list[list[str]], list[bool]],
    measure: Callable[[str], int],
    padding: int,
    least: int,
    above: list[str],
) -> None:
    heads, lines, right = table

    found = rows([*above, *printed(heads, lines, right, measure, least, padding)])

    assert found == [dict(zip(heads, line, strict=True)) for line in lines]


@MANY
@given(first=tables(), second=tables(), measure=st.sampled_from([code_points, display_cells]))
def test_tables_with_a_blank_line_between(
    first: tuple[list[str], list[list[str]], list[bool]],
    second: tuple[list[str], list[list[str]], list[bool]],
    measure: Callable[[str], int],
) -> None:
    one, two = printed(*first, measure, 10, 3), printed(*second, measure, 10, 3)

    assert rows([*one, "", *two]) == rows(one) + rows(two) == rows(one, two)


@MANY
@given(lines=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60), max_size=8))
def test_no_output_is_too_odd(lines: list[str]) -> None:
    for table in columns.tables(lines):
        for row in table.rows:
            assert len(row) == len(table.heads)
            for found in row:
                assert lines[found.line][found.first :].startswith(found.text)
