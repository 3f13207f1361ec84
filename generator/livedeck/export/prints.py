"""Whether what a browser printed is the deck: PDF, PNG and PPTX."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livedeck.errors import ExportError
from livedeck.export import pictures, verify
from livedeck.model import BuiltDeck, Notice

_SHOWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+[\d.]+\s+Tf|<([0-9A-Fa-f]+)>")
_POINTS = 0.75
_EMU = 9525
"""Of these an Office file counts so many to a pixel."""
_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
_SLIDE_SIZE = re.compile(rb'<p:sldSz\b[^>]*?\bcx="(\d+)"[^>]*?\bcy="(\d+)"')
_MEDIA = re.compile(r"ppt/media/[^/]+\.(?:png|jpe?g)")
_AGAIN = "check the space left on the disk, then build again"
_OTHER_SIZE = "the theme was not applied: build again; if it stays so, say so with the Markdown it is about"


def pdf(built: BuiltDeck, path: Path, size: tuple[int, int]) -> Iterator[ExportError | Notice]:
    """Yield what is wrong with a PDF file: other pages than slides, another size, text that is no text, boxes.

    `size` is that of a slide in pixels.
    """
    from pypdf import PdfReader  # noqa: PLC0415  (not needed by those who only build HTML)
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    if not path.is_file():
        yield verify.missing(built, "PDF")
        return
    try:
        with path.open("rb") as file:
            reader = PdfReader(file, strict=True)
            pages = [page for page in reader.pages if page.get_contents() is not None]
            sizes = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages}
            fonts = _Fonts()
            boxes = [number for number, page in enumerate(pages, 1) if fonts.lacks_a_glyph(page)]
    except (PyPdfError, OSError, ValueError, KeyError) as problem:
        text = " ".join(str(problem).split())
        yield verify.error(built, f"the PDF cannot be read ({text})", _AGAIN)
        return
    if len(pages) != len(built.slides):
        yield verify.count(built, "PDF", len(pages), "pages")
    yield from _other_size(built, "PDF", sizes, (round(size[0] * _POINTS), round(size[1] * _POINTS)), "points")
    for name in sorted(fonts.unreadable):
        hint = "install another cut of that font, or name another one in the theme"
        yield verify.error(built, f"the text in {name} is not embedded in the PDF as text", hint)
    for number in boxes:
        where = f"{built.at(built.slides[number - 1].line)}: " if number <= len(built.slides) else ""
        yield Notice(f"{where}slide {number} of the PDF shows a box for a character that no font here has")


def png(built: BuiltDeck, folder: Path, size: tuple[int, int]) -> Iterator[ExportError]:
    """Yield what is wrong with a folder of pictures, one of each slide: too few, damaged, of another size."""
    found = sorted(folder.glob("*.png"))
    if not found:
        yield verify.missing(built, "PNG")
        return
    looked_at = [(path, *pictures.size(path)) for path in found]
    for path, _, trouble in looked_at:
        if trouble:
            yield verify.error(built, f"the picture {path.name} {trouble}", _AGAIN)
    if len(found) != len(built.slides):
        yield verify.count(built, "PNG", len(found), "pictures")
    yield from _other_size(built, "PNG", {each for _, each, trouble in looked_at if not trouble}, size, "pixels")


def pptx(built: BuiltDeck, path: Path, size: tuple[int, int]) -> Iterator[ExportError]:
    """Yield what is wrong with a PPTX file: other slides than the deck has, damaged, of another size."""
    if not path.is_file():
        yield verify.missing(built, "PPTX")
        return
    try:
        with zipfile.ZipFile(path) as packed:
            damaged = packed.testzip()
            names = packed.namelist()
            found = _SLIDE_SIZE.search(packed.read("ppt/presentation.xml"))
    except (zipfile.BadZipFile, KeyError, OSError) as problem:
        yield verify.error(built, f"the PPTX cannot be read ({problem})", _AGAIN)
        return
    if damaged is not None:
        yield verify.error(built, f"the PPTX is damaged ({damaged})", _AGAIN)
        return
    slides = sum(1 for name in names if _SLIDE.fullmatch(name))
    if slides != len(built.slides):
        yield verify.count(built, "PPTX", slides, "slides")
    shown = sum(1 for name in names if _MEDIA.fullmatch(name))
    if shown < slides:
        yield verify.count(built, "PPTX", shown, "pictures of slides")
    sizes = {(int(found[1]) // _EMU, int(found[2]) // _EMU)} if found else {(0, 0)}
    yield from _other_size(built, "PPTX", sizes, size, "pixels")


def _other_size(
    built: BuiltDeck, kind: str, found: set[tuple[int, int]], wanted: tuple[int, int], unit: str
) -> Iterator[ExportError]:
    for width, height in sorted(found - {wanted}):
        what = f"the {kind} is {width} by {height} {unit} large instead of {wanted[0]} by {wanted[1]}"
        yield verify.error(built, what, _OTHER_SIZE)


class _Fonts:
    """The fonts of a PDF, each looked at once."""

    def __init__(self) -> None:
        self.unreadable: set[str] = set()
        self._missing: dict[int, tuple[int, frozenset[bytes]]] = {}

    def lacks_a_glyph(self, page: Any) -> bool:
        """Whether the page shows the glyph that stands for a character which its font has not."""
        fonts = self._of(page)
        contents = page.get_contents()
        width, missing = 2, frozenset[bytes]()
        for name, codes in _SHOWN.findall(contents.get_data() if contents is not None else b""):
            if name:
                width, missing = fonts.get(name, (2, frozenset()))
            elif missing and any(codes[at : at + width].upper() in missing for at in range(0, len(codes), width)):
                return True
        return False

    def _of(self, page: Any) -> dict[bytes, tuple[int, frozenset[bytes]]]:
        """By font name: how many hexadecimal digits a character has, and which characters are a missing glyph."""
        found = {}
        for name, reference in page["/Resources"].get_object().get("/Font", {}).items():
            number = getattr(reference, "idnum", id(reference))
            if number not in self._missing:
                self._missing[number] = self._look_at(name, reference.get_object())
            found[name.removeprefix("/").encode()] = self._missing[number]
        return found

    def _look_at(self, name: str, font: Any) -> tuple[int, frozenset[bytes]]:
        title = str(font.get("/BaseFont", name)).removeprefix("/")
        if font["/Subtype"] == "/Type3":  # drawn by the PDF itself, letter for letter
            differences = [each.get_object() for each in font["/Encoding"].get_object()["/Differences"]]
            embedded = "/CharProcs" in font
            names = [str(each) for each in differences if isinstance(each, str)]
            first = next((int(each) for each in differences if isinstance(each, int)), 0)
            missing = (2, frozenset(b"%02X" % (first + at) for at, each in enumerate(names) if each == "/g0"))
        else:
            descendants = font.get("/DescendantFonts")
            inner = descendants[0].get_object() if descendants else font
            embedded = any(key.startswith("/FontFile") for key in inner["/FontDescriptor"].get_object())
            missing = (4, frozenset({b"0000"})) if descendants else (2, frozenset())
        if not embedded or "/ToUnicode" not in font:
            self.unreadable.add(title)
        return missing
