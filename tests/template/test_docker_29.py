"""Commands of which Docker 29.7.2 shows something else than 28.5.2, and what a step's values make of either.

`screens/docker-28.5/` and `screens/docker-29/` hold what both showed in one deck, each in the image store that it comes
with: containerd's since 29. Trailing blanks are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from livedeck.errors import TemplateError
from livedeck.model import Capture
from livedeck.template.program.results import StepResult

SCREENS = Path(__file__).parent / "screens"
OLD, NEW = "docker-28.5", "docker-29"
HEADS = {
    OLD: ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"],
    NEW: ["IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA"],
}
LEGEND = f"{'i Info →   U  In Use':>120}"
NAMES = ["mine:1", "nginx:latest", "nginx:perl", "nginx:second"]
UNTAGGED = {"IMAGE": "<untagged>", "ID": "84660a89980e", "DISK USAGE": "207MB", "CONTENT SIZE": "57.8MB", "EXTRA": ""}


def step(engine: str, name: str, exit_code: int = 0) -> StepResult:
    """What a command showed on one of the two."""
    lines = (SCREENS / engine / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return StepResult([Capture("$ ", "x", tuple(lines), exit_code, 0.1)])


def document(engine: str, name: str) -> Any:
    return step(engine, name).json


def names(found: StepResult) -> list[str]:
    """The images of a list, as `NAME:TAG` in either form."""
    return sorted(row.get("IMAGE") or f"{row['REPOSITORY']}:{row['TAG']}" for row in found.rows)


def members(value: object, way: str = "") -> set[str]:
    """The ways to all members of a JSON document."""
    if isinstance(value, dict):
        return {f"{way}{key}" for key in value}.union(*(members(own, f"{way}{key}.") for key, own in value.items()))
    return set()


# --- docker images ------------------------------------------------------


@pytest.mark.parametrize("name", ["images", "images-used", "images-untagged", "images-a", "images-dangling"])
def test_the_list_of_images_has_a_legend_and_other_heads(name: str) -> None:
    old, new = step(OLD, name), step(NEW, name)

    assert [list(row) for row in old.rows] == [HEADS[OLD]] * len(old.rows) != []
    assert [list(row) for row in new.rows] == [HEADS[NEW]] * len(new.rows) != []
    assert (len(old.lines), len(new.lines)) == (len(old.rows) + 1, len(new.rows) + 2)
    assert new.lines[0] == LEGEND


def test_an_image_is_one_row_a_tag() -> None:
    tagged = ["nginx:latest", "nginx:perl", "nginx:second"]
    assert names(step(OLD, "images")) == names(step(NEW, "images")) == tagged
    assert step(NEW, "images").rows[0] == {
        "IMAGE": "nginx:latest",
        "ID": "b1662c9e9892",
        "DISK USAGE": "206MB",
        "CONTENT SIZE": "57.8MB",
        "EXTRA": "",
    }
    assert step(OLD, "images").count("nginx") == step(NEW, "images").count("nginx") == 3
    assert step(NEW, "images").count("nginx:latest") == 1
    assert step(OLD, "images").count("nginx:latest") == 0


def test_no_image_of_that_name() -> None:
    assert step(OLD, "images-of-no-name").rows == step(NEW, "images-of-no-name").rows == []


def test_only_the_newer_list_shows_which_image_is_in_use() -> None:
    assert [row["IMAGE"] for row in step(NEW, "images-used").rows if row["EXTRA"] == "U"] == [
        "nginx:latest",
        "nginx:second",
    ]
    assert step(OLD, "images-used").added(step(OLD, "images")) == []
    assert [line.split()[0] for line in step(NEW, "images-used").added(step(NEW, "images"))] == [
        "nginx:latest",
        "nginx:second",
    ]
    assert len(step(NEW, "images-used").removed(step(NEW, "images"))) == 2


def test_only_the_older_list_has_images_without_a_tag() -> None:
    """A second `docker commit` took the tag of the first."""
    assert names(step(OLD, "images-untagged")) == ["<none>:<none>", *NAMES]
    assert names(step(NEW, "images-untagged")) == NAMES

    assert [line.split()[0] for line in step(OLD, "images-untagged").added(step(OLD, "images-used"))] == [
        "<none>",
        "mine",
    ]
    assert [line.split()[0] for line in step(NEW, "images-untagged").added(step(NEW, "images-used"))] == ["mine:1"]


def test_all_images_are_those_without_a_tag_too() -> None:
    assert step(OLD, "images-a").added(step(OLD, "images-untagged")) == []
    (line,) = step(NEW, "images-a").added(step(NEW, "images-untagged"))
    assert step(NEW, "images-a").rows[-1] == UNTAGGED
    assert line == step(NEW, "images-a").lines[-1]
    assert names(step(OLD, "images-a")) == ["<none>:<none>", *NAMES]
    assert names(step(NEW, "images-a")) == ["<untagged>", *NAMES]
    assert step(OLD, "images-a").count("<none>") == 2
    assert step(NEW, "images-a").count("<none>") == 0


def test_the_filter_shows_them_without_a() -> None:
    assert names(step(OLD, "images-dangling")) == ["<none>:<none>"]
    assert step(NEW, "images-dangling").rows == [UNTAGGED]


def test_what_a_prune_takes_away_is_seen_with_a() -> None:
    old, new = (step(engine, "images-a-pruned").removed(step(engine, "images-a")) for engine in (OLD, NEW))
    assert [line.split()[0] for line in old] == ["<none>", "nginx", "nginx"]
    assert [line.split()[0] for line in new] == ["nginx:latest", "nginx:perl", "<untagged>"]
    seen = step(NEW, "images-pruned").removed(step(NEW, "images-untagged"))
    assert [line.split()[0] for line in seen] == ["nginx:latest", "nginx:perl"]


@pytest.mark.parametrize("name", ["images-digests", "images-no-trunc", "images-table"])
def test_forms_that_keep_the_older_heads(name: str) -> None:
    """They have no legend either, but the newer one hides images without a tag here too."""
    old, new = step(OLD, name), step(NEW, name)

    assert old.lines[0].split() == new.lines[0].split()
    assert list(old.rows[0]) == list(new.rows[0])
    assert names(old) == ["<none>:<none>", *NAMES]
    assert names(new) == NAMES


def test_the_digest_is_the_id() -> None:
    old, new = step(OLD, "images-digests").rows, step(NEW, "images-digests").rows
    assert all(row["DIGEST"].startswith(f"sha256:{row['IMAGE ID']}") for row in new)
    assert not any(row["DIGEST"].startswith(f"sha256:{row['IMAGE ID']}") for row in old)
    assert {row["DIGEST"] for row in old if row["REPOSITORY"] != "nginx"} == {"<none>"}


def test_ids_alone() -> None:
    """Without `-a` they are those that have a tag, one line a tag."""
    assert [len(step(engine, "images-q").lines) for engine in (OLD, NEW)] == [5, 4]
    assert [len(step(engine, "images-aq").lines) for engine in (OLD, NEW)] == [5, 5]
    assert step(OLD, "images-aq").added(step(OLD, "images-q")) == []
    assert step(NEW, "images-aq").added(step(NEW, "images-q")) == [UNTAGGED["ID"]]
    assert step(NEW, "images-q").lines.count("b1662c9e9892") == 2


def test_a_template_of_ones_own() -> None:
    assert step(OLD, "images-template").lines[0] == "<none>:<none> 133MB"
    assert [line.split()[0] for line in step(NEW, "images-template").lines] == [
        *("mine:1", "nginx:perl", "nginx:latest", "nginx:second"),
    ]


def test_a_pipe_takes_the_legend_away() -> None:
    shown, piped = step(NEW, "images-untagged"), step(NEW, "images-cat")
    assert piped.rows == shown.rows
    assert (piped.added(shown), piped.removed(shown)) == ([], [LEGEND])
    assert [row["EXTRA"] for row in piped.rows] == ["", "U", "", "U"]
    assert [step(engine, "images-wc").json for engine in (OLD, NEW)] == [6, 5]
    assert len(step(OLD, "images-grep").lines) == len(step(NEW, "images-grep").lines) == 3
    assert [step(engine, "images-grep").count("nginx:") for engine in (OLD, NEW)] == [0, 3]


def test_the_tree() -> None:
    """One row a tag, the details of an image with the last of them; 29's store has rows of platforms below it."""
    old, new = step(OLD, "images-tree").rows, step(NEW, "images-tree").rows
    platform = "└─ linux/amd64"
    assert [row["IMAGE"] for row in old] == ["mine:1", "nginx:perl", "nginx:latest", "nginx:second"]
    assert [row["IMAGE"] for row in new if row["IMAGE"] != platform] == [*NAMES[:2], "nginx:second", "nginx:perl"]
    assert sum(row["IMAGE"] == platform for row in new) == 3
    for found in (old, new):
        assert [row["IMAGE"] for row in found if not row["ID"]] == ["nginx:latest"]
        assert {row["EXTRA"] for row in found if row["IMAGE"] == "nginx:second"} == {"U"}


# --- JSON ------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "gone", "new"),
    [
        ("images-json", {"VirtualSize"}, set()),
        ("ps-json", set(), {"HealthStatus", "Platform.architecture", "Platform.os"}),
        (
            "inspect-image",
            {
                *("Parent", "Comment", "DockerVersion", "Author"),
                *("GraphDriver", "GraphDriver.Name", "GraphDriver.Data", "GraphDriver.Data.LowerDir"),
                *(f"GraphDriver.Data.{name}Dir" for name in ("Merged", "Upper", "Work")),
                *(f"Config.{name}" for name in ("Labels", "OnBuild", "User", "Volumes", "WorkingDir")),
            },
            {
                *("Descriptor", "Descriptor.mediaType", "Descriptor.digest", "Descriptor.size"),
                *("Identity", "Identity.Pull"),
            },
        ),
        ("version-json", set(), {"Client.Platform", "Client.Platform.Name"}),
    ],
)
def test_members_of_documents(name: str, gone: set[str], new: set[str]) -> None:
    mine, other = (document(engine, name) for engine in (OLD, NEW))
    mine, other = (found[0] if isinstance(found, list) else found for found in (mine, other))

    assert members(mine) - members(other) == gone
    assert members(other) - members(mine) == new


def test_values_of_documents() -> None:
    (old,), (new,) = document(OLD, "inspect-image"), document(NEW, "inspect-image")
    assert len(old["RootFS"]["Layers"]) == len(new["RootFS"]["Layers"]) == 7
    assert old["RepoDigests"] != [f"nginx@{old['Id']}"]
    assert new["RepoDigests"] == [f"nginx@{new['Id']}"]
    assert (old["Size"], new["Size"]) == (133042997, 57791295)
    assert [document(engine, "ps-json")["Platform"] for engine in (OLD, NEW)] == [
        None,
        {"architecture": "amd64", "os": "linux"},
    ]
    assert document(NEW, "inspect-graph-driver") is None
    assert document(OLD, "inspect-graph-driver")["Name"] == "overlay2"
    assert dict(document(NEW, "info-driver-status")) == {"driver-type": "io.containerd.snapshotter.v1"}
    assert dict(document(OLD, "info-driver-status"))["Backing Filesystem"] == "extfs"
    networks: Sequence[Any] = [document(engine, "network-inspect")[0] for engine in (OLD, NEW)]
    assert ["Status" in network for network in networks] == [False, True]
    assert [len(network["Containers"]) for network in networks] == [1, 1]


@pytest.mark.parametrize(
    ("name", "value", "member"),
    [("inspect-virtual-size", "0", "VirtualSize"), ("inspect-address", "172.18.0.2", "IPAddress")],
)
def test_members_that_a_format_asks_for_in_vain(name: str, value: str, member: str) -> None:
    old, new = step(OLD, name), step(NEW, name, exit_code=1)
    assert (old.text, old.exit) == (value, 0)
    assert new.lines[0] == ""
    assert new.lines[1].endswith(f'map has no entry for key "{member}"')
    with pytest.raises(TemplateError):
        _ = new.json


# --- what else they say ------------------------------------------------------


def test_nothing_to_inspect() -> None:
    old, new = step(OLD, "inspect-nothing", exit_code=1), step(NEW, "inspect-nothing", exit_code=1)
    assert (old.lines, new.lines) == (["[]", "Error: No such object: nosuch"], ["[]", "error: no such object: nosuch"])
    assert old.rows == new.rows == []


def test_an_error_is_not_a_row() -> None:
    said = [
        "8a72cc31204464f505f48fc24959a73d1e4775730cc132696701058ea6151cc3",
        "docker: Error response from daemon: failed to set up container networking: port is already allocated",
        "",
        "Run 'docker run --help' for more information",
    ]
    for lines in (said, [*said, "name   color", "web    red"]):
        found = StepResult([Capture("$ ", "x", tuple(lines), 125, 0.1)]).rows
        assert found == [{"name": "web", "color": "red"}][: len(lines) - len(said)]


def test_the_history_has_the_same_columns_and_other_sizes() -> None:
    old, new = step(OLD, "history").rows, step(NEW, "history").rows
    assert list(old[0]) == list(new[0]) == ["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"]
    assert [row["IMAGE"] for row in old] == ["e08b8e73b5d1", *["<missing>"] * 11]
    assert [row["IMAGE"] for row in new] == ["b1662c9e9892", *["<missing>"] * 11]
    assert [row["SIZE"] == "0B" for row in old] == [row["SIZE"] == "0B" for row in new]
    assert (old[4]["SIZE"], new[4]["SIZE"]) == ("248B", "24.6kB")


def test_disk_usage_has_untagged_images_and_what_was_downloaded() -> None:
    old, new = step(OLD, "system-df").rows, step(NEW, "system-df").rows
    assert [row["TYPE"] for row in old] == [row["TYPE"] for row in new]
    assert [(rows[0]["TOTAL"], rows[0]["SIZE"]) for rows in (old, new)] == [("4", "182.5MB"), ("4", "275.6MB")]
    assert [rows[0]["RECLAIMABLE"] for rows in (old, new)] == ["182.5MB (100%)", "69.19MB (25%)"]
    assert step(OLD, "system-df").added(step(NEW, "system-df")) == []
    for engine in (OLD, NEW):
        found = step(engine, "system-df-v").rows
        assert sorted(f"{row['REPOSITORY']}:{row['TAG']}" for row in found[:4]) == ["<none>:<none>", *NAMES[:3]]
        assert [row["NAMES"] for row in found[4:]] == ["web"]


def test_what_is_removed() -> None:
    assert [step(engine, "rmi").count("Untagged: ") for engine in (OLD, NEW)] == [2, 1]
    assert [step(engine, "rmi").count("Deleted: ") for engine in (OLD, NEW)] == [2, 1]
    assert [step(engine, "prune").count("deleted: sha256:") for engine in (OLD, NEW)] == [2, 1]
    assert [step(engine, "prune").count("untagged: sha256:") for engine in (OLD, NEW)] == [0, 1]
    old, new = (step(engine, "rmi-in-use", exit_code=1) for engine in (OLD, NEW))
    assert (old.count("(must force)"), new.count("(must be forced)")) == (1, 1)
    assert old.count("is using its referenced image") == new.count("is using its referenced image") == 1
