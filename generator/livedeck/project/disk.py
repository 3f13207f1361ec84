"""Write files that are complete or absent: atomic replacement, and one writer at a time."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from livedeck.errors import HostError

try:
    import fcntl
except ImportError:  # Windows, where decks are translated and built; there one writer at a time is assumed
    fcntl = None  # type: ignore[assignment]

_SLIDE = re.compile(r"\d{3,}\.png")
"""A picture of a slide, in the folder of its deck."""
_MODE = 0o644
_WRITABLE = 0o222


def replace(path: Path, text: str) -> None:
    """Write a text file so that readers see the old or the new one, even after a crash; its mode is kept.

    Raises:
        HostError: it cannot be written, or the file is read-only; the old file is untouched.
    """
    try:
        _replace(path, text)
    except OSError as error:
        raise HostError(f"cannot write {path}: {error.strerror}", hint="what was there before is untouched") from None


def need_replaceable(path: Path) -> None:
    """Raise the HostError of `replace` early if a file or its folder is read-only, before there is anything to lose."""
    try:
        _mode(path)
        nearest = next(folder for folder in path.absolute().parents if folder.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, f"{nearest} is read-only")
    except OSError as error:
        raise HostError(f"cannot write {path}: {error.strerror}", hint="nothing was run, nothing was changed") from None


def need_own(folder: Path, below: Path) -> None:
    """Raise HostError if a link is on the way from `below` to `folder`: what is written would land elsewhere."""
    for part in (folder, *folder.parents):
        if part == below:
            return
        if part.is_symlink():
            message = f"{part} is a link, and a build would write to where it leads"
            raise HostError(message, hint="remove the link")


def copy(source: Path, target: Path) -> None:
    """Copy a file over another one; a link there is replaced, not followed. Raises HostError."""
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink():
            target.unlink()
        shutil.copyfile(source, target)


def remove(path: Path) -> None:
    """Remove a file, or a folder with everything in it; it may be gone already. Raises HostError if it stays."""
    with _removing(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def remove_built(path: Path) -> None:
    """Remove a built file, or the pictures of slides in a folder and then the folder, if it is empty.

    Raises HostError if they stay.
    """
    if not path.is_dir() or path.is_symlink():
        remove(path)
        return
    with _removing(path):
        for picture in [found for found in path.iterdir() if _SLIDE.fullmatch(found.name)]:
            picture.unlink(missing_ok=True)
        if not any(path.iterdir()):
            path.rmdir()


@contextmanager
def _removing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HostError(f"cannot remove {error.filename or path}: {error.strerror}") from None


def put(made: Path, target: Path) -> None:
    """Move a file to its place, or the files of a folder into the folder of that name. Raises HostError.

    Of two builds at once, the files of the later one remain.
    """
    with writing(target):
        if made.is_dir():
            target.mkdir(exist_ok=True)
            for file in sorted(made.iterdir()):
                file.replace(target / file.name)
        else:
            made.replace(target)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn errors of the disk into a HostError, for anything written inside the block below `folder`."""
    try:
        yield
    except OSError as error:
        raise HostError(f"cannot write {error.filename or folder}: {error.strerror or error}") from None


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold `path` as a lock file; the system releases it when the process ends, however it ends.

    Raises:
        HostError: another process holds it, or it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise HostError(f"cannot write {path}: {error.strerror}") from None
    try:
        _hold(handle, wait=False)
    except BlockingIOError:
        os.close(handle)
        raise HostError(f"another livedeck is working on {what}", hint="wait until it is done") from None
    try:
        yield
    finally:
        os.close(handle)


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = _mode(path)
    _sweep(path)
    # Named before it exists: a signal may come in between.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with _own(temporary) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "nt":  # where a folder cannot be opened like a file
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mode(path: Path) -> int:
    """Return the mode of the file that is replaced. Raises PermissionError if it is read-only."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return _MODE
    if not mode & _WRITABLE or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    return mode


def _sweep(path: Path) -> None:
    """Remove the files that a killed Livedeck left next to `path`; one that is being written is locked.

    Only names that Livedeck gives: editors keep unsaved changes there too, as `.en.po.swp`.
    """
    ours = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}")
    for left in [left for left in path.parent.iterdir() if ours.fullmatch(left.name)]:
        with suppress(OSError), left.open("rb") as unlocked:
            _hold(unlocked.fileno(), wait=False)
            left.unlink()


def _own(temporary: Path) -> TextIO:
    """Open a new file that is locked by its writer."""
    while True:
        file = temporary.open("x", encoding="utf-8", newline="")
        _hold(file.fileno(), wait=True)
        if os.fstat(file.fileno()).st_nlink:  # else another Livedeck saw it before it was locked
            return file
        file.close()


def _hold(handle: int, *, wait: bool) -> None:
    """Lock an open file for this process alone. Raises BlockingIOError if another has it, unless it may `wait`."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
