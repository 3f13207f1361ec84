"""Write and remove what is in a project: the one door for it. Files are whole or absent, and no link is followed.

`root` is the project, or the folder below which the caller may write; between it and a target there must be no link.
Only `build` itself may be one. A link in the place of the target is replaced, and what it leads to stays.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shlex
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from livedeck.errors import HostError

try:
    import fcntl
except ImportError:  # Windows, where decks are translated and built; there one writer at a time is assumed
    fcntl = None  # type: ignore[assignment]

_BUILD = "build"
MADE, PROJECT = ".made", ".project"
"""The folder in `build/` that lists what builds made, and a file there that says for whom, where `build` is a link."""
_LONGEST_PATH = 10_000
_OF_A_DISK = "lost+found"
_SLIDE = re.compile(r"\d{3,}\.png")
"""A picture of a slide, in the folder of its deck."""
_MODE = 0o644
_WRITABLE = 0o222
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def replace(root: Path, path: Path, content: str | bytes) -> None:
    """Replace a file so that readers see the old or the new one, even after a crash; its mode is kept.

    Raises:
        HostError: it cannot be written, it is read-only, or a link is on the way; the old file is untouched.
    """
    replace_all(root, {path: content})


def replace_all(root: Path, contents: Mapping[Path, str | bytes]) -> None:
    """Do the same for several files: none is replaced before all are on the disk, and then one by one in their order.

    So a full disk or a read-only file leaves all of them as they were; only a crash may leave the first ones new and
    the others old. Raises HostError.
    """
    for path in contents:
        need_own(root, path)
    with ExitStack() as written:
        made: dict[Path, Path] = {}
        for path, content in contents.items():
            with _untouched(path):
                made[path] = written.enter_context(_written(path, _encoded(content)))
        for path, temporary in made.items():
            with _untouched(path):
                temporary.replace(path)
                _sync(path.parent)


def write(root: Path, path: Path, content: str | bytes, *, mode: int = _MODE) -> None:
    """Write a file that can be made again: quicker than `replace`, and not safe from a crash. Raises HostError."""
    need_own(root, path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, mode), "wb") as file:
            file.write(_encoded(content))


def need_replaceable(root: Path, path: Path) -> None:
    """Raise the HostError of `replace` early if it is sure to come, before there is anything to lose."""
    need_own(root, path)
    try:
        _mode(path)
        nearest = next(folder for folder in path.absolute().parents if folder.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, f"{nearest} is read-only")
    except OSError as error:
        hint = "nothing was run, nothing was changed"
        raise HostError(f"cannot write {_shown(path)}: {error.strerror}", hint=hint) from None


def need_own(root: Path, path: Path) -> None:
    """Raise HostError if a link is on the way from `root` to `path`: what is written would land elsewhere.

    `build` may lead to another disk, to a folder that is empty or that builds were in before.
    """
    folder, below = root, path.relative_to(root)
    if ".." in below.parts:
        raise HostError(f"cannot write {path}: it leads up again", hint="name it without ..")
    for part in below.parts[:-1]:
        folder /= part
        if not folder.is_symlink():
            continue
        shown = folder.relative_to(root)
        if folder == root / _BUILD:
            _need_for_builds(root, folder)
        else:
            message = f"{shown} is a link, and what is written there would land where it leads"
            raise HostError(message, hint=f"remove the link: rm {shlex.quote(str(folder))}")


def base(root: Path, path: Path) -> Path:
    """Return the `root` for a file that the user names: the project, or for a file elsewhere its own folder."""
    return next((folder for folder in path.parents if folder.resolve() == root), path.parent)


def make_folder(root: Path, folder: Path) -> None:
    """Make a folder and those above it that are missing. Raises HostError."""
    need_own(root, folder / "any")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def workspace(root: Path, folder: Path, prefix: str) -> Iterator[Path]:
    """Make a new folder inside `folder` for programs to work in, and remove it. Raises HostError.

    Errors of the disk inside the block become a HostError, too.
    """
    make_folder(root, folder)
    with writing(folder), TemporaryDirectory(prefix=prefix, dir=folder, ignore_cleanup_errors=True) as name:
        yield Path(name)


def remove(root: Path, path: Path) -> None:
    """Remove a file or a link, or a folder of `build/` with everything in it; it may be gone already.

    Raises HostError if it stays, or a link is on the way.
    """
    need_own(root, path)
    with _removing(path):
        if path.is_dir() and not path.is_symlink():
            if path.relative_to(root).parts[0] != _BUILD or path == root / _BUILD:
                raise ValueError(f"{path} is not a folder that Livedeck makes")
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def remove_built(root: Path, path: Path) -> None:
    """Remove a built file, or the pictures of slides in a folder and then the folder, if it is empty.

    Raises HostError if they stay, or a link is on the way.
    """
    if not path.is_dir() or path.is_symlink():
        remove(root, path)
        return
    need_own(root, path)
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


def remove_empty(root: Path, folder: Path) -> None:
    """Remove a folder if nothing is in it."""
    need_own(root, folder)
    with suppress(OSError):
        folder.rmdir()


def put(root: Path, made: Path, target: Path) -> None:
    """Move a file to its place, or the files of a folder into the folder of that name. Raises HostError.

    A folder that is not there yet appears as a whole. Of two builds at once, the files of the later one remain.
    """
    need_own(root, target / "any" if made.is_dir() else target)
    with writing(target):
        if made.is_dir() and target.exists():
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
def locked(
    root: Path, path: Path, what: str, *, waiting: Callable[[], None] | None = None, removed: bool = False
) -> Iterator[None]:
    """Hold `path` as a lock file; the system releases it when the process ends, however it ends.

    Where another process holds it, `waiting` is called and the lock waited for; without `waiting` that is an error.
    With `removed`, the file is gone at the end.

    Raises:
        HostError: another process holds it, or it cannot be made.
    """
    need_own(root, path)
    handle = _lock(path, what, waiting)
    try:
        yield
    finally:
        if removed:
            path.unlink(missing_ok=True)
        os.close(handle)


def _lock(path: Path, what: str, waiting: Callable[[], None] | None) -> int:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink():
                path.unlink()
            handle = os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o644)
        except OSError as error:
            raise HostError(f"cannot write {path}: {error.strerror}") from None
        try:
            _hold(handle, wait=False)
        except BlockingIOError:
            if waiting is None:
                os.close(handle)
                raise HostError(f"another livedeck is working on {what}", hint="wait until it is done") from None
            waiting()
            _hold(handle, wait=True)
        # `clean` may have removed the file before it was locked, and another process may hold a new one.
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)


def _need_for_builds(root: Path, build: Path) -> None:
    """Raise HostError unless the folder that the link `build` leads to is empty, or marked as that of this project.

    The link may come with the project from a stranger: without the mark, builds could remove what is somebody else's.
    """
    project = os.path.realpath(root)
    if build.is_dir() and not build.resolve().is_relative_to(project):
        made, mark = build / MADE, build / MADE / PROJECT
        with writing(build):
            if made.is_dir() and not made.is_symlink() and mark.is_file() and not mark.is_symlink():
                if mark.stat().st_size <= _LONGEST_PATH and mark.read_bytes() == os.fsencode(project):
                    return
            elif all(path.name == _OF_A_DISK for path in build.iterdir()):
                made.mkdir()
                mark.write_bytes(os.fsencode(project))
                return
    message = f"{_BUILD} is a link to {os.path.realpath(build)}, which is not a folder of this project's builds"
    hint = f"let it lead to an empty folder elsewhere, or remove it: rm {shlex.quote(str(build))}"
    raise HostError(message, hint=hint)


def _shown(path: Path) -> Path:
    """Return a path as the user would type it here."""
    with suppress(ValueError, OSError):
        return path.relative_to(Path.cwd())
    return path


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@contextmanager
def _untouched(path: Path) -> Iterator[None]:
    """Turn errors of the disk into a HostError about a file that is as it was."""
    try:
        yield
    except OSError as error:
        hint = "what was there before is untouched"
        raise HostError(f"cannot write {_shown(path)}: {error.strerror}", hint=hint) from None


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """Write what is to replace `path` into a file beside it, which is gone at the end unless it was moved."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = _mode(path)
    _sweep(path)
    # Named before it exists: a signal may come in between.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with _own(temporary) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have what was renamed in a folder on the disk."""
    if os.name == "nt":  # where a folder cannot be opened like a file
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mode(path: Path) -> int:
    """Return the mode of the file that is replaced. Raises PermissionError if it is read-only."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return _MODE
    if stat.S_ISLNK(found.st_mode):  # it is replaced, whatever it leads to
        return _MODE
    mode = stat.S_IMODE(found.st_mode)
    if not mode & _WRITABLE or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    return mode


def _sweep(path: Path) -> None:
    """Remove the files that a killed Livedeck left next to `path`; one that is being written is locked.

    Only names that Livedeck gives: editors keep unsaved changes there too, as `.en.po.swp`.
    """
    ours = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}")
    for left in [left for left in path.parent.iterdir() if ours.fullmatch(left.name)]:
        with suppress(OSError), os.fdopen(os.open(left, os.O_RDONLY | _NO_FOLLOW), "rb") as unlocked:
            _hold(unlocked.fileno(), wait=False)
            left.unlink()


def _own(temporary: Path) -> BinaryIO:
    """Open a new file that is locked by its writer."""
    while True:
        file = temporary.open("xb")
        _hold(file.fileno(), wait=True)
        if os.fstat(file.fileno()).st_nlink:  # else another Livedeck saw it before it was locked
            return file
        file.close()


def _hold(handle: int, *, wait: bool) -> None:
    """Lock an open file for this process alone. Raises BlockingIOError if another has it, unless it may `wait`."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
