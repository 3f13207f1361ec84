"""Check that what a browser printed is the deck: PDF, PNG and PPTX."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from livedeck.errors import ExportError
from livedeck.export import verify
from livedeck.model import BuiltDeck, Format, Notice
from livedeck.project.publishing import raster

Size = tuple[int, int]

_POINTS = 0.75
"""Points to a pixel of CSS."""
_PPTX_SCALE = 2
"""Marp draws slides for PPTX twice as large as they are."""
_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
_MEDIA = re.compile(r"ppt/media/[^/]+\.(?:png|jpe?g)")
_SHOWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+[\d.]+\s+Tf|<([0-9A-Fa-f]+)>")
"""In a page of a PDF: a font that is chosen, or text as the hexadecimal codes of its glyphs."""
_AGAIN = "check the space left on the disk, then build again"


def check(form: Format, built: BuiltDeck, path: Path, size: Size) -> Iterator[ExportError | Notice]:
    """Yield what is wrong with a file, or a folder of pictures, given the size of a slide in pixels."""
    from pypdf.errors import PyPdfError  # noqa: PLC0415  (a build of HTML alone does not need it)

    if not path.exists():
        yield verify.missing(built, form.upper())
        return
    try:
        if form == "png":
            found = {picture.name: picture for picture in sorted(path.glob("*.png"))}
            yield from _pictures(built, "PNG", "pictures", found, size)
        else:
            yield from (_pdf if form == "pdf" else _pptx)(built, path, size)
    except (PyPdfError, zipfile.BadZipFile, OSError, ValueError, KeyError) as problem:
        reason = " ".join(str(problem).split())
        yield verify.error(built, f"the {form.upper()} cannot be read ({reason})", _AGAIN)


def _pdf(built: BuiltDeck, path: Path, size: Size) -> Iterator[ExportError | Notice]:
    from pypdf import PdfReader  # noqa: PLC0415  (a build of HTML alone does not need it)

    pages = [page for page in PdfReader(path, strict=True).pages if page.get_contents() is not None]
    sizes = [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages]
    unreadable: set[str] = set()
    boxes = [number for number, page in enumerate(pages, 1) if _has_box(page, unreadable)]
    points = (round(size[0] * _POINTS), round(size[1] * _POINTS))
    yield from _other(built, "PDF", "pages", sizes, points, "points")
    for name in sorted(unreadable):
        hint = "install another version of that font, or name another one in the theme"
        yield verify.error(built, f"the text in {name} is not embedded in the PDF as text", hint)
    for number in boxes:
        where = f"{built.at(built.slides[number - 1].line)}: " if number <= len(built.slides) else ""
        yield Notice(f"{where}slide {number} of the PDF shows a box for a character that no font here has")


def _pptx(built: BuiltDeck, path: Path, size: Size) -> Iterator[ExportError]:
    with zipfile.ZipFile(path) as packed:
        if damaged := packed.testzip():
            yield verify.error(built, f"the PPTX is damaged ({damaged})", _AGAIN)
            return
        slides = sum(1 for name in packed.namelist() if _SLIDE.fullmatch(name))
        if slides != len(built.slides):
            yield verify.count(built, "PPTX", slides, "slides")
        media = {name: packed.open(name) for name in packed.namelist() if _MEDIA.fullmatch(name)}
        large = (size[0] * _PPTX_SCALE, size[1] * _PPTX_SCALE)
        yield from _pictures(built, "PPTX", "pictures of slides", media, large)


def _pictures(
    built: BuiltDeck, kind: str, what: str, files: Mapping[str, Path | IO[bytes]], wanted: Size
) -> Iterator[ExportError]:
    looked_at = {name: raster.size(file) for name, file in files.items()}
    for name, (_, trouble) in looked_at.items():
        if trouble:
            yield verify.error(built, f"the picture {name} {trouble}", _AGAIN)
    yield from _other(built, kind, what, [size or wanted for size, _ in looked_at.values()], wanted, "pixels")


def _other(
    built: BuiltDeck, kind: str, what: str, sizes: Sequence[Size], wanted: Size, unit: str
) -> Iterator[ExportError]:
    """Yield what is wrong with the number of pages, pictures and so on, and with their sizes."""
    if len(sizes) != len(built.slides):
        yield verify.count(built, kind, len(sizes), what)
    for width, height in sorted({*sizes} - {wanted}):
        hint = "the theme was not applied: build again; if that does not help, report it with the Markdown"
        larger = f"{width} by {height} {unit} large instead of {wanted[0]} by {wanted[1]}"
        yield verify.error(built, f"the {kind} is {larger}", hint)


def _has_box(page: Any, unreadable: set[str]) -> bool:
    """Return whether the page shows the glyph of a character that its font lacks.

    Fonts whose text is not text in the PDF are added to `unreadable`. Extracting the text would show such glyphs too,
    but takes 20 times as long.
    """
    missing = {
        name.removeprefix("/").encode(): _missing_glyph(name, font.get_object(), unreadable)
        for name, font in page["/Resources"].get_object().get("/Font", {}).items()
    }
    pattern = None
    for name, codes in _SHOWN.findall(page.get_contents().get_data()):
        if name:
            pattern = missing.get(name)
        elif pattern and pattern.match(codes):
            return True
    return False


def _missing_glyph(name: str, font: Any, unreadable: set[str]) -> re.Pattern[bytes] | None:
    """Return a pattern for text in the font that has a missing glyph; None where it cannot have one."""
    pattern = None
    if font["/Subtype"] == "/Type3":  # drawn by the PDF itself, letter for letter; codes have two digits
        embedded = "/CharProcs" in font
        first, *names = font["/Encoding"].get_object()["/Differences"]
        if "/g0" in names:
            pattern = re.compile(rb"(?i)(?:..)*?%02X" % (int(first) + names.index("/g0")))
    else:
        descendants = font.get("/DescendantFonts")
        inner = descendants[0].get_object() if descendants else font
        embedded = any(key.startswith("/FontFile") for key in inner["/FontDescriptor"].get_object())
        if descendants:  # codes are glyphs of the font, with four digits
            pattern = re.compile(rb"(?:....)*?0000")
    if not embedded or "/ToUnicode" not in font:
        unreadable.add(str(font.get("/BaseFont", name)).removeprefix("/"))
    return pattern
