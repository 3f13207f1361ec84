"""Commands that write files, a course on which each has something to write, and a way to end one at any write."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from livedeck.cli.main import main
from livedeck.export import marp
from livedeck.project import course as course_file

from tests.course import captured, recorded, write_record
from tests.faults.place import FRONT, SECONDS, Ended, Place, deck_of

DECKS = ("one", "two")
OLD, NEW = "Harbour", "Lighthouse"
"""A word on the slides before and after the change that a build has to show."""
Tree = Mapping[str, bytes]
LEFT = re.compile(r"\..+\.[0-9a-f]{8}|(?:run|theme|fit)-\w{8}")
"""Names of temporary files and folders."""
ENGINES = "[engines.current]\n[engines.other]\n"

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.copyfile", "subprocess.Popen"}


@dataclass(frozen=True)
class Writer:
    """A command that writes, what a course needs for it, and which files of the user it may change."""

    words: tuple[str, ...]
    prepare: Callable[[Place], None] = lambda _: None
    changes: str = ""


def _outdated_catalogs(place: Place) -> None:
    """Two catalogs that the change of their decks has left behind."""
    place.livedeck_here("i18n", "add", "en").assert_clean(0)
    for name in DECKS:
        catalog = place.deck(name).parent / "locale" / "en.po"
        text = catalog.read_text(encoding="utf-8")
        catalog.write_text(text.replace(f'"{OLD}"\nmsgstr ""', f'"{OLD}"\nmsgstr "Port"'), encoding="utf-8")
    change(place)


def _other_record(place: Place) -> None:
    for name in DECKS:
        steps = [(captured("true", "new", host=place.host),)]
        write_record(place.record(name).with_name("other.json"), recorded(*steps, deck=name, engine="other"))
    (place.root / "reports").mkdir()
    (place.root / "reports" / "report.html").write_text("an earlier report", encoding="utf-8")


def _built(place: Place) -> None:
    place.livedeck("build", "--format", "md,html,pdf", "--no-fit").assert_clean(0)
    (place.root / "build" / "notes.txt").write_text("mine", encoding="utf-8")


def _built_before(place: Place) -> None:
    _built(place)
    change(place)


REPORT = ("drift", "--against", "other", "--output", "reports/report.html")
CATALOG = r"decks/(?:one|two)/locale/en\.po"
EXPORT = "build html,pdf"
WRITERS = {
    "i18n update": Writer(("i18n", "update"), _outdated_catalogs, CATALOG),
    "i18n add": Writer(("i18n", "add", "en"), changes=f"{CATALOG}|decks/course\\.toml"),
    "drift --output": Writer(REPORT, _other_record, r"reports/report\.html"),
    "clean": Writer(("clean",), _built),
    "build md": Writer(("build", "--format", "md"), _built_before),
    EXPORT: Writer(("build", "--format", "html,pdf", "--no-fit"), _built_before),
}
DONE = {"drift --output": 4}
"""Exit codes of commands that did their work, where it is not 0."""


def furnished(place: Place, name: str) -> Writer:
    """Write two decks with records, and what else the command needs."""
    place.course(ENGINES)
    for deck in DECKS:
        place.write(deck_of("true").replace(FRONT, f"{FRONT}# {OLD}\n\nA *boat*.\n\n"), deck)
        place.keep("true", name=deck)
    WRITERS[name].prepare(place)
    return WRITERS[name]


def change(place: Place) -> None:
    """Change a word of both decks; their records stay right."""
    for deck in DECKS:
        path = place.deck(deck)
        path.write_text(path.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")


def tree(folder: Path) -> Tree:
    """Return every file below a folder, by its path; links are not followed."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def own(place: Place) -> Tree:
    """Return what belongs to the user: everything but links and `build/`."""
    return {name: data for name, data in tree(place.root).items() if not name.startswith("build/")}


def leftovers(place: Place) -> list[str]:
    """Return temporary files of Livedeck that are still there."""
    shelf = Path(marp._temporary_shelf(os.environ))
    found = [*place.root.rglob("*"), *shelf.glob(f"{marp._prefix(place.root.resolve())}*")]
    return [str(path) for path in found if LEFT.fullmatch(path.name) or path.parent == shelf]


def programs(place: Place) -> list[str]:
    """Return the command lines of programs that still run for a course."""
    marks = (str(place.root.resolve()).encode(), marp._prefix(place.root.resolve()).encode())
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line, folder = (path / "cmdline").read_bytes(), os.fsencode((path / "cwd").readlink())
            if any(mark in line for mark in marks) or folder.startswith(marks[0]):
                found.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


def await_no_programs(place: Place) -> None:
    """Return when nothing runs for a course any more; programs of a killed Livedeck end by themselves."""
    deadline = time.monotonic() + SECONDS
    while running := programs(place):
        assert time.monotonic() < deadline, running
        time.sleep(0.05)


def assert_whole_slides(place: Place, said: str) -> None:
    """HTML and PDF are complete, and show the same as the Markdown beside them."""
    for deck in DECKS:
        built = place.root / "build" / f"{deck}.ko"
        shown = {form: _word(built.with_suffix(f".ko.{form}")) for form in ("md", "html", "pdf")}
        assert len({word for word in shown.values() if word}) <= 1, (said, deck, shown)


def _word(path: Path) -> str:
    """Return which of the two words a built file shows; empty where there is no such file."""
    if not path.exists():
        return ""
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        text = "".join(page.extract_text() for page in PdfReader(path, strict=True).pages)
    else:
        text = path.read_text(encoding="utf-8")
        assert path.suffix == ".md" or re.search(r"</html>\s*(<!-- Licences [^>]*-->)?\s*\Z", text), path
    (word,) = [word for word in (OLD, NEW) if word in text]
    return word


@dataclass
class Bench:
    """A course with a command to run on it again and again, each time from the same state."""

    place: Place
    name: str
    writer: Writer = field(init=False)
    before: Tree = field(init=False)
    after: Tree = field(init=False)
    changes: list[str] = field(init=False)
    seconds: float = field(init=False)
    """How long the command took here, to choose moments of it."""

    def __post_init__(self) -> None:
        """Find out what the command changes, and in how many steps."""
        self.writer = furnished(self.place, self.name)
        self.kept = self.place.root.with_name(f"{self.place.root.name}.kept")
        shutil.copytree(self.place.root, self.kept, symlinks=True)
        self.before = own(self.place)
        if self.name != EXPORT:
            self.place.livedeck_here(*self.writer.words)  # loads what the command needs
            self.restore()
        started = time.monotonic()
        self.run().assert_clean(DONE.get(self.name, 0))
        self.seconds = time.monotonic() - started
        self.after = own(self.place)
        changed = [
            name for name in self.before.keys() | self.after.keys() if self.before.get(name) != self.after.get(name)
        ]
        assert all(re.fullmatch(self.writer.changes, name) for name in changed), changed
        self.changes = self.log.read_text(encoding="utf-8").splitlines()

    @property
    def log(self) -> Path:
        return self.place.root.with_name(f"{self.place.root.name}.log")

    def restore(self) -> None:
        """Put everything back as it was before the command ran."""
        shutil.rmtree(self.place.root)
        shutil.copytree(self.kept, self.place.root, symlinks=True)

    def start(self) -> subprocess.Popen[bytes]:
        return self.place.start(*self.writer.words)

    def run(self, moment: int = 0, number: int = signal.SIGKILL) -> Ended:
        """Run the command in a copy of this process, and end it by a signal right before its change of that number.

        So nothing has to be loaded each time. What it changes is logged.
        """
        out, err = (self.log.with_suffix(suffix) for suffix in (".out", ".err"))
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # other threads wait for work
            child = os.fork()
        if not child:
            code = 70
            try:
                with out.open("w") as sys.stdout, err.open("w") as sys.stderr:
                    code = self._child(moment, number)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return Ended(os.waitstatus_to_exitcode(status), out.read_text(), err.read_text())

    def _child(self, moment: int, number: int) -> int:
        os.chdir(self.place.root)
        os.environ["GITHUB_ACTIONS"] = ""
        sys.argv = ["livedeck", *self.writer.words]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        seen = 0

        def look(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if event == "open":
                path, _, flags = arguments
                change = isinstance(flags, int) and flags & WRITES and isinstance(path, str) and path != os.devnull
            else:
                change = event in CHANGES
            if change:
                seen += 1
                os.write(log, f"{seen} {event} {arguments[0]!r}\n".encode())
                if seen == moment:
                    os.kill(os.getpid(), number)

        sys.addaudithook(look)
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)

    def assert_old_or_new(self, said: str) -> None:
        """Every file of the user is complete: the old or the new one. And the course can be read."""
        now = {name: data for name, data in own(self.place).items() if not LEFT.fullmatch(Path(name).name)}
        for name in self.before.keys() | self.after.keys() | now.keys():
            assert now.get(name) in (self.before.get(name), self.after.get(name)), (said, name)
        course_file.load(self.place.root)
        if self.name == "i18n add" and now["decks/course.toml"] != self.before["decks/course.toml"]:
            assert now == self.after, f"{said}: half a language"

    def assert_repeatable(self, said: str) -> None:
        """The same command, run again, ends as if it had not been interrupted, and leaves nothing behind."""
        again = self.run()
        finished = self.name == "i18n add" and "has the language en already" in again.err
        again.assert_clean(2 if finished else DONE.get(self.name, 0))
        assert own(self.place) == self.after, said
        assert leftovers(self.place) == [], said
        if self.name == "clean":
            assert list(tree(self.place.root / "build")) == ["notes.txt"], said
        elif self.name.startswith("build"):
            assert_whole_slides(self.place, said)
            assert (self.place.root / "build" / "notes.txt").read_text(encoding="utf-8") == "mine"
