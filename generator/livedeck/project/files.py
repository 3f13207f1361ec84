"""What a capture depends on besides its template: a deck's `files/`, packed, and the folder of the stand-ins."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck.errors import HostError, UsageError
from livedeck.model import STAND_INS, Deck
from livedeck.project import bounded

if TYPE_CHECKING:
    import tarfile

_LARGEST_PACKED = 16 * 1024 * 1024
_PACKED = f"{_LARGEST_PACKED // 1024**2} MiB"
_NO_LINKS = "links are not followed: copy what they mean"


def archive(deck: Deck) -> bytes | None:
    """Return the deck's `files/` as a gzipped tar archive, the same bytes for the same files; None if there are none.

    Raises:
        UsageError: a link or a device is among them, or they are too large.
        HostError: they cannot be read.
    """
    folder = deck.folder / "files"
    shown = f"decks/{deck.slug}/files"
    if folder.is_symlink():
        raise UsageError(f"{shown} is a link", hint=_NO_LINKS)
    if not folder.is_dir():
        return None
    import gzip  # noqa: PLC0415 (most decks have no files)
    import tarfile  # noqa: PLC0415

    packed = io.BytesIO()
    try:
        paths = bounded.tree(deck.root, folder)
        if sum(path.lstat().st_size for path in paths) > bounded.CLASS_FILE.largest:
            most = f"{bounded.CLASS_FILE.largest // 1024**2} MiB"
            raise UsageError(f"{shown}/ is too large", hint=f"{most} at most, and {_PACKED} packed")
        with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
            for path in paths:
                _pack(tar, deck, path, str(path.relative_to(folder)))
    except bounded.RefusedError as error:
        raise UsageError(f"cannot read {error.filename or shown}: {error.strerror}") from None
    except OSError as error:
        raise HostError(f"cannot read {error.filename or shown}: {error.strerror}") from None
    if len(packed.getvalue()) > _LARGEST_PACKED:
        raise UsageError(f"{shown}/ is too large to be typed into a terminal", hint=f"{_PACKED} packed at most")
    return packed.getvalue()


def digest(deck: Deck) -> str:
    """Return a digest of a deck's `files/`; empty if there are none. Raises as `archive` does."""
    packed = archive(deck)
    return "" if packed is None else f"sha256:{hashlib.sha256(packed).hexdigest()}"


def stand_ins(root: Path) -> str:
    """Return a digest of the folder that a course's stand-ins are built from; empty if there is none.

    Raises HostError if it cannot be read.
    """
    folder = root / STAND_INS
    found = hashlib.sha256()
    with bounded.reading(STAND_INS):
        paths = [path for path in bounded.tree(root, folder) if path.is_file() and not path.is_symlink()]
        for path in paths:
            data = bounded.read(root, path, bounded.STAND_IN)
            found.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return f"sha256:{found.hexdigest()}" if paths else ""


def _pack(tar: tarfile.TarFile, deck: Deck, path: Path, name: str) -> None:
    import tarfile  # noqa: PLC0415

    info = tarfile.TarInfo(name)
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise UsageError(f"decks/{deck.slug}/files/{name} is neither a file nor a folder", hint=_NO_LINKS)
    info.mode = 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644
    if path.is_dir():
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
        return
    data = bounded.read(deck.root, path, bounded.CLASS_FILE)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
