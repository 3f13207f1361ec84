"""The options of a run fence: one table, read from the fence's info string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from livedeck.errors import TemplateError, nearest
from livedeck.model import DriftRule, Location, Show

LANGUAGES = ("bash", "sh", "shell", "console")
_WORD = re.compile(
    r"(?P<name>[^\s=\"']+)"
    r"(?:=(?:(?P<quote>[\"'])(?P<quoted>(?:(?!(?P=quote))[^\\]|\\.)*)(?P=quote)(?!\S)|(?P<plain>(?!')[^\s\"]*)))?"
    r"(?=\s|$)"
)
_ID = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_TIMEOUT = 7200


class _BadValueError(ValueError):
    """What an option takes, in words."""


def _id(value: str) -> Mapping[str, Any]:
    if not _ID.fullmatch(value):
        raise _BadValueError("a name of a-z, 0-9 and _ that begins with a letter")
    return {"id": value}


def _exit(value: str) -> Mapping[str, Any]:
    if value == "any":
        return {"exits": None}
    codes = value.split(",")
    if not all(re.fullmatch(r"\d{1,3}", code) and int(code) <= 255 for code in codes):  # noqa: PLR2004 (POSIX)
        raise _BadValueError("exit codes from 0 to 255, one per command, or any")
    return {"exits": tuple(int(code) for code in codes)}


def _timeout(value: str) -> Mapping[str, Any]:
    if not re.fullmatch(r"\d+(\.\d+)?", value) or not 0 < float(value) <= _LONGEST_TIMEOUT:
        raise _BadValueError(f"seconds, more than 0 and at most {_LONGEST_TIMEOUT}")
    return {"timeout": float(value)}


def _show(value: str) -> Mapping[str, Any]:
    if value not in get_args(Show):
        raise _BadValueError(" or ".join(get_args(Show)))
    return {"show": value}


def _drift(value: str) -> Mapping[str, Any]:
    if value not in get_args(DriftRule):
        raise _BadValueError(" or ".join(get_args(DriftRule)))
    return {"drift": value}


def _copy(value: str) -> Mapping[str, Any]:
    if value in ("all", "last", "none"):
        return {"copy": value}
    if re.fullmatch(r"[1-9]\d{0,3}", value):
        return {"copy": int(value)}
    raise _BadValueError('all, last, none, the number of a command, or a text in quotes (copy="docker push NAME")')


def _retry(value: str) -> Mapping[str, Any]:
    return {"retry": _timeout(value)["timeout"]}


def _lines(value: str) -> Mapping[str, Any]:
    match = re.fullmatch(r"(\d{1,4})?(?:\+(\d{1,4}))?", value)
    numbers = (int(match[1] or 0), int(match[2] or 0)) if match else (0, 0)
    if sum(numbers) == 0:
        raise _BadValueError("how many lines to show at the beginning and the end, such as 8+3, 8 or +3")
    return {"lines": numbers}


def _mark(value: str) -> Mapping[str, Any]:
    if value.startswith("added:") and _ID.fullmatch(value.removeprefix("added:")):
        return {"mark": value}
    if len(value) > 2 and value.startswith("/") and value.endswith("/"):  # noqa: PLR2004 (two slashes)
        try:
            re.compile(value[1:-1])
        except re.error as error:
            raise _BadValueError(f"a regular expression between slashes ({error})") from None
        return {"mark": value}
    raise _BadValueError("added:ID, or a regular expression between slashes")


def _text(field: str, what: str) -> Callable[[str], Mapping[str, Any]]:
    def parse(value: str) -> Mapping[str, Any]:
        if not value or any(ord(c) < ord(" ") for c in value):
            raise _BadValueError(what)
        return {field: value}

    return parse


OPTIONS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "id": _id,
    "exit": _exit,
    "timeout": _timeout,
    "show": _show,
    "copy": _copy,
    "retry": _retry,
    "lines": _lines,
    "mark": _mark,
    "drift": _drift,
    "input": _text("input", 'what is typed while the command runs: "yes", "a\\nb", "^C", "^D"'),
    "prompt": _text("waits_at", 'the prompt of the program that the command starts, such as "mysql> "'),
}
FILE_OPTIONS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "file": _text("file", "a path"),
    "show": _show,
}
FLAGS: Mapping[str, Mapping[str, Any]] = {
    "hide": {"show": "none"},
    "expand": {"expand": True},
    "split": {"split": True},
}


def read(info: str, at: Location) -> tuple[dict[str, Any], list[TemplateError]]:
    """The fields of a `Step` that the info string of a run or file fence sets, and everything wrong with it."""
    language, _, rest = info.strip().partition(" ")
    rest = rest.strip()
    if not re.match(r"run(?!\S)", rest):
        fields, errors = _fields(rest, FILE_OPTIONS, {"hide": FLAGS["hide"]}, at)
        return {"language": language, **fields}, errors
    fields, errors = _fields(rest.removeprefix("run").strip(), OPTIONS, FLAGS, at)
    if language not in LANGUAGES:
        errors.append(TemplateError(f"{language} run: commands are typed into bash", at=at, hint="write ```bash run"))
    if "waits_at" in fields and {"retry", "input"} & fields.keys():
        errors.append(TemplateError("prompt goes with neither retry nor input", at=at, hint="use two fences"))
    return fields, errors


def _fields(
    rest: str,
    options: Mapping[str, Callable[[str], Mapping[str, Any]]],
    flags: Mapping[str, Mapping[str, Any]],
    at: Location,
) -> tuple[dict[str, Any], list[TemplateError]]:
    fields: dict[str, Any] = {}
    errors: list[TemplateError] = []
    seen: set[str] = set()
    while rest:
        match = _WORD.match(rest)
        if match is None:
            errors.append(
                TemplateError(
                    f"cannot read the options from {rest!r} on", at=at, hint='write name=value or name="a text"'
                )
            )
            break
        rest = rest[match.end() :].strip()
        try:
            new = _option(match, options, flags)
        except _BadValueError as error:
            errors.append(
                TemplateError(f"option {match['name']}: bad value in {match[0]!r}", at=at, hint=f"it takes {error}")
            )
            continue
        except KeyError:
            errors.append(_unknown(match["name"], [*options, *flags], at))
            continue
        errors += [
            TemplateError(f"option {match['name']} sets {field} a second time", at=at, hint="leave one of them out")
            for field in new.keys() & seen
        ]
        seen |= new.keys()
        fields |= new
    return fields, errors


def _option(
    match: re.Match[str],
    options: Mapping[str, Callable[[str], Mapping[str, Any]]],
    flags: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Any]:
    name, quoted, plain = match["name"], match["quoted"], match["plain"]
    if name in flags:
        if quoted is not None or plain is not None:
            raise _BadValueError("no value")
        return flags[name]
    parse = options[name]
    if quoted is not None:
        text = quoted if name in ("input", "mark") else re.sub(r"\\(.)", r"\1", quoted)
        return {"copy_text": text} if name == "copy" and text.strip() else parse(text)
    return parse(plain or "")


def _unknown(name: str, known: Sequence[str], at: Location) -> TemplateError:
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else f"options are {', '.join(sorted(known))}"
    return TemplateError(f"unknown option {name}", at=at, hint=hint)
