"""Two commands at once on one course: each does its work or says who is at it, and nothing of either is lost."""

from __future__ import annotations

import itertools
import random

import pytest
from livedeck.project import course as course_file

from tests.faults.place import SECONDS, Ended, Place
from tests.faults.writers import (
    DECKS,
    REPORT,
    WRITERS,
    Tree,
    assert_whole_slides,
    await_no_programs,
    furnished,
    leftovers,
    own,
)

COMMANDS = {
    "build html": ("build", "--format", "html", "--no-fit"),
    "build md": ("build", "--format", "md"),
    "i18n update": ("i18n", "update"),
    "i18n add": ("i18n", "add", "ja"),
    "capture": ("capture", "one", "--host", "local", "--disposable"),
    "clean": ("clean",),
    "check": ("check",),
    "fit": ("fit",),
    "drift": REPORT,
}
WORK = {"drift": 4}
"""Exit codes of commands that did their work, where it is not 0."""
BUSY = "another livedeck is working on "
USUAL = [("i18n add", "i18n update"), ("build md", "clean")]
"""What `make test` tries."""
PAIRS = [
    pytest.param(*pair, id=" and ".join(pair), marks=[] if pair in USUAL or pair[::-1] in USUAL else pytest.mark.soak)
    for pair in itertools.combinations_with_replacement(COMMANDS, 2)
]


def at_once(place: Place, first: str, second: str) -> dict[str, list[Ended]]:
    """Run both at the same time, in either order."""
    both = random.sample((first, second), 2)
    running = [(name, place.start(*COMMANDS[name])) for name in both]
    done: dict[str, list[Ended]] = {}
    for name, process in running:
        with process:
            out, err = process.communicate(timeout=SECONDS)
        done.setdefault(name, []).append(Ended(process.returncode, out.decode(), err.decode()))
    return done


def assert_done_or_refused(done: dict[str, list[Ended]]) -> list[str]:
    """Return the commands that did their work; the others say that somebody else is at it, and one was first."""
    worked = []
    for name, runs in done.items():
        for ended in runs:
            if name == "i18n add" and "has the language ja already" in ended.err:
                ended.assert_clean(2)
            elif ended.code == WORK.get(name, 0):
                ended.assert_clean(ended.code)
                worked.append(name)
            else:
                ended.assert_clean(3, BUSY, "wait until it is done")
    assert worked, done
    return worked


def assert_nothing_lost(place: Place, before: Tree, worked: list[str]) -> None:
    now, course = own(place), course_file.load(place.root)
    for deck in DECKS:
        english, japanese = (now.get(f"decks/{deck}/locale/{lang}.po", b"") for lang in ("en", "ja"))
        assert b'msgstr "Port"' in english
        assert (english != before[f"decks/{deck}/locale/en.po"]) == ("i18n update" in worked)
        assert bool(japanese) == ("ja" in course.file.languages) == ("i18n add" in worked)
        assert now[f"decks/{deck}/deck.md"] == before[f"decks/{deck}/deck.md"]
        assert f"decks/{deck}/records/current.json" in now
    report = now["reports/report.html"]
    assert report.rstrip().endswith(b"</html>") == ("drift" in worked)


@pytest.mark.hostile("two commands at once", "both work, or one says who is at it", "a lost file, half a page, a crash")
@pytest.mark.faults("two at once")
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_commands(place: Place, first: str, second: str) -> None:
    furnished(place, "i18n update")
    WRITERS["drift --output"].prepare(place)
    before = own(place)
    worked = assert_done_or_refused(at_once(place, first, second))
    assert_nothing_lost(place, before, worked)
    assert_whole_slides(place, f"{first} and {second}")
    await_no_programs(place)
    assert leftovers(place) == []
    place.livedeck("build", "--format", "md").assert_clean(0)
