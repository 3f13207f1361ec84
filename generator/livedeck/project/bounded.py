"""Read what is in a project: the one door for it. Regular files only, no larger than their kind, none from outside."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from livedeck.errors import HostError

_MIB = 1024 * 1024
_MANY = 20_000
"""The most entries of a folder, or of a tree, that are listed."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its name in messages, its largest size in bytes, and whether it may lie outside the project."""

    name: str
    largest: int
    anywhere: bool = False


COURSE_FILE = FileKind("a course file", 1 * _MIB)
TEMPLATE = FileKind("a template", 4 * _MIB)
STEP_TEMPLATE = FileKind("a step template", 1 * _MIB)
RECORD = FileKind("a record", 64 * _MIB)  # a terminal keeps 4,000 lines of a command
CATALOG = FileKind("a catalog", 8 * _MIB)
SHEET = FileKind("a style sheet", 4 * _MIB)
PICTURE = FileKind("a picture", 32 * _MIB)
FONT = FileKind("a font", 64 * _MIB, anywhere=True)
PACKAGE = FileKind("a file of a Node package", 64 * _MIB, anywhere=True)
CLASS_FILE = FileKind("a file of files/", 256 * _MIB)
STAND_IN = FileKind("a file of a stand-in", 256 * _MIB)
ARCHIVE = FileKind("an archive of Docker", 512 * _MIB, anywhere=True)
BUILT = FileKind("a built file", 256 * _MIB)


class RefusedError(OSError):
    """What is there is not read: no regular file, too large, or outside the project; `strerror` says which."""


def read(root: Path, path: Path, kind: FileKind) -> bytes:
    """Return the bytes of a file of the project at `root`. Raises what `opened` raises."""
    with opened(root, path, kind) as file:
        data = file.read(kind.largest + 1)
    if len(data) > kind.largest:  # it has grown since it was opened
        raise _too_large(path, kind, len(data))
    return data


@contextmanager
def opened(root: Path, path: Path, kind: FileKind) -> Iterator[BinaryIO]:
    """Open a file of the project at `root` for reading.

    A link is followed where it stays in the project, and for a `kind` that may be anywhere. Neither a pipe nor a device
    is opened.

    Raises:
        FileNotFoundError: there is no such file.
        RefusedError: it is no regular file, it is too large, or a link leads out of the project.
        OSError: it cannot be read. `strerror` is fit for a message in each case.
    """
    try:
        if not kind.anywhere:
            need_inside(root, path)
        _need_regular(path.stat())
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        file = open(os.open(path, flags), "rb")  # noqa: PTH123, SIM115 (of a handle; closed below)
    except ValueError:
        raise RefusedError(errno.EINVAL, "its name holds a zero byte", str(path)) from None
    with file:
        found = os.fstat(file.fileno())
        _need_regular(found)
        if found.st_size > kind.largest:
            raise _too_large(path, kind, found.st_size)
        yield file


def text(root: Path, path: Path, kind: FileKind) -> str:
    """Return a UTF-8 file as `read` does, without the byte order mark that it may begin with.

    Raises what `read` raises; RefusedError also for what is not UTF-8.
    """
    try:
        return read(root, path, kind).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(errno.EILSEQ, "it is not UTF-8", str(path)) from None


def entries(root: Path, folder: Path) -> list[Path]:
    """Return what is in a folder of the project, sorted; nothing where there is no folder.

    Raises:
        RefusedError: it holds too much, or a link leads out of the project.
        OSError: it cannot be read.
    """
    need_inside(root, folder)
    found: list[Path] = []
    if folder.is_dir():
        with os.scandir(folder) as listed:
            for entry in listed:
                found.append(folder / entry.name)
                _need_few(folder, len(found))
    return sorted(found)


def tree(root: Path, folder: Path) -> list[Path]:
    """Return everything below a folder of the project, sorted; links are among it and not followed.

    Raises what `entries` raises; RefusedError also where there is too much in all of it.
    """
    found: list[Path] = []
    folders = [folder]
    while folders:
        for path in entries(root, folders.pop()):
            found.append(path)
            if path.is_dir() and not path.is_symlink():
                folders.append(path)
        _need_few(folder, len(found))
    return sorted(found)


@contextmanager
def reading(shown: Path | str) -> Iterator[None]:
    """Turn errors of reading inside the block into a HostError; `shown` is for those that name no file."""
    try:
        yield
    except OSError as error:
        raise HostError(f"cannot read {error.filename or shown}: {error.strerror}") from None


def need_inside(root: Path, path: Path) -> None:
    """Raise RefusedError where a link on the way to `path`, or `path` itself, leads out of the project.

    What is in `build/` must stay there; `build` itself may be a link. `node_modules` may lead anywhere.
    """
    parts = path.relative_to(root).parts
    if parts[:1] == ("node_modules",):
        return
    home = os.path.realpath(root / "build" if parts[:1] == ("build",) else root)
    if _is_below(os.path.realpath(path), home):
        return
    for link in _links(root, parts):
        if not _is_below(os.path.realpath(link), home):
            shown = "it" if link == path else link.relative_to(root).as_posix()
            raise RefusedError(errno.EXDEV, f"{shown} is a link out of the project", str(path))
    raise RefusedError(errno.EXDEV, "it is outside the project", str(path))


def _links(root: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    path = root
    for part in parts:
        path /= part
        if path.is_symlink():
            yield path


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _need_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(errno.EINVAL, "it is not a file")


def _need_few(folder: Path, count: int) -> None:
    if count > _MANY:
        raise RefusedError(errno.E2BIG, f"it holds more than {_MANY:,} files", str(folder))


def _too_large(path: Path, kind: FileKind, size: int) -> RefusedError:
    most = f"{kind.largest // _MIB} MiB at most"
    return RefusedError(errno.EFBIG, f"it is too large: it has {size:,} bytes, {kind.name} has {most}", str(path))
