"""Values that do not directly follow their names: in lists of variables, elements, arguments, on the next line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livedeck.records.redaction.found import Found
from livedeck.records.redaction.named import lowered
from livedeck.records.redaction.names import Kind, kind_of
from livedeck.records.redaction.values import Place, is_secret

# In YAML, JSON and XML: `name: DB_PASSWORD` and `value: ...`, in either order; a name with an object that has a value.
_VALUES = tuple(
    re.compile(rule, re.VERBOSE)
    for rule in (
        r"""(?:name|key|id)\\?["']?[ ]?[:=][ ]?\\?["']?(?P<name>[\w.:-]{1,64})\\?["']?,?[ ]?\s{0,40}
        (?:>|\\?["']?(?:value|stringvalue)\\?["']?[ ]?[:=][ ]?)
        (?:\\?["'](?P<quoted>[^\n"'\\]{1,1000})|(?P<bare>[^\s<>"']{1,500}))""",
        r"""value\\?["']?[ ]?:[ ]?(?:\\?["'](?P<quoted>[^\n"'\\]{4,1000})\\?["']|(?P<bare>[^\s"',]{4,500})),?\s{1,40}
        \\?["']?name\\?["']?[ ]?:[ ]?\\?["']?(?P<name>[\w.-]{1,64})""",
        r"""["'](?P<name>[\w.-]{1,64})["']\s?:\s?\{[^{}]{0,200}["']value["']\s?:\s?["'](?P<quoted>[^"'\n]{4,1000})["']""",
    )
)
_ELEMENT = re.compile(r"<(?P<name>[\w:.-]{1,64})>(?P<quoted>[^<>\n]{1,500})</")
# On the next line, alone: what was announced, or what a command was asked for.
_ANNOUNCED = re.compile(
    r"(?:(?:following|generated|initial|temporary|your)\b[^\n:]{0,60}(?:password|token|secret|key)|password for the)\b"
    r"[^\n:]{0,80}:\n\s{0,20}(?P<value>\S{8,200})[ \t]*$",
    re.MULTILINE,
)
_ASKS = re.compile(r"printenv |echo ['\"]?\$|cat |configure get |-field=|wg gen")
_ASKED = re.compile(
    r"""^\S{0,60}[$#>][ ](?:[^\n]{0,200}[ ])?
    (?:(?:printenv[ ]|echo[ ]["']?\$\{?|cat[ ](?:\S{0,200}/)?|configure[ ]get[ ](?:[\w-]{1,64}\.)?
          |\S{0,40}-field=)
       ["']?(?P<name>[\w.-]{1,64})
      |wg[ ]gen(?P<generated>key|psk))
    (?:[^\n|]{0,40}|[^\n|]{0,20}\|[ ]base64[ ]-[^\n|]{1,10})\n(?P<value>(?![A-Za-z_]\w*=[^=])\S{4,400})[ \t]*$""",
    re.MULTILINE | re.VERBOSE,
)
# A list of Redis, OpenVPN's configuration, the secret of an accessor.
_CERTAIN = tuple(
    (needs, re.compile(rule))
    for needs, rule in (
        ("requirepass", r"requirepass\"\n\d+\) \"(?P<value>[^\"\n]{4,200})"),
        ("auth-user-pass", r"<auth-user-pass>\n\S{1,64}\n(?P<value>[^\s<]{4,200})"),
        (
            "secret",
            r"secret_?id[\"']?\s{0,20}[:=]\s{0,20}[\"']?(?P<value>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b",
        ),
    )
)
_ARGUMENTS = re.compile(
    r"(?:auth[ ]?=[ ]?|\.login|\.authenticate)\([\"'][^\"'\n]{1,64}[\"'],[ ]?[\"'](?P<value>[^\"'\n]{1,200})"
)


def found(text: str) -> Iterator[Found]:
    """Yield the values that are not directly after their names, in a text that has any number of lines."""
    lower = lowered(text)
    for rule in _VALUES if "value" in lower else ():
        for match in rule.finditer(lower):
            yield from _named(text, match)
    for match in _ELEMENT.finditer(text) if "</" in text else ():
        yield from _named(text, match)
    for needs, rule in ((":\n", _ANNOUNCED), ("(", _ARGUMENTS)):
        for match in rule.finditer(lower) if needs in text else ():
            yield from _judged(text, match, Kind.PASSWORD, Place.MENTIONED)
    for match in _ASKED.finditer(text) if _ASKS.search(text) else ():
        kind = Kind.KEY if match["generated"] else kind_of(match["name"].strip(".").partition(".")[0])
        if kind:
            yield from _judged(text, match, kind, Place.QUOTED)
    for needs, rule in _CERTAIN:
        for match in rule.finditer(lower) if needs in lower else ():
            yield Found(*match.span("value"), Kind.SECRET.value)


def _judged(text: str, match: re.Match[str], kind: Kind, place: Place) -> Iterator[Found]:
    begin, end = match.span("value")
    if is_secret(text[begin:end], kind, place):
        yield Found(begin, end, kind.value)


def _named(text: str, match: re.Match[str]) -> Iterator[Found]:
    kind = kind_of(text[slice(*match.span("name"))].rpartition(":")[2])
    is_quoted = match["quoted"] is not None
    begin, end = match.span("quoted" if is_quoted else "bare")
    if kind and is_secret(text[begin:end], kind, Place.QUOTED if is_quoted else Place.ALONE):
        yield Found(begin, end, kind.value)
