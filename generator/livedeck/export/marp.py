"""Marp CLI as a child process: where its parts are, how it is started, and what it printed."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from livedeck.errors import ExportError, HostError
from livedeck.export import fontconfig, offline
from livedeck.project import bounded, disk, paths

_CLI = "node_modules/@marp-team/marp-cli/marp-cli.js"
_PACKAGES = (_CLI, "node_modules/markdown-it-cjk-friendly/package.json")
_CONFIG = ("marp.config.mjs", "code.mjs", "ending.mjs", "guard.mjs", "terminal.mjs")
_GUARDED = "guarded"
"""What `marp.config.mjs` writes when it guards a page that Marp prints."""
_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NO_BROWSER = "a browser prints PDF, PNG and PPTX, and neither chromium nor google-chrome is on the PATH"
INSTALL_BROWSER = "livedeck doctor says how to install Chromium or Google Chrome here"
_PASSED_ON = ("PATH", "CHROME_NO_SANDBOX", "CHROME_DISABLE_GPU", "FONTCONFIG_PATH")
# A warning or an error, with the lines that continue it.
_ALARM = re.compile(r"^\[\s*(?:WARN|ERROR)\s*\](.*(?:\n(?!\[\s*[A-Z]+\s*\]).*)*)", re.MULTILINE)
# Pictures are checked one by one, in the HTML, before a browser loads them.
_EXPECTED_ALARM = "Insecure local file accessing"
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_NO_START = ("Failed to launch the browser", "ChromeLauncher.launch")
"""What Puppeteer reports when a browser ends at once, over a socket and over a pipe."""
_FULL = "the disk is full: make room on it, then build again"
_UNLIKE_ADDRESS = re.compile(r"[#%?\\\s]")
"""What a path may not hold of which an address is made by putting `file://` in front."""
_NO_STREAM = "Protocol error (IO.read)"
"""What Puppeteer reports when the browser could not keep what it printed in the folder for temporary files."""
_QUOTED_LINES = 12
_SHORT = 31
_OWN_FOLDER = re.compile(r"(?:run|theme|fit)-\w{8}")
"""Where an export or a measurement works, in `build/.marp/`."""
_SECONDS_TO_GO = 5.0


@dataclass(frozen=True, slots=True)
class Marp:
    """The programs an export needs, found; `browser` is None until something has to be printed."""

    node: str
    cli: Path
    browser: str | None

    @property
    def root(self) -> Path:
        """The project whose Node packages they use."""
        return self.cli.parents[3]


def find(root: Path, environ: Mapping[str, str], *, browser: bool) -> Marp:
    """Return the programs of the project at `root`, with a browser where one is needed.

    Raises HostError naming the one that is missing and the line that installs it.
    """
    try:
        str(root).encode()
    except UnicodeEncodeError:
        hint = "move it to a folder with another name; `--format md` works there"
        raise HostError("Node.js cannot read the project, because its path is not UTF-8", hint=hint) from None
    node = shutil.which("node", path=environ.get("PATH", ""))
    if node is None:
        hint = "livedeck doctor says how to install it here"
        raise HostError("Node.js is missing: there is no `node` on the PATH", hint=hint)
    if not all((root / package).is_file() for package in _PACKAGES):
        raise HostError("Marp CLI is missing: it is not in node_modules", hint=npm_ci(root))
    if os.sep == "/" and "\\" in str(root):
        hint = "rename the folder: the address of a module may not hold one"
        raise HostError(f"Node.js loads nothing from a folder with a backslash in its path: {root}", hint=hint)
    found = find_browser(environ) if browser else None
    if browser and found is None:
        raise HostError(f"Chromium is missing: {NO_BROWSER}", hint=f"{INSTALL_BROWSER}; `--format html` works without")
    return Marp(node, root / _CLI, found)


def npm_ci(root: Path) -> str:
    """Return the line that installs the Node packages of the project at `root`, without running any code of theirs."""
    return f"npm ci --ignore-scripts --prefix {shlex.quote(str(root))}"


def find_browser(environ: Mapping[str, str]) -> str | None:
    """Return the browser that prints, if there is one. Raises HostError where CHROME_PATH does not name a program."""
    path = environ.get("PATH", "")
    chosen = environ.get("CHROME_PATH")
    found = next(filter(None, (shutil.which(name, path=path) for name in ([chosen] if chosen else _BROWSERS))), None)
    if chosen and found is None:  # Marp would silently take any other browser
        raise HostError(f"CHROME_PATH is {chosen}, which is not a program", hint="unset CHROME_PATH or correct it")
    return found


def convert(
    marp: Marp,
    folder: Path,
    css: Path,
    decks: Sequence[Path],
    arguments: Sequence[str],
    *,
    seconds: float,
    environ: Mapping[str, str],
) -> tuple[str, ...]:
    """Convert decks of one folder into `folder/out`, in a new folder, and return the warnings of Marp, one text each.

    Raises:
        HostError: Marp does not end in time, or fails in a browser.
        ExportError: Marp fails by itself.
    """
    for name in ("in", "out", "home"):
        disk.make_folder(folder, folder / name)
    for name in _CONFIG:
        disk.write(folder, folder / name, files("livedeck.export").joinpath(name).read_bytes())
    for deck in decks:
        disk.write(folder, folder / "in" / deck.name, bounded.read(deck.parent, deck, bounded.BUILT))
    command = [marp.node, str(marp.cli), "--config", "marp.config.mjs", "--no-stdin", "--theme-set", str(css)]
    command += ["--input-dir", "in", "--output", "out", *arguments]
    own: dict[str, str] = {}
    if marp.browser is not None:
        command += ["--allow-local-files", "--browser-path", str(offline.program(marp.browser, folder.resolve()))]
        # Marp prints from a temporary file, while pictures are relative to the folder of the decks.
        own = {"LIVEDECK_BASE_URL": decks[0].parent.resolve().as_uri() + "/", **fontconfig.variables(folder, environ)}
    code, output = run("Marp CLI", command, marp.root, folder, environ, seconds, own)
    if code != 0:
        hint = remedy(output)
        kind = ExportError if marp.browser is None and hint != _FULL and code > 0 else HostError
        raise kind(f"Marp CLI ended with exit code {code}", hint=hint, detail=output[-_QUOTED_LINES:])
    if marp.browser is not None and not (folder / _GUARDED).is_file():
        what = "Marp CLI opened its pages without the guard of marp.config.mjs"
        raise HostError(what, hint=f"install the version of Marp CLI that belongs here: {npm_ci(marp.root)}")
    alarms = (" ".join(text.split()) for text in _ALARM.findall("\n".join(output)))
    return tuple(text for text in alarms if _EXPECTED_ALARM not in text)


def run(
    name: str,
    command: Sequence[str],
    root: Path,
    folder: Path,
    environ: Mapping[str, str],
    seconds: float,
    own: Mapping[str, str],
) -> tuple[int, list[str]]:
    """Run a program that may start a browser in `folder`, and return its exit code and output.

    Its home is `home/` in `folder`, or a temporary one where that path is unlike an address, and `own` are variables
    for it alone. It is ended when time is up, and when we are; `sweep` finds what a kill left by the project's `root`.
    Raises HostError, with its `name`, where it does not start or does not end in time.
    """
    child = {name: environ[name] for name in _PASSED_ON if name in environ}
    # Marp keeps its temporary pages in the home folder, and must not see that of the user.
    child |= {"LANG": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1", **own}
    # The browser puts a socket into the folder for temporary files, and the path of a socket is limited to 100 bytes.
    # Neither Marp nor the browser remove what they leave there.
    with _temporary(root, _temporary_shelf(environ)) as temporary:
        # Marp opens its temporary pages by their paths, as if those were addresses.
        home = temporary if _UNLIKE_ADDRESS.search(str(folder)) else str(folder / "home")
        # The program reads from a pipe that is never written to: when it is closed, however we ended, it ends as well.
        end, ours = os.pipe()
        try:
            process = subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env=child | {"TMPDIR": temporary, "HOME": home},
                stdin=end,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            os.close(ours)
            what = f"{command[0]} could not be started: {error.strerror}"
            raise HostError(what, hint="livedeck doctor looks at it") from None
        finally:
            os.close(end)
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            what = f"{name} had not finished after {seconds:.0f} seconds and was stopped"
            hint = "try again with less going on on this machine, or with fewer decks at once"
            raise HostError(what, hint=hint) from None
        finally:
            _end(process)
            _end_browser(temporary)
            os.close(ours)
    return process.returncode, _lines(output)


@contextmanager
def _temporary(root: Path, shelf: str) -> Iterator[str]:
    """Make a folder for temporary files on the shelf, and remove it. Raises HostError where there can be none."""
    try:
        folder = TemporaryDirectory(prefix=_prefix(root), dir=shelf, ignore_cleanup_errors=True)
    except OSError as error:
        hint = "set TMPDIR to a folder that you can write, with a short path"
        raise HostError(f"no temporary files can be made in {shelf}: {error.strerror}", hint=hint) from None
    with folder as name:
        yield name


def sweep(root: Path, environ: Mapping[str, str]) -> None:
    """End the browsers of exports of the project at `root` that were killed, and remove their temporary files.

    No other export of that project may be running: see `flow.locks`. Raises HostError where a link is in the way.
    """
    workshop = root / "build" / paths.MARP
    disk.need_own(root, workshop / "any")
    with bounded.reading(workshop):
        found = bounded.entries(root, workshop)
    for left in found:
        if _OWN_FOLDER.fullmatch(left.name):
            disk.remove(root, left)
    for left in Path(_temporary_shelf(environ)).glob(f"{_prefix(root)}*"):
        with suppress(OSError):
            about = left.lstat()
            if stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid():
                _end_browser(str(left))
                shutil.rmtree(left, ignore_errors=True)


def _temporary_shelf(environ: Mapping[str, str]) -> str:
    chosen = environ.get("TMPDIR", "")
    return chosen if 0 < len(chosen) <= _SHORT and not _UNLIKE_ADDRESS.search(chosen) else "/tmp"  # noqa: S108


def _prefix(root: Path) -> str:
    """Return how the names of the folders begin in which programs keep temporary files for the project at `root`."""
    return f"livedeck-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}-"


def remedy(output: Sequence[str]) -> str:
    """Return what to do about a program that failed with this output."""
    text = "\n".join(output)
    if "ENOSPC" in text:
        return _FULL
    if _NO_STREAM in text:
        return "the disk for temporary files may be full: make room in TMPDIR or /tmp, then build again"
    if "sandbox" in text.lower():
        return "where the browser cannot have its own sandbox, in some containers for one, set CHROME_NO_SANDBOX=1"
    if any(words in text for words in _NO_START):
        return "the browser does not start: livedeck doctor looks at it"
    return "it may be the theme, or too little memory for the browser; its output is above"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program if it still runs; asked kindly, it takes its browser with it."""
    for sign, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, None)):
        if process.poll() is not None:
            break
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, sign)
            process.wait(patience)
    if process.stdout is not None:
        process.stdout.close()


def _end_browser(temporary: str) -> None:
    """End a browser that a program left running, and return when it is gone.

    A browser that was still starting when the program was ended survives it, in a session of its own. It is found by
    its profile, which lies in the folder for temporary files of this run alone, where the system shows command lines.
    """
    profile = f"--user-data-dir={temporary}/".encode()
    deadline = time.monotonic() + _SECONDS_TO_GO
    running = True
    while running and time.monotonic() < deadline:
        running = False
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has ended, or belongs to somebody else
                if profile in path.read_bytes():
                    running = True
                    os.kill(int(path.parent.name), signal.SIGKILL)
        if running:
            time.sleep(0.01)


def _lines(output: bytes) -> list[str]:
    """Return the output as lines that can be shown on any terminal."""
    text = _ESCAPE.sub("", output.decode("utf-8", "replace"))
    lines = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in text.splitlines())
    return [line for line in lines if line]
