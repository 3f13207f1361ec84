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


def read(folder: Path, name: str, kind: types.Kind) -> bytes:
    """Return the content of a file that may be published; it was judged, and need not be read again.

    Args:
        folder: where the file has to be, with links resolved.
        name: its path in the folder.
        kind: what a deck uses it as.

    Raises:
        Refusal: it may not be published, or it does not exist.
    """
    types.need_type(kind, name)
    root = folder.resolve()
    with _refusing():
        data = bounded.read(root, root / name, bounded.PICTURE)
        _need_type_of_target(kind, root / name)
    types.need_content(kind, name, data)
    return data


@contextmanager
def opened(folder: Path, name: str, kind: types.Kind) -> Iterator[BinaryIO]:
    """Open a file for reading whose name, place, type and size allow it to be published. Raises Refusal as `read`."""
    types.need_type(kind, name)
    root = folder.resolve()
    with _refusing(), bounded.opened(root, root / name, bounded.PICTURE) as file:
        _need_type_of_target(kind, root / name)
        yield file


def _need_type_of_target(kind: types.Kind, path: Path) -> None:
    """Raise Refusal if a link leads to a file of a type that may not be published: its own name says another one."""
    types.need_type(kind, path.resolve().name)


@contextmanager
def _refusing() -> Iterator[None]:
    """Raise the Refusal for what keeps a file from being read inside."""
    try:
        yield
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
    return Refusal(f"is larger than {bounded.PICTURE.largest // 1024**2} MiB", hint)


def _outside() -> Refusal:
    return Refusal("is outside the deck", "put it into the folder of the deck")


def _no_file() -> Refusal:
    return Refusal("is not a regular file", "put the file itself there")


_REFUSALS = {errno.EFBIG: _too_large, errno.EXDEV: _outside}
