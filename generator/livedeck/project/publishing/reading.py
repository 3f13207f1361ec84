"""Open a file that a deck names: below its folder, a regular file, not too large, and of a type on the list."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from livedeck.project import bounded
from livedeck.project.publishing import types
from livedeck.project.publishing.refusal import Refusal

_LARGEST = bounded.PICTURE.largest
"""The size in bytes of the largest file that is published."""


def read(folder: Path, name: str, kind: types.Kind) -> bytes:
    """Return the content of a file that may be published; it was judged, and need not be read again.

    Args:
        folder: where the file has to be, with links resolved.
        name: its path in the folder.
        kind: what a deck uses it as.

    Raises:
        Refusal: it may not be published, or it does not exist.
    """
    with opened(folder, name, kind) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:  # it has grown since it was opened
        raise _too_large()
    types.need_content(kind, name, data)
    return data


@contextmanager
def opened(folder: Path, name: str, kind: types.Kind) -> Iterator[BinaryIO]:
    """Open a file for reading whose name, place, type and size allow it to be published. Raises Refusal as `read`."""
    types.need_type(kind, name)
    try:
        path = folder.resolve() / name
        with bounded.opened(folder.resolve(), path, bounded.PICTURE) as file:
            types.need_type(kind, path.resolve().name)  # what a link leads to counts as well as its own name
            yield file
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal("does not exist", "paths begin at the folder of the deck") from None
    except bounded.RefusedError as refused:
        refusal = _REFUSALS.get(refused.errno or 0, _no_file)
        raise refusal() from None
    except OSError as error:
        raise Refusal(f"cannot be read ({error.strerror})") from None
    except (ValueError, RuntimeError):  # links in a circle
        raise Refusal("cannot be the name of a file") from None


def _too_large() -> Refusal:
    hint = "make it smaller, or link to where it can be downloaded"
    return Refusal(f"is larger than {_LARGEST // 1024**2} MiB", hint)


def _outside() -> Refusal:
    return Refusal("is outside the deck", "put it into the folder of the deck")


def _no_file() -> Refusal:
    return Refusal("is not a regular file", "put the file itself there")


_REFUSALS = {errno.EFBIG: _too_large, errno.EXDEV: _outside}
