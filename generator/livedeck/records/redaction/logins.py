"""Passwords in addresses, and in the files where programs keep logins."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from livedeck.records.redaction.found import Found
from livedeck.records.redaction.named import lowered
from livedeck.records.redaction.names import Kind
from livedeck.records.redaction.values import Place, is_secret

# What a text must have before an expression is tried, the expression, and the rule.
_JUDGED = (
    (
        re.compile("://"),
        re.compile(r"://(?P<secret>(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Z])[A-Za-z0-9_-]{20,200})@"),  # a token alone
        "url-password",
    ),
    (
        re.compile("://"),
        re.compile(
            r"://(?P<user>[^\s/:@\"'<>`\[\]{}]{0,200}):(?!(?P=user)@)"
            r"(?P<secret>[^\s/\"'<>`\[\]{}]{1,300})@(?!sha\d)"  # no digest of an image
        ),
        "url-password",
    ),
    (
        re.compile(r":(?:\d{2,5}|\*):"),
        re.compile(  # HOST:PORT:DATABASE:USER:PASSWORD
            r"^[\w.*-]{1,64}:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*-]{1,64}:(?P<secret>(?=\S{0,60}[A-Za-z])(?=\S{0,60}\d)"
            r"(?:\\.|[^\s:\\]){6,100})$",
            re.MULTILINE,
        ),
        Kind.PASSWORD.value,
    ),
)
# What is certain where a text is in it: an expression, and the rule.
_CERTAIN = (
    ("jdbc:", re.compile(r"\bjdbc:oracle:\w{1,10}:\w{1,64}/(?P<secret>[^\s/@\"']{1,200})@"), "url-password"),
    (":::", re.compile(r":\d{1,10}:(?P<secret>[0-9a-f]{32}:[0-9a-f]{32}):::"), "password-hash"),
    # The file that `docker login` writes, in base64: {"auths": ...
    ("eyJhdXRocyI6", re.compile(r"(?P<secret>eyJhdXRocyI6[A-Za-z0-9+/]{8,}={0,2})"), "registry-credential"),
    (
        "ewo",
        re.compile(r"(?P<secret>ewo(?:gICJhdXRocyI6|JImF1dGhzIj)[A-Za-z0-9+/]{8,}={0,2})"),
        "registry-credential",
    ),
)
# What Redis is told, and mail servers.
_AUTH = re.compile(
    r"(?:> AUTH (?:\S{1,64} )?(?P<redis>\S{6,})|\bAUTH PLAIN (?P<mail>[A-Za-z0-9+/]{8,}={0,2}))$", re.MULTILINE
)
_REGISTRY = re.compile(
    r"(?P<name>auth|(?:identity|registry)token)(?:\\?[\"'])?\s{0,8}[:=]\s{0,8}(?:\\?[\"'])?"
    r"(?P<secret>[a-z0-9+/=_.~-]{6,4000})",
)


def found(text: str) -> Iterator[Found]:
    """Yield passwords in addresses and files of logins, in a text that has any number of lines."""
    for needs, rule, name in _JUDGED:
        for match in rule.finditer(text) if needs.search(text) else ():
            if is_secret(match["secret"], Kind.PASSWORD, Place.QUOTED):
                yield Found(*match.span("secret"), name)
    for sign, rule, name in _CERTAIN:
        for match in rule.finditer(text) if sign in text else ():
            yield Found(*match.span("secret"), name)
    for match in _AUTH.finditer(text) if "AUTH " in text else ():
        if match["mail"] or is_secret(match["redis"], Kind.PASSWORD, Place.QUOTED):
            yield Found(*match.span(match.lastgroup or 0), "authorization")
    for match in _REGISTRY.finditer(lowered(text)):
        start, end = match.span("secret")
        if not text[match.start() - 1 : match.start()].isalnum() and _is_login(match["name"], text[start:end]):
            yield Found(start, end, "registry-credential")


def _is_login(name: str, value: str) -> bool:
    """Return whether a registry takes the value: `auth` is a user and a password, the others are what it gave out."""
    if name != "auth":
        return is_secret(value, Kind.SECRET, Place.QUOTED) or not value.isalpha()
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except ValueError:
        return False
    _, colon, password = decoded.partition(":")
    return bool(colon and password) and decoded.isprintable()
