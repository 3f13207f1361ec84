"""The options of a run fence: one table, read from the fence's info string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, get_args

from livedeck.errors import cut, nearest
from livedeck.model import HEIGHTS, DriftRule, Show
from livedeck.project.patterns import compiled

Fields = Mapping[str, Any]

NESTED_SPLIT = ("split cannot be used in a list or a quote", "move the fence out of it")
"""What is wrong with a fence that would have to be split together with what it is in, and what to do about it."""
_LANGUAGES = ("bash", "sh", "shell", "console")
_WORD = re.compile(
    r"(?P<name>[^\s=\"']+)"
    r"(?:=(?:(?P<quote>[\"'])(?P<quoted>(?:(?!(?P=quote))[^\\]|\\.)*)(?P=quote)(?!\S)|(?P<plain>(?!')[^\s\"]*)))?"
    r"(?=\s|$)"
)
_ID = r"[a-z][a-z0-9_]*"
_LONGEST = 100
_LONGEST_TIMEOUT = 7200
_IS_EXPRESSION = re.compile("/.+/")


class _Option(NamedTuple):
    """An option that takes a value: the field of `Step` it sets, the values it takes, that in words, and their meaning.

    `convert` raises ValueError for a value that matches the pattern and is bad all the same.
    """

    field: str
    pattern: str
    takes: str
    convert: Callable[[str], object] = str


def _seconds(value: str) -> float:
    if not 0 < float(value) <= _LONGEST_TIMEOUT:
        raise ValueError
    return float(value)


def _lines(value: str) -> tuple[int, int]:
    first, _, last = value.partition("+")
    if not int(first or 0) + int(last or 0):
        raise ValueError
    return int(first or 0), int(last or 0)


def _mark(value: str) -> str:
    if value.startswith("/"):
        compiled(value[1:-1])
    return value


def _rows(value: str) -> int:
    if int(value) not in HEIGHTS:
        raise ValueError
    return int(value)


def _prompts(value: str) -> tuple[str]:
    """Return a prompt as an expression for a whole line; blanks at the ends of lines do not count."""
    if _IS_EXPRESSION.fullmatch(value):
        return (_expression(value[1:-1].rstrip(" ")),)
    return (re.escape(value.rstrip(" ")),)


def _fail(value: str) -> str:
    return _expression(value[1:-1])


def _expression(value: str) -> str:
    """Return an expression for lines. Raises ValueError for one that an empty line matches: it would always match."""
    if compiled(value).fullmatch([""])[0]:
        raise ValueError
    return value


_CODE = r"(?:[01]?\d?\d|2[0-4]\d|25[0-5])"
_DURATION = (r"\d+(?:\.\d+)?", f"seconds, more than 0 and at most {_LONGEST_TIMEOUT}", _seconds)
_TEXT = r"[^\x00-\x1f]+"
_LINES = "how many lines to show at the beginning and the end, such as 8+3, 8 or +3"
_COPY = 'all, last, none, the number of a command, or a text in quotes (copy="docker push NAME")'
_PROMPT = 'the prompt of the program that the command starts, such as "mysql> ", or an expression: "/\\w+=[#>] /"'

OPTIONS: Mapping[str, _Option] = {
    "id": _Option("id", _ID, "a name of a-z, 0-9 and _ that begins with a letter"),
    "exit": _Option(
        "exits",
        f"any|{_CODE}(?:,{_CODE})*",
        "exit codes from 0 to 255, one per command, or any",
        lambda value: None if value == "any" else tuple(map(int, value.split(","))),
    ),
    "timeout": _Option("timeout", *_DURATION),
    "show": _Option("show", "|".join(get_args(Show)), " or ".join(get_args(Show))),
    "copy": _Option("copy", r"all|last|none|[1-9]\d{0,3}", _COPY, lambda text: int(text) if text.isdigit() else text),
    "retry": _Option("retry", *_DURATION),
    "lines": _Option("lines", r"(?:\d{1,4})?(?:\+\d{1,4})?", _LINES, _lines),
    "mark": _Option("mark", f"added:{_ID}|/.+/", "added:ID, or a regular expression between slashes", _mark),
    "drift": _Option("drift", "|".join(get_args(DriftRule)), " or ".join(get_args(DriftRule))),
    "input": _Option("input", _TEXT, 'what is typed while the command runs: "yes", "a\\nb", "q\\c", "^C", "^D"'),
    "rows": _Option("rows", r"\d{1,4}", f"the height of the terminal, {HEIGHTS[0]} to {HEIGHTS[-1]} rows", _rows),
    "prompt": _Option("prompts", rf"(?=.*[^ ]){_TEXT}", _PROMPT, _prompts),
    "fail": _Option("fail", "/.+/", "a regular expression between slashes, for a line that says what failed", _fail),
}
FILE_OPTIONS: Mapping[str, _Option] = {"file": _Option("file", _TEXT, "a path"), "show": OPTIONS["show"]}
FLAGS: Mapping[str, Fields] = {
    "hide": {"show": "none"},
    "expand": {"expand": True},
    "split": {"split": True},
    "shell": {"shell": True},
}

_NO_CODE = "it leaves a program open, so nobody can know its exit code yet"
_NO_SHELL = "in a shell, exit codes tell what failed"
_APART: tuple[tuple[str, str, str], ...] = (
    ("shell", "prompts", "a shell needs no prompt; leave shell out if the program is none"),
    ("shell", "exits", _NO_CODE),
    ("shell", "retry", _NO_CODE),
    ("shell", "fail", _NO_SHELL),
    ("prompts", "exits", _NO_CODE),
    ("prompts", "retry", _NO_CODE),
    ("fail", "retry", "retry is for exit codes, fail for programs, which have none"),
)
"""Fields of a step that would be ignored beside another one, and what to do about it."""
_HIDDEN: Mapping[str, tuple[str, ...]] = {
    "none": ("copy", "copy_text", "lines", "mark", "split"),
    "command": ("lines", "mark"),
}
"""Fields of a step that would be ignored because of what the slide shows of it."""
_NAMES = {"exits": "exit", "prompts": "prompt", "copy_text": "copy"}
"""The options of those fields that are not called like them."""


def read(info: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the fields of a `Step` that the info string of a run or file fence sets, and what is wrong with it."""
    language, _, rest = info.strip().partition(" ")
    rest = rest.strip()
    if not re.match(r"run(?!\S)", rest):
        fields, wrong = _fields(rest, FILE_OPTIONS, {"hide": FLAGS["hide"]})
        return {"language": language, **fields}, wrong
    fields, wrong = _fields(rest.removeprefix("run").strip(), OPTIONS, FLAGS)
    if language not in _LANGUAGES:
        wrong.append((f"{language} run: commands are typed into bash", "write ```bash run"))
    return fields, [*wrong, *_ignored(fields)]


def _ignored(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the options that would be ignored because of another one."""
    for one, other, hint in _APART:
        if one in fields and other in fields:
            yield f"{_NAMES.get(one, one)} and {_NAMES.get(other, other)} do not go together", hint
    if "copy" in fields and "copy_text" in fields:
        yield "option copy sets copy a second time", "leave one of them out"
    if "retry" in fields and fields.get("exits", ()) is None:
        yield "retry and exit=any do not go together", "any exit code is right the first time: name the one to wait for"
    show = fields.get("show", "both")
    for field in _HIDDEN.get(show, ()):
        if field in fields:
            yield (
                f"{_NAMES.get(field, field)} and show={show} do not go together",
                "the slide does not show what it is for",
            )


def _fields(
    rest: str, options: Mapping[str, _Option], flags: Mapping[str, Fields]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    fields: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    while rest:
        match = _WORD.match(rest)
        if match is None:
            return fields, [
                *wrong,
                (f"cannot read the options from {cut(rest, _LONGEST)!r} on", 'write name=value or name="a text"'),
            ]
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
        except ValueError as error:
            wrong.append((f"option {name}: bad value in {cut(match[0], _LONGEST)!r}", f"it takes {error}"))
            continue
        again = new.keys() & fields.keys() - {"prompts"}
        wrong += [(f"option {name} sets {field} a second time", "leave one of them out") for field in again]
        prompts = (*fields.get("prompts", ()), *new.get("prompts", ()))
        fields |= new
        if prompts:
            fields["prompts"] = prompts
    return fields, wrong


def _option(match: re.Match[str], options: Mapping[str, _Option], flags: Mapping[str, Fields]) -> Fields:
    """Return what an option sets. Raises ValueError for a bad value, with what the option takes."""
    name, quoted, plain = match["name"], match["quoted"], match["plain"]
    if name in flags:
        if quoted is not None or plain is not None:
            raise ValueError("no value")
        return flags[name]
    value = plain or "" if quoted is None else quoted
    has_escapes = name == "input" or (name in ("mark", "prompt", "fail") and _IS_EXPRESSION.fullmatch(value))
    if quoted is not None and not has_escapes:
        value = re.sub(r"\\(.)", r"\1", quoted)
    if name == "copy" and quoted is not None and value.strip():
        return {"copy_text": value}
    option = options[name]
    try:
        if re.fullmatch(option.pattern, value):
            return {option.field: option.convert(value)}
    except ValueError as error:
        if str(error):  # a number out of range says nothing
            raise ValueError(f"{option.takes} ({error})") from None
    raise ValueError(option.takes)
