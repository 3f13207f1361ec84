"""The one list of types that a deck may publish, and what the content of each has to be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

from livedeck.project.publishing import raster, svg
from livedeck.project.publishing.refusal import Refusal

Kind = Literal["picture", "file"]
"""What a deck uses a file as: a picture that a slide shows, or a file that it links, for students to open."""

_Check = Callable[[bytes], None]
_FORMATS = {
    ".apng": "PNG",
    ".avif": "AVIF",
    ".gif": "GIF",
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
}
"""Pillow's names of the formats of pictures made of pixels."""
# Browsers take none of these for a page, and run nothing in them.
_TEXTS = (
    *(".bash", ".bashrc", ".c", ".cfg", ".conf", ".containerfile", ".csv", ".diff", ".dockerfile", ".dockerignore"),
    *(".editorconfig", ".env", ".gitattributes", ".gitignore", ".go", ".hcl", ".ini", ".java", ".json", ".log"),
    *(".md", ".patch", ".properties", ".py", ".rb", ".rs", ".service", ".sh", ".sql", ".tf", ".toml", ".tsv", ".txt"),
    *(".yaml", ".yml"),
)
_TEXT_NAMES = ("Caddyfile", "Containerfile", "Dockerfile", "LICENSE", "Makefile", "NOTICE", "Procfile", "README")
_STARTS = {".gz": b"\x1f\x8b\x08", ".pdf": b"%PDF-", ".tgz": b"\x1f\x8b\x08", ".xz": b"\xfd7zXZ\0", ".zip": b"PK"}
_TAR = (257, b"ustar")
# Servers that do not know the last suffix, or send what is packed unpacked, take the one before it for the type.
_PAGE_INSIDE = re.compile(r"\.(?:s?html?|xht(?:ml)?|svgz?|xml|php\d?|phtml)\.", re.IGNORECASE)
_SURE = (".txt", ".pdf", *_FORMATS)
_LONGEST_NAME = 255
# What a file system or a server may read in another way than the browser that asks for it.
_ODD_NAME = re.compile(r"[\x00-\x1f\x7f\\]|[. ]$")
_VERDICTS: dict[tuple[Kind, str, bytes], tuple[str, str | None] | None] = {}
"""What was judged already, by kind, type and digest: the same picture is shown in several languages and formats."""
_MOST_VERDICTS = 10_000


def need_type(kind: Kind, name: str) -> None:
    """Raise Refusal if the name of a file says that it is of no type that may be published."""
    last = name.rpartition("/")[2]
    if len(last) > _LONGEST_NAME or _ODD_NAME.search(name):
        raise Refusal("cannot be the name of a file", "use letters, digits, - and _")
    if _type(last) not in _TYPES[kind]:
        raise Refusal(f"is not a {kind} that may be published", _ALLOWED[kind])
    if kind == "file" and _type(last) not in _SURE and _PAGE_INSIDE.search(last):
        raise Refusal(
            "is not a file that may be published", "a server may take it for a page: name it .txt, or pack it"
        )


def need_content(kind: Kind, name: str, data: bytes) -> None:
    """Raise Refusal if the content of a file, of a type on the list, is not what its name says."""
    known = kind, _type(name.rpartition("/")[2]), hashlib.sha256(data).digest()
    if known not in _VERDICTS:
        if len(_VERDICTS) >= _MOST_VERDICTS:
            _VERDICTS.clear()
        _VERDICTS[known] = _verdict(_TYPES[kind][known[1]], data)
    if verdict := _VERDICTS[known]:
        raise Refusal(*verdict)


def pillow_format(name: str) -> str | None:
    """Return Pillow's format for a picture of this name; None for SVG and for what is no picture."""
    return _FORMATS.get(_type(name.rpartition("/")[2]))


def _type(name: str) -> str:
    """Return the suffix of a file, in lower case, or the whole name if it has none."""
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot else stem or name


def _verdict(check: _Check, data: bytes) -> tuple[str, str | None] | None:
    """Return why content is refused, and what to do; not the error itself, which would keep the content alive."""
    if not data:
        return "is empty", None
    try:
        check(data)
    except Refusal as refusal:
        return refusal.reason, refusal.hint
    return None


def _need_pixels(data: bytes, *, form: str) -> None:
    trouble = raster.trouble(data, form)
    if not trouble:
        return
    other = next((each for each in dict.fromkeys(_FORMATS.values()) if each != form and raster.opens(data, each)), None)
    hint = f"it is {other}: name it so" if other else None
    raise Refusal(trouble, hint)


def _need_text(data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("is not text in UTF-8") from None
    if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
        raise Refusal("has control characters, as no text has")
    if text.lstrip().startswith("<"):  # browsers look there for HTML where a server names no type
        raise Refusal("begins like HTML, and a browser may show it as a page", "begin it with a comment, or pack it")


def _need_start(data: bytes, *, start: bytes, at: int = 0) -> None:
    if data[at : at + len(start)] != start:
        raise Refusal("is not what its name says")


_PIXELS: Mapping[str, _Check] = {suffix: partial(_need_pixels, form=form) for suffix, form in _FORMATS.items()}
_TYPES: Mapping[Kind, Mapping[str, _Check]] = {
    "picture": {**_PIXELS, ".svg": svg.check},
    # No SVG here: opened on its own it is a document.
    "file": {
        **_PIXELS,
        **dict.fromkeys((*_TEXTS, *_TEXT_NAMES), _need_text),
        **{suffix: partial(_need_start, start=start) for suffix, start in _STARTS.items()},
        ".tar": partial(_need_start, start=_TAR[1], at=_TAR[0]),
    },
}
_ALLOWED: Mapping[Kind, str] = {
    "picture": f"pictures are {' '.join(sorted(_TYPES['picture']))}",
    "file": "files are text (.txt .md .yaml .json .sh .conf Dockerfile ...), pictures without SVG, .pdf, and archives "
    "(.zip .tar .gz .tgz .xz); pack others",
}
