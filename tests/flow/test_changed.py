"""What a course has changed since its records were captured: said when slides are built, and no error."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from livedeck.flow.changed import changed
from livedeck.model import Deck, Edition, Engine, Images, Location, Record, Step, Terminal
from livedeck.project import files

from tests.course import COURSE, FACTS, Project, captured, make_course, recorded, write_record

PLACE = "decks/one/records/current.json"
STAND_INS = "decks/_stand-ins/nginx/Dockerfile"


def said(root: Path, record: Record, *steps: Step, terminal: Terminal = Terminal(), engine: Engine = Engine()) -> str:  # noqa: B008
    deck = Deck("one", root / "decks" / "one", "decks/one/deck.md")
    notice = changed(Edition(make_course(root, terminal, current=engine), deck, "current"), record, steps)
    if notice is None:
        return ""
    start, end = f"{PLACE}: captured with ", ": livedeck capture one shows what that changes"
    assert notice.text.startswith(start)
    assert notice.text.endswith(end)
    return notice.text.removeprefix(start).removesuffix(end)


@pytest.mark.parametrize(
    ("terminal", "words"),
    [
        (Terminal(), ""),
        (Terminal(columns=100), "columns 120, now 100"),
        (Terminal(rows=24), "rows 40, now 24"),
        (Terminal(hostname="web", user="student"), "hostname ip-10-0-1-14, now web, user ubuntu, now student"),
    ],
)
def test_another_terminal(tmp_path: Path, terminal: Terminal, words: str) -> None:
    assert said(tmp_path, recorded(), terminal=terminal) == words


def test_a_machine_that_is_no_sandbox_has_names_of_its_own(tmp_path: Path) -> None:
    record = msgspec.structs.replace(recorded(), host=msgspec.structs.replace(FACTS, kind="ssh"))
    assert said(tmp_path, record, terminal=Terminal(hostname="web", user="student")) == ""


def test_another_engine(tmp_path: Path) -> None:
    engine = Engine(docker="29", containerd_store=False, machine_lines={"a": "b"})
    words = "engines.current.docker none, now 29, engines.current.containerd_store none, now false"
    assert said(tmp_path, recorded(), engine=engine) == f"{words}, other engines.current.machine_lines"
    unknown = msgspec.structs.replace(recorded(), profile=None)
    assert said(tmp_path, unknown, engine=engine) == ""


def test_other_stand_ins_where_they_were_used(tmp_path: Path) -> None:
    path = tmp_path / STAND_INS
    path.parent.mkdir(parents=True)
    path.write_text("FROM x\n", encoding="utf-8")
    record = msgspec.structs.replace(recorded(), images=Images("stand-in"), stand_ins=files.stand_ins(tmp_path))
    assert said(tmp_path, record) == ""
    path.write_text("FROM y\n", encoding="utf-8")
    assert said(tmp_path, record) == "other stand-ins"
    path.unlink()
    assert said(tmp_path, record) == "other stand-ins"
    assert said(tmp_path, recorded()) == ""


def test_a_fence_that_has_another_height(tmp_path: Path) -> None:
    step = Step(0, Location("decks/one/deck.md", 8), "ls", rows=24)
    assert said(tmp_path, recorded((captured("ls"),)), step) == "rows 40 at decks/one/deck.md:8, now 24"


def test_build_and_check_say_it_once_and_go_on(project: Project) -> None:
    project.write_course(COURSE.replace('["ko"]', '["ko", "en"]') + "[terminal]\ncolumns = 100\n")
    notice = f"{PLACE}: captured with columns 120, now 100: livedeck capture one shows what that changes"
    built = project.livedeck("build", "--format", "md")
    assert (built.returncode, built.stderr.splitlines().count(notice)) == (0, 1)
    assert notice in project.livedeck("check").stderr.splitlines()


def test_a_deck_that_has_changed_itself_is_stale_and_nothing_else(project: Project) -> None:
    project.write_course(COURSE + "[terminal]\ncolumns = 100\n")
    write_record(project.record, recorded((captured("echo bye", "bye"),)))
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "columns" not in done.stderr
