"""Private keys, which have many lines, whole or cut at an edge of the screen."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import zip_longest

from livedeck.records.redaction.found import Found

_KIND = r"(?:PRIVATE KEY(?: BLOCK)?|OpenVPN (?:Static key|tls-crypt-v2 \w+ key)[ V\d]{0,3})"
_MARK = re.compile(rf"-{{4,5}}[ ]?(?P<which>BEGIN|END) (?:[A-Z0-9]+[ ]){{0,4}}{_KIND}[ ]?-{{4,5}}")
_PUTTY = re.compile(r"\bPrivate-(?:Lines: (?P<lines>\d{1,4})|MAC: (?P<mac>[0-9a-f]{40,64}))")
# How every key of a kind begins in base64: OpenSSH, RSA and DSA, PKCS #8 plain and encrypted, EC, Edwards curves.
_FIRST = re.compile(
    r"(?<![A-Za-z0-9+/=])(?:b3BlbnNzaC1rZXktdjE|MII[A-Za-z0-9+/]{3}IBA(?:AK[BC]|DANBgkqhkiG9w0B)|MHcCAQEEI"
    r"|MI[GH][A-Za-z0-9+/]AgE(?:BB[DE]|AMB[AM]GByqGSM49)|M[CE][A-Za-z0-9+/]CAQAwBQYDK2V"
    r"|MI[A-Za-z0-9+/]{3,9}BgkqhkiG9w0BBQ)[A-Za-z0-9+/]{20,}={0,2}"
)
_TWICE = re.compile(r"(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{24,}={0,2}")
# What a listing puts before each line: blanks, a number, the name of a container, the sign of a diff.
_LEAD = r"(?:[ \t]{0,20}\d{1,6}[:\t ]|[\w.-]{1,64}[ \t]{0,20}\||[-+>|])??[ \t]{0,80}[\"']?"
_BODY = re.compile(rf"{_LEAD}(?P<body>=?[A-Za-z0-9+/]{{1,120}}={{0,3}})(?:\\n|\\)?[\"']?,?[ \t]*$")
_HEADER = re.compile(rf"{_LEAD}(?:[A-Z][A-Za-z-]{{2,20}}: .{{0,200}})?[ \t]*$")
# The numbers of a key as `openssl ... -text` writes them.
_NUMBERS = re.compile(
    r"^[ \t]*(?:priv|privateExponent|prime[12]|exponent[12]|coefficient):[ \t]*"
    r"(?P<hex>(?:\n[ \t]{1,40}(?:[0-9a-f]{2}:?){1,40})+)",
    re.MULTILINE,
)
# Lines of 70 letters are OpenSSH's alone: the middle of a key that is longer than the screen.
_MIDDLE = re.compile(r"(?:^[A-Za-z0-9+/]{70}$\n?){2,}", re.MULTILINE)
_RUN = re.compile(r"[A-Za-z0-9+/]{12}")  # a key has letters between its marks
_MARK_ENDS_LINE = re.compile(r"(?:\\n)?[\"',\s]{0,20}$", re.MULTILINE)
_ONE_LINE = re.compile(r"(?:[A-Za-z0-9+/=]|\\[nr])*")  # "\n" where there were lines
_MOST_LINES = 150
_SHORTEST_LINE, _SHORTEST_END = 16, 12
_RULE = "private-key"


def found(text: str) -> Iterator[Found]:
    """Yield the private keys in a text, each from its first to its last line, or as far as it is there."""
    if "----" in text:
        yield from _blocks(text)
    if "Private-" in text:
        yield from _of_putty(text)
    for match in _FIRST.finditer(text) if any(start in text for start in ("b3BlbnNzaC", "MI", "CAQAwBQYDK2V")) else ():
        yield Found(match.start(), _body_after(text, match.start()), _RULE)
    for match in _TWICE.finditer(text) if "LS0t" in text else ():
        if b"PRIVATE KEY" in base64.b64decode(match[0][:64][: len(match[0][:64]) // 4 * 4]):
            yield Found(*match.span(), _RULE)
    for match in _MIDDLE.finditer(text):
        yield Found(match.start(), match.end() - match[0].endswith("\n"), _RULE)
    for match in _NUMBERS.finditer(text) if "priv" in text or "prime" in text else ():
        start, end = match.span("hex")
        yield Found(start + 1, end, _RULE)


def _blocks(text: str) -> Iterator[Found]:
    """Yield what is between the marks of a beginning and an end; where one of them is not there, what is like a key."""
    position = 0
    marks = list(_MARK.finditer(text))
    for mark, following in zip_longest(marks, marks[1:]):
        if mark.start() < position:  # the end of what was found
            continue
        if mark["which"] == "END":
            start, end = _body_before(text, mark.start(), position), mark.end()
        elif (
            following and following["which"] == "END" and text.count("\n", mark.end(), following.start()) <= _MOST_LINES
        ):
            start, end = mark.start(), following.end()
        else:
            start, end = mark.start(), _body_after(text, mark.end())
        position = end
        if _RUN.search(text, start, end):
            yield Found(start, end, _RULE)


def _of_putty(text: str) -> Iterator[Found]:
    """Yield the lines that a file of PuTTY says are private, and the code that proves the passphrase."""
    position = 0
    for match in _PUTTY.finditer(text):
        if match.start() < position:
            continue
        start = end = match.end()
        if match["mac"]:
            start = _body_before(text, match.start(), position)
        else:
            start += 1
            for _ in range(min(int(match["lines"]), _MOST_LINES)):
                following = text.find("\n", end + 1)
                end = following if following >= 0 else len(text)
        position = end
        if start < end:
            yield Found(start, end, _RULE)


def _body_after(text: str, start: int) -> int:
    """Return where the body of a key ends that begins at `start`: all its lines but the last are equally long."""
    rest = _ONE_LINE.match(text, start)
    line_end = text.find("\n", start)
    if rest and rest.end() == start and not _MARK_ENDS_LINE.match(text, start):
        return start  # somebody looks for keys
    if line_end < 0 or (rest and start < rest.end() < line_end):
        return rest.end() if rest and rest.end() > start else len(text)
    width, end = line_end - start, line_end
    for _ in range(_MOST_LINES):
        following = text.find("\n", end + 1)
        line = text[end + 1 : following if following >= 0 else len(text)]
        body = _BODY.match(line)
        length = len(body["body"]) if body else 0
        if width and length < width:
            return end + 1 + len(line) if body and _is_like_a_key(body["body"]) else end
        if (length > width > 0) or (not length and not _HEADER.match(line)) or 0 < length < _SHORTEST_LINE:
            return end
        width = length
        end += 1 + len(line)
        if following < 0:
            return end
    return end


def _body_before(text: str, end: int, earliest: int) -> int:
    """Return where the body of a key begins that ends before `end`, not before `earliest`."""
    start = line_start = text.rfind("\n", earliest, end) + 1 or earliest
    width = 0
    for _ in range(_MOST_LINES):
        if line_start <= earliest:
            break
        before = text.rfind("\n", earliest, line_start - 1) + 1 or earliest
        body = _BODY.match(text[before : line_start - 1])
        if body is None or (width and len(body["body"]) < width):
            break
        if body["body"][0] != "=":
            if width and start != line_start:
                break
            width = max(width, len(body["body"]))
        start = line_start = before
    return min(start, end)


def _is_like_a_key(line: str) -> bool:
    mixed = all(re.search(part, line) for part in ("[a-z]", "[A-Z]", r"[\d+/]"))
    return line.endswith("=") or (mixed and len(line) >= _SHORTEST_END)
