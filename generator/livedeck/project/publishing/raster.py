"""Decode pictures made of pixels, as a browser would do, within bounds."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import IO

MOST_PIXELS = 64_000_000
"""Pixels of the largest picture: about 256 MB when it is decoded."""
_MOST_FRAMES = 3_000
_MOST_MOVING_PIXELS = 2_000_000_000
"""Pixels of all frames of an animation together."""


def trouble(data: bytes, form: str) -> str:
    """Return why a picture cannot be shown that should be in this format of Pillow's; nothing if it can."""
    return _decoded(io.BytesIO(data), form)[1]


def opens(data: bytes, form: str) -> bool:
    """Return whether a picture begins as one in this format of Pillow's does."""
    return extent(io.BytesIO(data), form) is not None


def extent(file: IO[bytes], form: str) -> tuple[int, int] | None:
    """Return width and height from the head of a picture in this format of Pillow's; None where it has none."""
    from PIL import Image  # noqa: PLC0415 (a deck without pictures does not need it)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=(form,)) as picture:
                return picture.size
    except Exception:  # noqa: BLE001 (a decoder raises anything for hostile bytes)
        return None


def size(picture: Path | IO[bytes]) -> tuple[tuple[int, int] | None, str]:
    """Return width and height of a picture in pixels, or None and why it cannot be decoded to its end."""
    found, reason = _decoded(picture, None)
    return found, reason.replace(str(picture), picture.name) if isinstance(picture, Path) else reason


def _decoded(picture: Path | IO[bytes], form: str | None) -> tuple[tuple[int, int] | None, str]:
    from PIL import Image  # noqa: PLC0415 (a deck without pictures does not need it)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(picture, formats=(form,) if form else None) as decoded:
                pixels = decoded.width * decoded.height
                if pixels > MOST_PIXELS:
                    return None, f"has more than {MOST_PIXELS // 10**6} million pixels"
                decoded.load()
                frames = int(getattr(decoded, "n_frames", 1))
                if frames > _MOST_FRAMES or frames * pixels > _MOST_MOVING_PIXELS:
                    return None, "has too many frames, or too large ones"
                return decoded.size, ""
    except Exception as problem:  # noqa: BLE001 (a decoder raises anything for hostile bytes)
        return None, f"cannot be decoded ({' '.join(str(problem).split()) or type(problem).__name__})"
