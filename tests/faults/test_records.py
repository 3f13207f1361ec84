"""Hostile records: never executed, never shown raw, one clean message each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.place import Place, assert_printable, deck_of

pytestmark = pytest.mark.faults("hostile records")
ESCAPE = "x\x1b]0;owned\x07\x1b[31m"
Record = dict[str, Any]
TEXTS = ("prompt", "command", "input")
PLACES = ("deck", "engine", "captured", "files")


def set_in_capture(key: str, value: object) -> Callable[[Record], None]:
    return lambda record: record["steps"][0]["captures"][0].__setitem__(key, value)


def set_in(key: str, value: object) -> Callable[[Record], None]:
    return lambda record: record.__setitem__(key, value)


def set_in_host(key: str, value: object) -> Callable[[Record], None]:
    return lambda record: record["host"].__setitem__(key, value)


def set_in_step(key: str, value: object) -> Callable[[Record], None]:
    return lambda record: record["steps"][0].__setitem__(key, value)


EDITED: dict[str, tuple[Callable[[Record], None], str]] = {
    **{f"an escape in {k}": (set_in_capture(k, ESCAPE), "control characters") for k in TEXTS},
    **{f"an escape in {k}": (set_in(k, ESCAPE), "the record") for k in PLACES},
    "an escape in output": (set_in_capture("output", ["a", ESCAPE]), "control characters"),
    "an escape in every fact": (lambda r: r["host"].update(dict.fromkeys(r["host"], ESCAPE)), "control characters"),
    "an escape in a fact": (set_in_host("docker_version", ESCAPE), "control characters"),
    "an escape in a digest": (set_in("images", {"source": "hub", "digests": {"a:b": ESCAPE}}), "control characters"),
    "an escape in a name": (set_in("images", {"source": "hub", "digests": {ESCAPE: "x"}}), "control characters"),
    "an escape in a rule": (set_in("redacted", {ESCAPE: 1}), "control characters"),
    "an escape in a failure": (
        set_in("failure", {"message": ESCAPE, "file": "x", "line": 1, "detail": []}),
        "control characters",
    ),
    "C1": (set_in_capture("output", ["a\x9b31m"]), "control characters"),
    "NUL": (set_in_capture("output", ["a\x00"]), "control characters"),
    "a newline in a line": (set_in_capture("output", ["a\n```\n# h"]), "control characters"),
    "a carriage return in a prompt": (set_in_capture("prompt", "$\r"), "control characters"),
    "turned around": (set_in_capture("output", ["a\u202eb"]), "control characters"),
    "line separator": (set_in_capture("output", ["a\u2028b"]), "control characters"),
    "another format": (set_in("format", 3), "the record has format 3, this Livedeck reads 1 and 2"),
    "a format of old": (set_in("format", 0), "the record has format 0"),
    "a negative format": (set_in("format", -1), "the record has format -1"),
    "a text as format": (set_in("format", "1"), "the record is damaged"),
    "another deck": (set_in("deck", "two"), "the record is of two on current"),
    "a path as deck": (set_in("deck", "../../etc"), "the record is of ../../etc"),
    "another engine": (set_in("engine", "else"), "the record is of one on else"),
    "an unknown key": (set_in("run", "touch owned"), "the record is damaged"),
    "an unknown key of a capture": (set_in_capture("shell", True), "the record is damaged"),
    "no steps": (set_in("steps", []), "is not in the record"),
    "a step without captures": (set_in_step("captures", []), "is not in the record"),
    "steps twice": (lambda r: r["steps"].append(r["steps"][0]), "commands more than the template"),
    "a fence out of range": (set_in_step("fence", 99), "was captured as part of another step"),
    "a negative fence": (set_in_step("fence", -1), "impossible numbers"),
    "an execution out of range": (set_in_step("execution", 7), "was captured as part of another step"),
    "a negative claim": (set_in("claims", [{"claim": -1, "execution": 0, "branch": 0}]), "impossible numbers"),
    "negative omitted": (set_in_capture("omitted", -5), "impossible numbers"),
    "omitted after the end": (set_in_capture("omitted_after", 10**9), "impossible numbers"),
    "negative seconds": (set_in_capture("seconds", -1.5), "impossible numbers"),
    "negative columns": (set_in("columns", -120), "impossible numbers"),
    "a fence beyond all numbers": (set_in_step("fence", 10**40), "the record"),
    "an exit code beyond all numbers": (set_in_capture("exit", 10**400), "the record"),
    "an exit code not expected": (set_in_capture("exit", 3), "ended with exit code 3, not 0"),
    "a failed line that is not there": (set_in_capture("failed", "oops"), "a failure that no line says"),
    "styles of a line that is not there": (set_in_capture("styles", {"99": "0-1 1"}), "impossible styles"),
    "styles that do something": (set_in_capture("styles", {"0": "0-1 1;\x1b]0;owned"}), "impossible styles"),
    "rows beyond all numbers": (set_in("rows", 10**40), "the record"),
    "a path as window": (set_in_step("window", "../../etc"), "the name of a window"),
    "a text as exit code": (set_in_capture("exit", "0"), "the record is damaged"),
    "null as output": (set_in_capture("output", None), "the record is damaged"),
    "a text as output": (set_in_capture("output", "hello"), "the record is damaged"),
    "a number in output": (set_in_capture("output", [1]), "the record is damaged"),
    "an object as command": (set_in_capture("command", {"$": "x"}), "the record is damaged"),
    "an empty command": (set_in_capture("command", ""), "an empty command"),
    "another command": (set_in_capture("command", "touch owned"), "is not what was captured here"),
    "a command with more": (set_in_capture("command", "echo hello; touch owned"), "is not what was captured here"),
    "other input": (set_in_capture("input", "yes"), "was captured with other input"),
    "images from nowhere": (set_in("images", {"source": "evil"}), "the record is damaged"),
    "another files/": (set_in("files", "sha256:0"), "is not what was captured"),
}
RAW: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the record is damaged"),
    "blank": (b" \n" * 100, "the record is damaged"),
    "no JSON": (b"touch owned\n", "the record is damaged"),
    "a list": (b"[]", "the record is damaged"),
    "null": (b"null", "the record is damaged"),
    "a number": (b"1e999999", "the record is damaged"),
    "not UTF-8": (b'{"format": 1, "deck": "\xff\xfe"}', "the record is damaged"),
    "a mark before": (b"\xef\xbb\xbf{}", "the record is damaged"),
    "UTF-16": ('{"format": 1}'.encode("utf-16"), "the record is damaged"),
    "escapes alone": (b"\x1b]0;owned\x07", "the record is damaged"),
    "deep lists": (b"[" * 100_000, "the record is damaged"),
    "deep objects": (b'{"a":' * 100_000, "the record is damaged"),
    "a conflict": (b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n", "the record is damaged"),
    "50 MB of blanks": (b" " * 50_000_000, "the record is damaged"),
    "50 MB of one text": (b'{"format": 1, "deck": "' + b"x" * 50_000_000 + b'"}', "the record is damaged"),
    "a lone surrogate": (b'{"format": 1, "deck": "\\ud800"}', "the record is damaged"),
    "YAML": (b"!!python/object/apply:os.system ['touch owned']\n", "the record is damaged"),
    "a pickle": (b"cos\nsystem\n(S'touch owned'\ntR.", "the record is damaged"),
}


def _edited(name: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        record = json.loads(path.read_text(encoding="utf-8"))
        EDITED[name][0](record)
        path.write_text(json.dumps(record), encoding="utf-8")

    return edit


def _twice(key: str, value: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        before, at, after = path.read_text(encoding="utf-8").partition(f'"{key}": ')
        path.write_text(f'{before}"{key}": {value}, {at}{after}', encoding="utf-8")

    return edit


def _instead(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        path.unlink()
        make(path)

    return edit


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 2**30)


def _cut(part: float) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])


def _raw(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


TWICE = {"format": "2", "deck": '"two"', "steps": "[]", "command": '"touch owned"'}
CASES: dict[str, tuple[Callable[[Path], object], str, int]] = {
    **{name: (_edited(name), said, 1) for name, (_, said) in EDITED.items()},
    **{name: (_raw(data), said, 1) for name, (data, said) in RAW.items()},
    **{f"{key} twice": (_twice(key, value), "a key occurs twice", 1) for key, value in TWICE.items()},
    **{f"cut at {part}": (_cut(part), "the record is damaged", 1) for part in (0.1, 0.5, 0.9, 0.99)},
    "a directory": (_instead(Path.mkdir), "the record is damaged: it is not a file", 1),
    "a pipe": (_instead(os.mkfifo), "the record is damaged: it is not a file", 1),
    "a device": (_instead(lambda path: path.symlink_to("/dev/zero")), "it is a link out of the project", 1),
    "50 GB of nothing": (_instead(_sparse), "64 MiB at most", 1),
    "a link to itself": (_instead(lambda path: path.symlink_to(path.name)), "cannot read", 3),
    "a link to nothing": (_instead(lambda path: path.symlink_to("nowhere")), "there is no record", 1),
    "a link to another file": (_instead(lambda path: path.symlink_to("/etc/passwd")), "the record is damaged", 1),
    "nothing": (_instead(lambda path: None), "there is no record", 1),
}
"""By name: what happens to a good record, what is said, and the exit code."""


@pytest.mark.parametrize("name", CASES)
@pytest.mark.hostile(
    "a record", "one message, and exit 1 or 3", "slides, a command that runs, raw bytes in the message"
)
def test_it_is_one_clean_message(place: Place, name: str) -> None:
    place.write(deck_of("echo hello"))
    place.keep("echo hello")
    spoil, said, code = CASES[name]
    spoil(place.record())
    done = place.livedeck_here("build", "--format", "md")
    done.assert_clean(code, said)
    assert len(done.err) < 4_000
    assert len(done.err.splitlines()) <= 8
    assert not (place.root / "build" / "one.ko.md").exists()
    assert not list(place.root.rglob("owned"))


def test_a_good_record_still_builds(place: Place) -> None:
    place.write(deck_of("echo hello"))
    place.keep("echo hello")
    place.livedeck("build", "--format", "md").assert_clean(0)
    assert_printable(place.markdown())
