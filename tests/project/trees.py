"""A course that has been built, a folder of somebody else's, and what hostile trees make of the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.course import captured, recorded, write_record
from tests.faults.place import FRONT, Ended, Place, new_place

COURSE = 'languages = ["ko", "en"]\n[engines.current]\n[engines.other]\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
TEMPLATE = f"{FRONT}## First\n\n![](img/a.svg)\n\n```bash run\ntrue\n```\n"
CATALOG = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "First"\nmsgstr "One"\n'


@dataclass(frozen=True)
class Tree:
    """A course with the deck `one`, and next to it a folder that is nobody's business."""

    place: Place
    victim: Path

    @property
    def root(self) -> Path:
        return self.place.root

    @property
    def deck(self) -> Path:
        return self.root / "decks" / "one"

    def link(self, name: str, target: Path | None = None) -> None:
        """Put a link to the victim in the place of a file or folder of the course."""
        path = self.root / name
        if path.exists():
            path.rename(self.root.parent / f"former-{path.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target or self.victim)

    def livedeck(self, *arguments: str) -> Ended:
        return self.place.livedeck_here(*arguments)


def make_tree(folder: Path) -> Tree:
    place = new_place(folder / "course")
    place.project.write_course(f'title = "Course"\n{COURSE}')
    deck = place.deck().parent
    (deck / "img").mkdir(parents=True)
    (deck / "img" / "a.svg").write_text(SVG, encoding="utf-8")
    place.deck().write_text(TEMPLATE, encoding="utf-8")
    (deck / "locale").mkdir()
    (deck / "locale" / "en.po").write_text(CATALOG, encoding="utf-8")
    for engine in ("current", "other"):
        write_record(deck / "records" / f"{engine}.json", recorded((captured("true"),), engine=engine))
    return Tree(place, make_victim(folder / "victim", place))


def make_victim(folder: Path, place: Place) -> Path:
    """Files with the names that Livedeck writes and removes in its own folders."""
    names = [f"{number:064x}.json" for number in range(4)]
    names += [f"one.{lang}.{suffix}" for lang in ("ko", "en") for suffix in ("md", "html", "pdf", "pptx", "1.png")]
    names += [
        f"{name}/{file}" for name in ("fonts", "one", "img", "figures", "one.ko") for file in ("001.png", "a.svg")
    ]
    names += ["one.current", "current.json", "other.json", "one/current.json", "en.po", "other/one.ko.md"]
    names += ["other/one.ko.html", "report.md", "mspt2.css", "two.ko", ".current.json.0123abcd", "run-x/in/one.ko.md"]
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"somebody's {name}", encoding="utf-8")
    return folder


def state(folder: Path) -> Mapping[str, tuple[int, bytes]]:
    """Return everything in a folder: times and bytes, so that also the same bytes written again are seen."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }
