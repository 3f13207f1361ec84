"""Marp CLI as a child process: where its parts are, how it is started, and what it printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from livedeck.errors import ExportError, HostError
from livedeck.export import fontconfig

_CLI = "node_modules/@marp-team/marp-cli/marp-cli.js"
_PACKAGES = (_CLI, "node_modules/markdown-it-cjk-friendly/package.json")
_CONFIG = ("marp.config.mjs", "code.mjs", "terminal.mjs")
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
_QUOTED_LINES = 12
_SHORT = 40
_SECONDS_TO_GO = 5.0


@dataclass(frozen=True, slots=True)
class Marp:
    """The programs an export needs, found; `browser` is None until something has to be printed."""

    node: str
    cli: Path
    browser: str | None


def find(root: Path, environ: Mapping[str, str], *, browser: bool) -> Marp:
    """Return the programs of the project at `root`, with a browser where one is needed.

    Raises HostError naming the one that is missing and the line that installs it.
    """
    node = shutil.which("node", path=environ.get("PATH", ""))
    if node is None:
        hint = "livedeck doctor says how to install it here"
        raise HostError("Node.js is missing: there is no `node` on the PATH", hint=hint)
    if not all((root / package).is_file() for package in _PACKAGES):
        raise HostError("Marp CLI is missing: it is not in node_modules", hint=npm_ci(root))
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
        (folder / name).mkdir(parents=True)
    for name in _CONFIG:
        (folder / name).write_bytes(files("livedeck.export").joinpath(name).read_bytes())
    for deck in decks:
        shutil.copyfile(deck, folder / "in" / deck.name)
    command = [marp.node, str(marp.cli), "--config", "marp.config.mjs", "--no-stdin", "--theme-set", str(css)]
    command += ["--input-dir", "in", "--output", "out", *arguments]
    own: dict[str, str] = {}
    if marp.browser is not None:
        command += ["--allow-local-files", "--browser-path", marp.browser]
        # Marp prints from a temporary file, while pictures are relative to the folder of the decks.
        own = {"LIVEDECK_BASE_URL": decks[0].parent.resolve().as_uri() + "/", **fontconfig.variables(folder, environ)}
    code, output = run("Marp CLI", command, folder, environ, seconds, own)
    if code != 0:
        hint = remedy(output)
        kind = ExportError if marp.browser is None and hint != _FULL else HostError
        raise kind(f"Marp CLI ended with exit code {code}", hint=hint, detail=output[-_QUOTED_LINES:])
    alarms = (" ".join(text.split()) for text in _ALARM.findall("\n".join(output)))
    return tuple(text for text in alarms if _EXPECTED_ALARM not in text)


def run(
    name: str,
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    seconds: float,
    own: Mapping[str, str],
) -> tuple[int, list[str]]:
    """Run a program that may start a browser in `folder`, and return its exit code and output.

    Its home is `home/` in `folder`, and `own` are variables for it alone. It is ended when time is up, and when we are.
    Raises HostError, with its `name`, where it does not start or does not end in time.
    """
    child = {name: environ[name] for name in _PASSED_ON if name in environ}
    # Marp keeps its temporary pages in the home folder, and must not see that of the user.
    child |= {"HOME": str(folder / "home"), "LANG": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1", **own}
    # The browser puts a socket into the folder for temporary files, and the path of a socket is limited to 100 bytes.
    chosen = environ.get("TMPDIR", "")
    shelf = chosen if 0 < len(chosen) <= _SHORT else "/tmp"  # noqa: S108
    # Neither Marp nor the browser remove what they leave there.
    with TemporaryDirectory(prefix="livedeck-", dir=shelf, ignore_cleanup_errors=True) as temporary:
        try:
            process = subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env=child | {"TMPDIR": temporary},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            what = f"{command[0]} could not be started: {error.strerror}"
            raise HostError(what, hint="livedeck doctor looks at it") from None
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            what = f"{name} had not finished after {seconds:.0f} seconds and was stopped"
            hint = "try again with less going on on this machine, or with fewer decks at once"
            raise HostError(what, hint=hint) from None
        finally:
            _end(process)
            _end_browser(temporary)
    return process.returncode, _lines(output)


def remedy(output: Sequence[str]) -> str:
    """Return what to do about a program that failed with this output."""
    text = "\n".join(output)
    if "ENOSPC" in text:
        return _FULL
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
