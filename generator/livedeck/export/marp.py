"""Marp CLI as a child process: where its parts are, how it is started, and what it said."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

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
_INSTALL_NODE = "livedeck doctor says how to install it here"
INSTALL_BROWSER = "livedeck doctor says how to install Chromium or Google Chrome here"
_PASSED_ON = ("PATH", "CHROME_NO_SANDBOX", "CHROME_DISABLE_GPU", "FONTCONFIG_PATH")
_MESSAGE = re.compile(r"^\[\s*([A-Z]+)\s*\]\s*(.*)$")
_ALARMING = ("WARN", "ERROR")
# Pictures are checked one by one before Marp is let at them.
_EXPECTED_ALARM = "Insecure local file accessing"
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_NO_START = ("Failed to launch the browser", "ChromeLauncher.launch")
"""What Puppeteer says of a browser that ends at once, over a socket and over a pipe."""
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
        raise HostError(
            "Node.js is missing: there is no `node` on the PATH", hint="livedeck doctor says how to install it here"
        )
    if not all((root / package).is_file() for package in _PACKAGES):
        raise HostError("Marp CLI is missing: it is not in node_modules", hint=npm_ci(root))
    found = find_browser(environ) if browser else None
    if browser and found is None:
        raise HostError(f"Chromium is missing: {NO_BROWSER}", hint=f"{INSTALL_BROWSER}; `--format html` works without")
    return Marp(node, root / _CLI, found)


def npm_ci(root: Path) -> str:
    """The line that installs the Node packages of the project at `root`, and runs nothing of theirs."""
    return f"npm ci --ignore-scripts --prefix {shlex.quote(str(root))}"


def find_browser(environ: Mapping[str, str]) -> str | None:
    """The browser that prints, where there is one. Raises HostError where CHROME_PATH names none."""
    path = environ.get("PATH", "")
    chosen = environ.get("CHROME_PATH")
    if chosen:
        # Marp would go on with any other browser without a word.
        if (found := shutil.which(chosen, path=path)) is None:
            raise HostError(f"CHROME_PATH is {chosen}, which is no program", hint="unset CHROME_PATH or correct it")
        return found
    return next(filter(None, (shutil.which(name, path=path) for name in _BROWSERS)), None)


def prepare(folder: Path) -> None:
    """Put our configuration and empty folders for input, output and home into `folder`."""
    for name in _CONFIG:
        (folder / name).write_bytes(files("livedeck.export").joinpath(name).read_bytes())
    for name in ("in", "out", "home"):
        (folder / name).mkdir()


def convert(
    marp: Marp,
    folder: Path,
    css: Path,
    arguments: Sequence[str],
    *,
    base: Path,
    seconds: float,
    environ: Mapping[str, str],
) -> tuple[str, ...]:
    """Convert every deck of `folder/in` into `folder/out` and return what Marp warned of, one text a warning.

    `base` is the folder that pictures are relative to when printing. Raises HostError when Marp does not end in time
    or fails in a browser, and ExportError when it fails by itself.
    """
    command = [marp.node, str(marp.cli), "--config", "marp.config.mjs", "--no-stdin", "--theme-set", str(css)]
    command += ["--input-dir", "in", "--output", "out", *arguments]
    if marp.browser is not None:
        command += ["--allow-local-files", "--browser-path", marp.browser]
    own: dict[str, str] = {}
    if marp.browser is not None:
        own = {"LIVEDECK_BASE_URL": base.as_uri() + "/", **fontconfig.variables(folder, environ)}
    code, output = run("Marp CLI", command, folder, environ, seconds, own)
    if code != 0:
        kind = ExportError if marp.browser is None and not _is_full(output) else HostError
        raise kind(
            f"Marp CLI ended with exit code {code}",
            hint=remedy(output),
            detail=output[-_QUOTED_LINES:],
        )
    return tuple(_alarms(output))


def run(
    name: str,
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    seconds: float,
    own: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, list[str]]:
    """Exit code and output of a program that may start a browser, working in `folder`, with `home/` in it its home.

    `own` are variables for it alone. Raises HostError, with its `name`, where it does not end in time.
    """
    child = {**_environment(folder, environ), **own}
    # Neither Marp nor the browser clear away what they leave in the folder for temporary files.
    with TemporaryDirectory(prefix="livedeck-", dir=_temporary(environ), ignore_cleanup_errors=True) as temporary:
        try:
            return _run(name, command, folder, child | {"TMPDIR": temporary}, seconds)
        finally:
            _end_browser(temporary)


def _environment(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    child = {name: environ[name] for name in _PASSED_ON if name in environ}
    # Marp keeps its temporary pages in the home folder; nobody else's is its business.
    child["HOME"] = str(folder / "home")
    return child | {"LANG": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}


def _temporary(environ: Mapping[str, str]) -> str:
    """Return the folder for temporary files. The browser puts a socket there, whose path may have some 100 bytes."""
    chosen = environ.get("TMPDIR", "")
    return chosen if 0 < len(chosen) <= _SHORT else "/tmp"  # noqa: S108


def _is_full(output: Sequence[str]) -> bool:
    return any("ENOSPC" in line for line in output)


def remedy(output: Sequence[str]) -> str:
    """What to do about a program that failed with this output."""
    text = "\n".join(output)
    if _is_full(output):
        return "the disk is full: make room on it, then build again"
    if "sandbox" in text.lower():
        return "where the browser cannot have its own sandbox, in some containers for one, set CHROME_NO_SANDBOX=1"
    if any(words in text for words in _NO_START):
        return "the browser does not start: livedeck doctor looks at it"
    return "it may be the theme, or too little memory for the browser; above is what was said"


def _run(
    name: str, command: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float
) -> tuple[int, list[str]]:
    """Exit code and lines of output. The program is ended when time is up, and when we are."""
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environ,
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
        raise HostError(
            f"{name} had not finished after {seconds:.0f} seconds and was stopped",
            hint="try again with less going on on this machine, or with fewer decks at once",
        ) from None
    finally:
        _end(process)
    return process.returncode, _lines(output)


def _alarms(output: Sequence[str]) -> Iterator[str]:
    """Yield the warnings and errors in the output, each with the lines that belong to it."""
    level, text = "", ""
    for line in [*output, "[ INFO ]"]:
        found = _MESSAGE.match(line)
        if found is None:
            text = f"{text} {line.strip()}"
            continue
        if level in _ALARMING and _EXPECTED_ALARM not in text:
            yield text.strip()
        level, text = found.groups()


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
    """End a browser that a program left behind, and return when it is gone.

    One that was still starting when the program was ended does not end with it: it has a session of its own. It is
    known by its profile, which lies in the folder for temporary files of this run alone.
    """
    profile = f"--user-data-dir={temporary}/".encode()
    deadline = time.monotonic() + _SECONDS_TO_GO
    while (left := [process for process in _processes() if profile in process[1]]) and time.monotonic() < deadline:
        for process, _ in left:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _processes() -> Iterator[tuple[int, bytes]]:
    """Yield the number and the command line of each process, where the system shows them in /proc."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended, or is nobody's business
            yield int(path.parent.name), path.read_bytes()


def _lines(output: bytes) -> list[str]:
    """Return the output as lines that can be shown on any terminal."""
    text = _ESCAPE.sub("", output.decode("utf-8", "replace"))
    lines = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in text.splitlines())
    return [line for line in lines if line]
