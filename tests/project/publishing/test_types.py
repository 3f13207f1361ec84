"""What may be published, by the name of a file and by its content."""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from livedeck.project import publishing
from livedeck.project.publishing import Kind, Refusal, raster
from PIL import Image

from tests.project.publishing.drawings import ACTIVE, HONEST, pixels, svg

HTML = b"<!DOCTYPE html><script>alert(1)</script>"
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
CONTENT = {suffix: pixels(form) for suffix, form in FORMATS.items()}


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that claims to be so large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def moving(form: str, frames: int, **options: object) -> bytes:
    """A small animation."""
    pictures = [Image.new("L", (3, 3), number * 37 % 256) for number in range(frames)]
    file = io.BytesIO()
    rest = pictures[1:]
    pictures[0].save(file, form, save_all=True, append_images=rest, **options)  # type: ignore[arg-type]
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "b")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return file.getvalue()


def judge(folder: Path, name: str, kind: Kind, data: bytes) -> None:
    """Judge a file of this name and content."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    assert publishing.read(folder, name, kind) == data


PICTURES = {
    **{f"a.{suffix}": data for suffix, data in CONTENT.items()},
    "a.jpeg": CONTENT["jpg"],
    "a.apng": moving("PNG", 5),
    "a.PNG": CONTENT["png"],
    "a.html.png": CONTENT["png"],
    "그림 1.png": CONTENT["png"],
    "with HTML after its end.png": CONTENT["png"] + HTML,
    "moving.gif": moving("GIF", 5),
    "moving.webp": moving("WEBP", 5),
    "moving.png": moving("PNG", 5),
    "a.svg": HONEST["inkscape"],
    "a.SVG": HONEST["draw.io"],
}
FILES = {
    "Dockerfile": b"FROM nginx\n",
    "perl.Dockerfile": b"FROM nginx\n",
    "compose.yaml": "서비스: {}\n".encode(),
    "a.json": b"{}",
    "a.md": b"# a\n\n<b>x</b>\n",
    "a.sh": b"#!/bin/sh\necho '<html>'\n",
    "nginx.conf": b"server { }\n",
    ".dockerignore": b"*\n",
    ".env": b"A=1\n",
    "a.csv": b"\xef\xbb\xbfa,b\r\n",
    "a.log": b"\x1b[31mred\x1b[0m\n",
    "a.pdf": b"%PDF-1.7\n",
    "a.zip": zipped(),
    "a.tar": tarred(),
    "a.tar.gz": gzip.compress(tarred()),
    "a.tgz": gzip.compress(tarred()),
    "a.png": CONTENT["png"],
}
NO_PICTURES = {
    **{f"a.{suffix}": HTML for suffix in ("html", "htm", "xhtml", "xht", "shtml", "mht", "hta")},
    **{f"a.{suffix}": b"alert(1)" for suffix in ("js", "mjs", "cjs", "jsx", "vbs", "wasm", "php", "swf", "jar")},
    **{f"a.{suffix}": ACTIVE["script"] for suffix in ("xml", "xsl", "xslt", "svgz", "mathml", "rss")},
    **{f"a.{suffix}": b"x" for suffix in ("css", "md", "txt", "json", "pdf", "zip", "exe", "lnk", "url", "webloc")},
    **{f"a.{suffix}": CONTENT["png"] for suffix in ("bmp", "ico", "tif", "psd", "eps", "jp2", "pngx", "png~")},
    "a.png.html": HTML,
    "a.png ": CONTENT["png"],
    "a.png.": CONTENT["png"],
    "a.html ": HTML,
    "a.svg\n": HONEST["sketch"],
    "a\\..\\b.png": CONTENT["png"],
    "a\x01.png": CONTENT["png"],
    "a\u200bpng": CONTENT["png"],
    "a.p\u0438g": CONTENT["png"],
    "png": CONTENT["png"],
    "Dockerfile": b"FROM nginx\n",
    "deck.md": b"# a\n",
}
OTHER_CONTENT = {
    **{f"HTML as {suffix}": (f"a.{suffix}", HTML) for suffix in (*FORMATS, "svg", "apng", "jpeg")},
    **{f"nothing as {suffix}": (f"a.{suffix}", b"") for suffix in ("png", "svg")},
    **{f"a PNG as {suffix}": (f"a.{suffix}", CONTENT["png"]) for suffix in ("jpg", "gif", "webp", "avif", "svg")},
    "an SVG as png": ("a.png", HONEST["sketch"]),
    "a script as svg": ("a.svg", b"alert(1)"),
    "a GIF that is a script": ("a.gif", b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)//"),
    "a JPEG that is a script": ("a.jpg", b"\xff\xd8\xff\xe0/*" + bytes(40) + b"*/=alert(1)/*\xff\xd9"),
    "a PNG that is HTML": ("a.png", b"\x89PNG\r\n\x1a\n" + HTML),
    "a WebP that is HTML": ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 " + HTML),
    "a BMP as png": ("a.png", pixels("BMP")),
    "a TIFF as png": ("a.png", pixels("TIFF")),
    "an ICO as png": ("a.png", pixels("ICO")),
    "PostScript as png": ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "a PDF as jpg": ("a.jpg", b"%PDF-1.7\n"),
    **{f"half a {suffix}": (f"a.{suffix}", data[: len(data) // 2]) for suffix, data in CONTENT.items()},
    "4 billion pixels": ("a.png", png(65_535, 65_535)),
    "2**31 pixels wide": ("a.png", png(2**31 - 1, 1)),
    "100 million pixels": ("a.png", png(10_000, 10_000)),
    "no pixels": ("a.png", png(0, 0)),
    "a bomb in its text": ("a.png", png(9, 9, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))))),
    "a bomb in its profile": ("a.png", png(9, 9, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(10**8))))),
    "4,000 frames as gif": ("a.gif", moving("GIF", 4000, optimize=False)),
    "4,000 frames as avif": ("a.avif", moving("AVIF", 4000, speed=10)),
    "4,000 frames as png": ("a.png", png(9, 9, chunk(b"acTL", struct.pack(">II", 4000, 0)))),
}
NO_FILES = {
    **{f"a.{suffix}": HTML for suffix in ("html", "htm", "xhtml", "xml", "xsl", "svg", "php", "shtml", "mht")},
    **{f"a.{suffix}": b"1" for suffix in ("js", "mjs", "css", "swf", "wasm", "exe", "dll", "bat", "ps1", "desktop")},
    "Dockerfile.html": HTML,
    "a drawing.svg": HONEST["sketch"],
    "a.tar.html": HTML,
    ".htaccess": b"x",
    "a.html.hcl": b"x <script>",
    "a.htm.gz": gzip.compress(HTML),
    "a.PHP.md": b"<?php",
    ".html": HTML,
    "index": b"x",
    "id_rsa": b"x",
}
OTHER_FILES = {
    **{
        f"HTML as {name}": (name, HTML) for name in ("Dockerfile", "a.txt", "a.md", "README", "a.conf", "a.pdf", "a.gz")
    },
    "HTML after blanks": ("a.txt", b" \r\n\t\f <html>"),
    "HTML after a mark": ("a.txt", b"\xef\xbb\xbf<script>"),
    "a comment of HTML": ("LICENSE", b"<!-- x --><script>"),
    "XML as text": ("a.txt", b"<?xml version='1.0'?>"),
    "a program as text": ("a.sh", b"\x7fELF\x02\x01\x01\0"),
    "UTF-16 as text": ("a.txt", "<html>".encode("utf-16")),
    "Latin-1 as text": ("a.txt", b"\xe9"),
    "NUL in text": ("a.yaml", b"a\0b"),
    "text as pdf": ("a.pdf", b"x%PDF-"),
    "text as zip": ("a.zip", b"x"),
    "text as tar": ("a.tar", b"x" * 600),
    "a zip as tgz": ("a.tgz", zipped()),
    "HTML as png": ("a.png", HTML),
    "nothing": ("a.txt", b""),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(tmp_path: Path, name: str) -> None:
    judge(tmp_path, name, "picture", PICTURES[name])


@pytest.mark.parametrize("name", FILES)
def test_files(tmp_path: Path, name: str) -> None:
    judge(tmp_path, f"files/{name}", "file", FILES[name])


@pytest.mark.hostile("only pictures are published as pictures", "an error", "a copy of it in build/")
@pytest.mark.parametrize("name", NO_PICTURES)
def test_other_names_are_no_pictures(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match=r"is not a picture that may be published|cannot be the name of a file"):
        judge(tmp_path, name, "picture", NO_PICTURES[name])


@pytest.mark.hostile("only pictures are published as pictures", "an error", "a copy of it in build/")
@pytest.mark.parametrize("case", OTHER_CONTENT)
def test_content_that_is_not_what_the_name_says(tmp_path: Path, case: str) -> None:
    name, data = OTHER_CONTENT[case]
    with pytest.raises(Refusal, match=r"is not SVG|is empty|cannot be|pixels|frames"):
        judge(tmp_path, name, "picture", data)


@pytest.mark.hostile("only files of known types are published", "an error", "a copy of it in build/")
@pytest.mark.parametrize("name", NO_FILES)
def test_other_names_are_no_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="is not a file that may be published"):
        judge(tmp_path, f"files/{name}", "file", NO_FILES[name])


@pytest.mark.hostile("only files of known types are published", "an error", "a copy of it in build/")
@pytest.mark.parametrize("case", OTHER_FILES)
def test_files_that_are_not_what_their_name_says(tmp_path: Path, case: str) -> None:
    name, data = OTHER_FILES[case]
    with pytest.raises(Refusal):
        judge(tmp_path, f"files/{name}", "file", data)


def test_a_picture_of_another_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        judge(tmp_path, "a.jpg", "picture", CONTENT["webp"])
    assert "WEBP" in str(caught.value.hint)


def test_a_verdict_does_not_keep_what_was_judged(tmp_path: Path) -> None:
    tracemalloc.start()
    for number in range(5):
        with pytest.raises(Refusal):
            judge(tmp_path, "a.png", "picture", HTML + bytes([number]) * 4_000_000)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 8_000_000


@pytest.mark.soak
@pytest.mark.hostile("a picture is decoded within bounds", "an error, or a picture", "another exception")
@pytest.mark.parametrize("suffix", FORMATS)
def test_damaged_pictures(suffix: str, record_property: pytest.RecordProperty) -> None:
    seed = os.environ.get("LIVEDECK_SEED", "1")
    pick = random.Random(f"{seed} {suffix}")
    sources = [CONTENT[suffix]] if suffix == "jpg" else [CONTENT[suffix], moving(FORMATS[suffix], 4)]
    for _ in range(500):
        data = bytearray(pick.choice(sources))
        for _ in range(pick.randint(1, 5)):
            at, other = pick.randrange(len(data) + 1), pick.randrange(len(data) + 1)
            change = pick.choice([pick.randbytes(1), b"\xff\xff\xff\xff", bytes(4), bytes(data[other : other + 30])])
            data[at : at + pick.choice([0, 1, len(change)])] = change
            if pick.random() < 0.1:
                del data[pick.randrange(len(data) + 1) :]
        raster.trouble(bytes(data), FORMATS[suffix])
        raster.extent(io.BytesIO(data), FORMATS[suffix])
    record_property("inputs", [f"500 damaged {suffix}, seed {seed}"])


def test_an_svg_is_judged_as_a_picture(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="<script>"):
        judge(tmp_path, "a.Svg", "picture", svg("<script/>"))
