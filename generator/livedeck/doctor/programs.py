"""What Livedeck runs in or starts: Python and its packages, Node.js with Marp, a browser, fonts, further programs."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

from livedeck.doctor.probe import MARKDOWN, PRINTS, Case, Finding, Probe
from livedeck.doctor.system import NO_SNAP
from livedeck.errors import HostError, UsageError, number
from livedeck.export import themes
from livedeck.export.fonts import files as named_fonts
from livedeck.export.marp import find_browser, npm_ci

_SECONDS = 8.0
_KEYS = Path("/usr/share/keyrings")
_LONGEST_SCRIPT = 65536


def first_line(command: Sequence[str], environ: Mapping[str, str], seconds: float = _SECONDS) -> str:
    """Return the first line a program prints; empty if it cannot be started, fails, or does not end in time.

    Standard error counts only if nothing is on standard output: launchers complain there.
    """
    try:
        # A program found on the PATH, asked for its version.
        process = Popen(command, env=environ, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True)  # noqa: S603
    except OSError:
        return ""
    with process:
        try:
            output, complaints = process.communicate(timeout=seconds)
        except TimeoutExpired:
            with suppress(ProcessLookupError):  # its whole session: children hold the pipes open
                os.killpg(process.pid, signal.SIGKILL)
            return ""
    if process.returncode:
        return ""
    line = (output.strip() or complaints.strip()).partition(b"\n")[0].decode(errors="replace")
    return "".join(c for c in line if c.isprintable()).strip()


def program(probe: Probe, case: Case, option: str = "--version", oldest: int = 0) -> Iterator[Finding]:
    """Look for the program that the probe is named after, and whether it is new enough."""
    path = case.which(probe.name)
    version = first_line([path, option], case.environ).split(",")[0] if path else ""
    major = re.search(r"\d+", version)
    if path is None:
        yield probe.gap("missing", f"there is no {probe.name} on the PATH", case.system.install(probe.name))
    elif major is None:
        yield probe.gap("broken", f"{path} does not print its version", f"see what `{path} {option}` says")
    elif int(major[0]) < oldest:
        found = f"{version} ({path}) is too old: Livedeck needs {oldest} or newer"
        yield probe.gap("broken", found, case.system.by_hand(probe.name))
    else:
        yield probe.ok(f"{version} ({path})")


def python(probe: Probe, case: Case) -> Iterator[Finding]:
    """Report the Python that is running."""
    del case
    yield probe.ok(f"{sys.version.split()[0]} ({sys.executable})")


def python_packages(probe: Probe, case: Case) -> Iterator[Finding]:
    """Compare the Python packages that Livedeck requires with those that are installed.

    Raises:
        ImportError: one is not there.
    """
    required = [each for each in metadata.requires("livedeck") or [] if "extra ==" not in each]
    if old := [each for each in required if _is_old(each)]:
        yield probe.gap("broken", f"too old: {', '.join(old)}", reinstall(case))
    else:
        yield probe.ok(f"livedeck {metadata.version('livedeck')} with all it needs")


def reinstall(case: Case) -> str:
    """Return the line that installs Livedeck's packages again."""
    what = f"-e {shlex.quote(str(case.root))}" if (case.root / "pyproject.toml").is_file() else "livedeck"
    return f"{shlex.quote(sys.executable)} -m pip install {what}"


def mmdebstrap(probe: Probe, case: Case) -> Iterator[Finding]:
    """Look for what makes the sandbox's Debian where Docker Hub cannot be reached."""
    needs = ("mmdebstrap",) if case.system.is_root else ("mmdebstrap", "uidmap")
    there = {
        "mmdebstrap": case.which("mmdebstrap"),
        "keyring of the Debian archive": any(_KEYS.glob("debian-archive-keyring.*")),
        "newuidmap": case.system.is_root or case.which("newuidmap"),
    }
    if lacking := [name for name, found in there.items() if not found]:
        found = f"there is no {', no '.join(lacking)}; nothing needs it while Docker Hub can be reached"
        yield probe.gap("missing", found, case.system.install(*needs))
    else:
        yield from program(probe, case)


def npm_package(probe: Probe, case: Case, package: str) -> Iterator[Finding]:
    """Compare an installed Node package with the version in package-lock.json."""
    folder = f"node_modules/{package}"
    have = _value(case.root / folder / "package.json", "version")
    locked = _value(case.root / "package-lock.json", "packages", folder, "version")
    if not (case.root / folder).exists():
        yield probe.gap("missing", f"{folder} is not there", _npm_ci(case))
    elif have is None:
        yield probe.gap("broken", f"{folder} is damaged", _npm_ci(case))
    elif locked not in (None, have):
        yield probe.gap("old", f"{have} is installed, package-lock.json has {locked}", _npm_ci(case))
    else:
        yield probe.ok(f"{have} ({folder})")


def browser(probe: Probe, case: Case) -> Iterator[Finding]:
    """Look for a browser that can print PDF, PNG and PPTX."""
    try:
        path = find_browser(case.environ)
    except HostError as error:
        works = (MARKDOWN, "build --format html", "check (without measuring)")
        misled = replace(probe, affects=("build", *PRINTS), works=works)
        yield misled.gap("missing", error.message, "unset CHROME_PATH, or correct it")
        return
    install = case.system.install("browser")
    if path is None:
        yield probe.gap("missing", "neither chromium nor google-chrome is on the PATH", install)
        return
    version = first_line([path, "--version"], case.environ)
    unfit = replace(probe, works=(MARKDOWN, "build --format html --no-fit"))
    if _is_snap(Path(path).resolve()):
        found = f"{version} ({path}) is a snap: confined to parts of the home folder, it may not see the slides"
        yield unfit.gap("broken", found.lstrip(), NO_SNAP)
    elif not version:
        found = f"{path} does not start: it cannot print its version"
        yield replace(unfit, affects=("build", "check", *PRINTS)).gap("broken", found, install)
    else:
        yield probe.ok(f"{version} ({path})")


def fonts(probe: Probe, case: Case) -> Iterator[Finding]:
    """Look for the theme of the course, and for the fonts that it puts into the decks."""
    if case.course is None:
        return
    name = case.course.file.theme
    try:
        sheets = themes.find(case.root, name).sheets
    except UsageError as error:
        yield from replace(probe, name="theme").wrong(error, "missing")
        return
    files = list(dict.fromkeys(file for sheet in sheets for file in named_fonts(sheet)))
    if lacking := [file.name for file in files if not file.is_file()]:
        found = f"{len(lacking)} of {len(files)} fonts of the theme {name} are not there: {lacking[0]}"
        yield probe.gap("missing", found, _npm_ci(case))
    else:
        yield probe.ok(f"theme {name}: {number(len(files), 'font file')}")


def _npm_ci(case: Case) -> str:
    line = npm_ci(case.root)
    return line if case.which("npm") else f"{case.system.install('npm')}, then {line}"


def _value(path: Path, *keys: str) -> object:
    """Return a value in a JSON file; None where it has none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        for key in keys:
            value = value[key]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return value


def _is_old(requirement: str) -> bool:
    name, _, oldest = requirement.partition(">=")
    have, needed = ([int(part) for part in re.findall(r"\d+", text)] for text in (metadata.version(name), oldest))
    return have < needed


def _is_snap(program: Path) -> bool:
    """Return whether it leads to a snap: as a link, or as Ubuntu's small script that starts one."""
    if program.name == "snap" or program.is_relative_to("/snap"):
        return True
    with suppress(OSError), program.open("rb") as file:
        head = file.read(_LONGEST_SCRIPT)
        return head.startswith(b"#!") and b"/snap/" in head
    return False
