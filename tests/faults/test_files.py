"""Hostile course files and decks: one clean message each, before anything runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.place import FRONT, Place, deck_of

pytestmark = pytest.mark.faults("course files and decks")
SECRET = "the-operators-secret"
Case = tuple[Callable[[Place], object], int, str]


def _toml(text: str) -> Callable[[Place], object]:
    return lambda place: (place.root / "decks" / "course.toml").write_text(text, encoding="utf-8")


def _more(text: str) -> Callable[[Place], object]:
    return lambda place: place.course(text)


def _picture(address: str, make: Callable[[Path], object] = lambda folder: None) -> Callable[[Place], object]:
    def write(place: Place) -> None:
        place.write(f"{deck_of('true')}\n![]({address})\n")
        (place.deck().parent / "img").mkdir()
        make(place.deck().parent / "img")

    return write


def _file(make: Callable[[Path], object]) -> Callable[[Place], object]:
    def write(place: Place) -> None:
        files = place.deck().parent / "files"
        files.mkdir()
        make(files)

    return write


def _deck(text: str) -> Callable[[Place], object]:
    return lambda place: place.write(f"{FRONT}{text}\n")


def _sparse(size: int) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        with (folder / "huge").open("wb") as file:
            file.truncate(size)

    return make


def _looped(folder: Path) -> None:
    (folder / "a.png").symlink_to("a.png")


def _linked_files(place: Place) -> None:
    (place.deck().parent / "files").symlink_to("/etc")


def _linked_template(place: Place) -> None:
    place.deck().unlink()
    place.deck().symlink_to(place.root / "outside")


def _named(name: str) -> Callable[[Place], object]:
    return lambda place: place.write(deck_of("true"), name)


COURSES: dict[str, Case] = {
    "no TOML": (_toml("title = "), 2, "decks/course.toml:1: the course file is not TOML"),
    "deep TOML": (_toml("title = " + "[" * 50_000), 2, "the course file is not TOML"),
    "escapes in TOML": (_toml('title = "\x1b]0;x\x07"'), 2, "the course file is not TOML"),
    "an unknown key": (_more("[hooks]\nrun = 'touch owned'\n"), 2, "unknown key hooks"),
    "a step template outside": (_more("[step]\ntemplate = '../outside'\n"), 2, "is outside decks/"),
    "a step template from the root": (_more("[step]\ntemplate = '/etc/passwd'\n"), 2, "cannot read the step template"),
    "a step template that is a device": (
        _more("[step]\ntemplate = '../../../../../../../../dev/zero'\n"),
        2,
        "is outside decks/",
    ),
    "a step template that is a folder": (_more("[step]\ntemplate = 'one'\n"), 2, "is not a file"),
    "a step template without a name": (_more("[step]\ntemplate = ''\n"), 2, "is not a file"),
    "a step template with NUL": (_more('[step]\ntemplate = "\\u0000"\n'), 2, "cannot read the step template"),
    "a step template too long": (_more(f"[step]\ntemplate = '{'x' * 5000}'\n"), 2, "cannot read the step template"),
    "an engine as an option": (_more("[engines.-rf]\n"), 2, "names no [engines.current]"),
    "a user as an option": (_toml('title = "x"\n[terminal]\nuser = "-rf"\n'), 2, "is not a login name"),
    "root": (_toml('title = "x"\n[terminal]\nuser = "root"\n'), 2, "is not a login name"),
    "a host with commands": (_toml('title = "x"\n[terminal]\nhostname = "a;id"\n'), 2, "is not a host name"),
    "a host with a newline": (_toml('title = "x"\n[terminal]\nhostname = "a\\nb"\n'), 2, "is not a host name"),
    "a language as a path": (_toml('title = "x"\nlanguages = ["../../x"]\n'), 2, "is not a language"),
    "no columns": (_toml('title = "x"\n[terminal]\ncolumns = 0\n'), 2, "columns = 0"),
    "too many columns": (_toml('title = "x"\n[terminal]\ncolumns = 1000000\n'), 2, "columns = 1000000"),
    "no memory": (_more("[sandbox]\nmemory = '-1g'\n"), 2, "is not a size"),
    "a size as a command": (_more("[sandbox]\nkeep_free = '1g; id'\n"), 2, "is not a size"),
    "a rule that is none": (_more("[redact.rules]\nx = '('\n"), 2, "is not a regular expression"),
    "a rule of nothing": (_more("[redact.rules]\nx = '.*'\n"), 2, "matches the empty text"),
}
DECKS: dict[str, Case] = {
    "a picture above": (_picture("../../course.toml"), 1, "is outside the deck"),
    "a picture above, encoded": (_picture("%2e%2e/%2e%2e/course.toml"), 1, "is outside the deck"),
    "a picture from the root": (_picture("/etc/passwd"), 1, "is outside the deck"),
    "a picture by a link": (_picture("img/a.png", lambda f: (f / "a.png").symlink_to("/etc/passwd")), 1, "outside"),
    "a picture by a linked folder": (_picture("img/e/a.png", lambda f: (f / "e").symlink_to("/etc")), 1, "outside"),
    "another file by a linked folder": (
        _picture("img/e/passwd", lambda f: (f / "e").symlink_to("/etc")),
        1,
        "is not a picture that may be published",
    ),
    "a picture that is a pipe": (_picture("img/a.png", lambda f: os.mkfifo(f / "a.png")), 1, "not a regular file"),
    "a picture that is a device": (
        _picture("img/a.png", lambda f: (f / "a.png").symlink_to("/dev/zero")),
        1,
        "outside",
    ),
    "a picture that is a folder": (_picture("img/a.png", lambda f: (f / "a.png").mkdir()), 1, "not a regular file"),
    "a picture that is not there": (_picture("img/none.png"), 1, "none.png does not exist"),
    "a picture in a circle": (_picture("img/a.png", _looped), 1, "picture"),
    "a picture with NUL": (_picture("img/a%00.png"), 1, "picture"),
    "a picture with a name too long": (_picture("img/" + "x" * 5000), 1, "picture"),
    "a link in files/": (_file(lambda f: (f / "a").symlink_to("/etc/passwd")), 2, "is neither a file nor a folder"),
    "a linked folder in files/": (_file(lambda f: (f / "a").symlink_to("/etc")), 2, "is neither a file nor a folder"),
    "a broken link in files/": (_file(lambda f: (f / "a").symlink_to("nowhere")), 2, "is neither a file nor a folder"),
    "a pipe in files/": (_file(lambda f: os.mkfifo(f / "a")), 2, "is neither a file nor a folder"),
    "files/ is a link": (_linked_files, 2, "decks/one/files is a link"),
    "50 GB in files/": (_file(_sparse(50 * 2**30)), 2, "is too large"),
    "30 MB of noise in files/": (_file(lambda f: (f / "a").write_bytes(os.urandom(30 * 2**20))), 2, "is too large"),
    "an option as a name": (_named("-rf"), 2, "cannot be the name of a deck"),
    "a newline in a name": (_named("a\nb"), 2, "cannot be the name of a deck"),
    "an escape in a name": (_named("a\x1b[31m"), 2, "cannot be the name of a deck"),
    "a command in a name": (_named("$(touch owned)"), 2, "cannot be the name of a deck"),
    "a quote in a name": (_named("a'b\""), 2, "cannot be the name of a deck"),
    "a link as template": (lambda p: (p.deck().unlink(), p.deck().symlink_to("deck.md")), 2, "there is no deck one"),
    "a template outside": (_linked_template, 2, "decks/one/deck.md is a link out of decks/"),
    "a pipe as template": (lambda p: (p.deck().unlink(), os.mkfifo(p.deck())), 2, "there is no deck one"),
    "a template that is not UTF-8": (lambda p: p.deck().write_bytes(b"---\n\xff"), 1, "the template is not UTF-8"),
    "Python by Jinja": (_deck("{{ ''.__class__.__mro__ }}"), 1, "decks/one/deck.md:6"),
    "a file by Jinja": (_deck("{% include '/etc/passwd' %}"), 1, "decks/one/deck.md:6"),
    "an import": (_deck("{% import 'os' as os %}"), 1, "decks/one/deck.md:6"),
    "a file option outside": (_deck("```text file=../../x\nx\n```"), 1, "decks/one/deck.md:6"),
}
CASES = COURSES | DECKS


NEVER = "slides, a file from outside in the message, a command that runs"
KINDS = {
    "course": pytest.mark.hostile("a course file", "one message and exit 2", NEVER),
    "deck": pytest.mark.hostile("a deck, its pictures and files", "one message and exit 1 or 2", NEVER),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=KINDS["course" if name in COURSES else "deck"]) for name in CASES]
)
def test_it_is_one_clean_message(place: Place, name: str) -> None:
    (place.root / "outside").write_text(SECRET, encoding="utf-8")
    place.write(deck_of("true"))
    place.keep("true")
    spoil, code, said = CASES[name]
    spoil(place)
    done = place.livedeck_here("build", "one", "--format", "md")
    done.assert_clean(code, said)
    assert len(done.err.splitlines()) <= 6
    assert SECRET not in done.err
    assert "root:" not in done.err
    assert not (place.root / "build" / "one.ko.md").exists()
    assert not list(place.root.rglob("owned"))


@pytest.mark.hostile("a name of a file for the host", "the same name there", "an option, a command, another file")
def test_odd_names_in_files_arrive_as_they_are(place: Place, record_property: Callable[[str, object], None]) -> None:
    names = ["-rf", "a\nb", "$(touch owned)", "a b", "'\"", "\\", "도커", "--checkpoint-action=exec=touch owned"]
    place.write(deck_of("for f in ./*; do printf '%q\\n' \"$f\"; done"))
    files = place.deck().parent / "files"
    files.mkdir()
    for name in names:
        (files / name).write_text(name, encoding="utf-8")
    place.livedeck("capture").assert_clean(0)
    record_property("inputs", [ascii(name) for name in names])
    shown = place.record().read_text(encoding="utf-8")
    assert all(text in shown for text in ("./-rf", "a\\\\nb", "./도커", "./a\\\\ b"))
    assert '"./owned"' not in shown
    place.assert_nothing_left()
