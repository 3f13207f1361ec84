"""The options of a run fence: one table, read from the fence's info string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from livedeck.errors import nearest
from livedeck.model import DriftRule, Show

Fields = Mapping[str, Any]
Parse = Callable[[str], Fields]

NESTED_SPLIT = ("split cannot be used in a list or a quote", "move the fence out of it")
"""What is wrong with a fence that would have to be split together with what it is in, and what to do about it."""
LANGUAGES = ("bash", "sh", "shell", "console")
_WORD = re.compile(
    r"(?P<name>[^\s=\"']+)"
    r"(?:=(?:(?P<quote>[\"'])(?P<quoted>(?:(?!(?P=quote))[^\\]|\\.)*)(?P=quote)(?!\S)|(?P<plain>(?!')[^\s\"]*)))?"
    r"(?=\s|$)"
)
_ID = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_TIMEOUT = 7200


class _BadValueError(ValueError):
    """A bad value; the message is what the option takes."""


def _id(value: str) -> Fields:
    if not _ID.fullmatch(value):
        raise _BadValueError("a name of a-z, 0-9 and _ that begins with a letter")
    return {"id": value}


def _exit(value: str) -> Fields:
    if value == "any":
        return {"exits": None}
    codes = value.split(",")
    if not all(re.fullmatch(r"\d{1,3}", code) and int(code) <= 255 for code in codes):  # noqa: PLR2004 (POSIX)
        raise _BadValueError("exit codes from 0 to 255, one per command, or any")
    return {"exits": tuple(int(code) for code in codes)}


def _seconds(field: str) -> Parse:
    def parse(value: str) -> Fields:
        if not re.fullmatch(r"\d+(\.\d+)?", value) or not 0 < float(value) <= _LONGEST_TIMEOUT:
            raise _BadValueError(f"seconds, more than 0 and at most {_LONGEST_TIMEOUT}")
        return {field: float(value)}

    return parse


def _one_of(field: str, values: Sequence[str]) -> Parse:
    def parse(value: str) -> Fields:
        if value not in values:
            raise _BadValueError(" or ".join(values))
        return {field: value}

    return parse


def _copy(value: str) -> Fields:
    if value in ("all", "last", "none"):
        return {"copy": value}
    if re.fullmatch(r"[1-9]\d{0,3}", value):
        return {"copy": int(value)}
    raise _BadValueError('all, last, none, the number of a command, or a text in quotes (copy="docker push NAME")')


def _lines(value: str) -> Fields:
    match = re.fullmatch(r"(\d{1,4})?(?:\+(\d{1,4}))?", value)
    numbers = (int(match[1] or 0), int(match[2] or 0)) if match else (0, 0)
    if sum(numbers) == 0:
        raise _BadValueError("how many lines to show at the beginning and the end, such as 8+3, 8 or +3")
    return {"lines": numbers}


def _mark(value: str) -> Fields:
    if value.startswith("added:") and _ID.fullmatch(value.removeprefix("added:")):
        return {"mark": value}
    if len(value) > 2 and value.startswith("/") and value.endswith("/"):  # noqa: PLR2004 (two slashes)
        try:
            re.compile(value[1:-1])
        except re.error as error:
            raise _BadValueError(f"a regular expression between slashes ({error})") from None
        return {"mark": value}
    raise _BadValueError("added:ID, or a regular expression between slashes")


def _text(field: str, what: str) -> Parse:
    def parse(value: str) -> Fields:
        if not value or any(ord(c) < ord(" ") for c in value):
            raise _BadValueError(what)
        return {field: value}

    return parse


OPTIONS: Mapping[str, Parse] = {
    "id": _id,
    "exit": _exit,
    "timeout": _seconds("timeout"),
    "show": _one_of("show", get_args(Show)),
    "copy": _copy,
    "retry": _seconds("retry"),
    "lines": _lines,
    "mark": _mark,
    "drift": _one_of("drift", get_args(DriftRule)),
    "input": _text("input", 'what is typed while the command runs: "yes", "a\\nb", "^C", "^D"'),
    "prompt": _text("waits_at", 'the prompt of the program that the command starts, such as "mysql> "'),
}
FILE_OPTIONS: Mapping[str, Parse] = {"file": _text("file", "a path"), "show": OPTIONS["show"]}
FLAGS: Mapping[str, Fields] = {"hide": {"show": "none"}, "expand": {"expand": True}, "split": {"split": True}}


def read(info: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the fields of a `Step` that the info string of a run or file fence sets, and what is wrong with it."""
    language, _, rest = info.strip().partition(" ")
    rest = rest.strip()
    if not re.match(r"run(?!\S)", rest):
        fields, wrong = _fields(rest, FILE_OPTIONS, {"hide": FLAGS["hide"]})
        return {"language": language, **fields}, wrong
    fields, wrong = _fields(rest.removeprefix("run").strip(), OPTIONS, FLAGS)
    if language not in LANGUAGES:
        wrong.append((f"{language} run: commands are typed into bash", "write ```bash run"))
    if "waits_at" in fields and {"retry", "input"} & fields.keys():
        wrong.append(("prompt goes with neither retry nor input", "use two fences"))
    return fields, wrong


def _fields(
    rest: str, options: Mapping[str, Parse], flags: Mapping[str, Fields]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    fields: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    while rest:
        match = _WORD.match(rest)
        if match is None:
            return fields, [*wrong, (f"cannot read the options from {rest!r} on", 'write name=value or name="a text"')]
        rest = rest[match.end() :].strip()
        name = match["name"]
        if name not in options and name not in flags:
            known = [*options, *flags]
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"options are {', '.join(sorted(known))}"
            wrong.append((f"unknown option {name}", hint))
            continue
        try:
            new = _option(match, options, flags)
        except _BadValueError as error:
            wrong.append((f"option {name}: bad value in {match[0]!r}", f"it takes {error}"))
            continue
        again = new.keys() & fields.keys()
        wrong += [(f"option {name} sets {field} a second time", "leave one of them out") for field in again]
        fields |= new
    return fields, wrong


def _option(match: re.Match[str], options: Mapping[str, Parse], flags: Mapping[str, Fields]) -> Fields:
    name, quoted, plain = match["name"], match["quoted"], match["plain"]
    if name in flags:
        if quoted is not None or plain is not None:
            raise _BadValueError("no value")
        return flags[name]
    if quoted is None:
        return options[name](plain or "")
    # What is typed and what is searched for have escapes of their own.
    text = quoted if name in ("input", "mark") else re.sub(r"\\(.)", r"\1", quoted)
    return {"copy_text": text} if name == "copy" and text.strip() else options[name](text)
