"""What makes HTML and PDF: Node.js, Marp CLI with its plug-in, a browser, fonts."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from livedeck.doctor.finding import MARKDOWN, PAGES, PRINTS, WITHOUT_PAGES, WITHOUT_PRINTS, Case, Finding, State
from livedeck.doctor.run_program import said
from livedeck.errors import HostError, UsageError
from livedeck.export import themes
from livedeck.export.fonts import files as named_fonts
from livedeck.export.marp import find_browser

_OLDEST_NODE = 18
_PACKAGES = {"marp": "@marp-team/marp-cli", "markdown-it-cjk-friendly": "markdown-it-cjk-friendly"}
_ENTRIES = {"marp": "marp-cli.js", "markdown-it-cjk-friendly": "package.json"}
_SNAP = "/snap"
_LONGEST_SCRIPT = 65536


def node(case: Case) -> Iterator[Finding]:
    """Node.js, which runs Marp."""
    program = shutil.which("node", path=case.environ.get("PATH", ""))
    by_hand = "install Node.js 18 or newer with npm, and see that it comes first on the PATH"
    if program is None:
        found = "there is no node on the PATH"
        yield Finding("node", "missing", found, PAGES, case.system.install_node(), WITHOUT_PAGES)
        return
    lines = said([program, "--version"], case.environ) or ("",)
    version = re.match(r"v(\d+)\.", lines[0])
    if version is None:
        yield Finding("node", "broken", f"{program} does not say its version", PAGES, by_hand, WITHOUT_PAGES)
    elif int(version[1]) < _OLDEST_NODE:
        found = f"{lines[0]} ({program}) is too old: Marp needs {_OLDEST_NODE} or newer"
        yield Finding("node", "broken", found, PAGES, by_hand, WITHOUT_PAGES)
    else:
        yield Finding("node", "ok", f"{lines[0]} ({program})", PAGES)


def packages(case: Case) -> Iterator[Finding]:
    """Marp CLI and the plug-in, against the versions in package-lock.json."""
    locked = _locked(case.root / "package-lock.json")
    mend = _npm_ci(case)
    for name, package in _PACKAGES.items():
        folder = case.root / "node_modules" / package
        have = _version_in(folder / "package.json")
        wanted = locked.get(package)
        if have is None or not (folder / _ENTRIES[name]).is_file():
            state: State = "broken" if folder.exists() else "missing"
            shown = f"node_modules/{package} is {'damaged' if folder.exists() else 'not there'}"
            yield Finding(name, state, shown, PAGES, mend, WITHOUT_PAGES)
        elif wanted is not None and have != wanted:
            found = f"{have} is installed, package-lock.json has {wanted}"
            yield Finding(name, "old", found, PAGES, mend)
        elif wanted is None:
            found = f"{have} (node_modules/{package}); no package-lock.json here says which version it should be"
            yield Finding(name, "ok", found, PAGES)
        else:
            yield Finding(name, "ok", f"{have} (node_modules/{package})", PAGES)


def browser(case: Case) -> Iterator[Finding]:
    """The browser that prints PDF, PNG and PPTX."""
    mend = case.system.install_browser()
    try:
        program = find_browser(case.environ)
    except HostError as error:
        yield Finding(
            "browser",
            "missing",
            error.message,
            ("build", *PRINTS),
            "unset CHROME_PATH, or correct it",
            (MARKDOWN, "build --format html", "check (without measuring)"),
        )
        return
    if program is None:
        found = "neither chromium nor google-chrome is on the PATH"
        yield Finding("browser", "missing", found, PRINTS, mend, WITHOUT_PRINTS)
        return
    lines = said([program, "--version"], case.environ)
    if _is_snap(Path(program)):
        shown = f"{lines[0]} " if lines else ""
        found = f"{shown}({program}) is a snap: confined to parts of the home folder, it may not see the slides"
        by_hand = "install Google Chrome, or point CHROME_PATH to a Chromium that is no snap"
        yield Finding("browser", "broken", found, PRINTS, by_hand, (MARKDOWN, "build --format html --no-fit"))
    elif not lines:
        found = f"{program} does not start: it cannot say its version"
        yield Finding(
            "browser", "broken", found, ("build", "check", *PRINTS), mend, (MARKDOWN, "build --format html --no-fit")
        )
    else:
        yield Finding("browser", "ok", f"{lines[0]} ({program})", PRINTS)


def fonts(case: Case) -> Iterator[Finding]:
    """The fonts that the theme of the course puts into the decks."""
    name = case.course.file.theme if case.course else "mspt2"
    try:
        sheets = themes.find(case.root, name).sheets
    except UsageError:
        yield Finding("fonts", "ok", f"not looked at: there is no theme {name}", PAGES)
        return
    files = tuple(dict.fromkeys(file for sheet in sheets for file in named_fonts(sheet)))
    lacking = [file.name for file in files if not file.is_file()]
    if lacking:
        found = f"{len(lacking)} of {len(files)} fonts of the theme {name} are not there: {lacking[0]}"
        yield Finding("fonts", "missing", found, PAGES, _npm_ci(case), WITHOUT_PAGES)
    else:
        shown = f"{len(files)} font files that travel with the slides" if files else "fonts of each reader's machine"
        yield Finding("fonts", "ok", f"theme {name}: {shown}", PAGES)


def _npm_ci(case: Case) -> str:
    """The line that installs what package-lock.json names."""
    mend = f"npm ci --ignore-scripts --prefix {shlex.quote(str(case.root))}"
    if shutil.which("npm", path=case.environ.get("PATH", "")) is None:
        mend = f"{case.system.install('npm', 'npm')}, then {mend}"
    return mend


def _locked(path: Path) -> dict[str, str]:
    """The versions that a package-lock.json gives to packages right below node_modules."""
    entries = _read(path).get("packages")
    if not isinstance(entries, dict):
        return {}
    found = {
        name.removeprefix("node_modules/"): entry.get("version")
        for name, entry in entries.items()
        if isinstance(entry, dict)
    }
    return {name: version for name, version in found.items() if isinstance(version, str)}


def _version_in(path: Path) -> str | None:
    version = _read(path).get("version")
    return version if isinstance(version, str) else None


def _read(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _is_snap(program: Path) -> bool:
    """Whether it leads to a snap: as a link, or as Ubuntu's small script that starts one."""
    path = program.resolve()
    if path.name == "snap" or path.is_relative_to(_SNAP):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_LONGEST_SCRIPT)
    except OSError:
        return False
    return head.startswith(b"#!") and b"/snap/" in head
