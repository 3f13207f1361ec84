"""The command line on a real project: what it writes, says and returns. No Docker is needed for any of it."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest
from livedeck.model import Capture, Failure

from tests.course import DECK, Project, captured, recorded, write_record


def test_build_makes_markdown_html_and_pdf_from_the_record(project: Project) -> None:
    done = project.livedeck("build")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == ["wrote build/one.ko.md", "wrote build/one.ko.html", "wrote build/one.ko.pdf"]
    text = project.markdown.read_text(encoding="utf-8")
    assert (
        "```terminal 1:23 copy:1 s20\nubuntu@ip-10-0-1-14:~$ echo hello\nhello\n```\n> **명령어** : `echo hello`\n"
        in text
    )
    assert "It says hello." in text
    assert "( exit 3 )" in text
    assert "`( exit 3 )`" not in text
    assert (project.root / "build/one.ko.pdf").read_bytes().startswith(b"%PDF")


def test_building_executes_nothing(project: Project) -> None:
    """The command would leave a trace on this machine, and there is no Docker to be had."""
    canary = project.root / "canary"
    for path in (project.deck, project.record):
        path.write_text(path.read_text(encoding="utf-8").replace("echo hello", f"touch {canary}"), encoding="utf-8")
    done = project.livedeck("build", "--format", "md", DOCKER_HOST="unix:///nowhere.sock", PATH="/nowhere")
    assert done.returncode == 0, done.stderr
    assert f"touch {canary}" in project.markdown.read_text(encoding="utf-8")
    assert not canary.exists()


HEAVY = (
    "PIL",
    "avt",
    "docker",
    "fontTools.subset",
    "livedeck.capture",
    "livedeck.doctor",
    "livedeck.drift",
    "livedeck.export.marp",
    "livedeck.export.fit",
    "livedeck.hosts",
    "polib",
    "pypdf",
    "tomlkit",
    "urllib.request",
)


def test_a_rebuild_of_markdown_loads_nothing_that_it_does_not_need(project: Project) -> None:
    """It runs on every save: what opens hosts, exports, measures or compares would be most of the wait."""
    done = project.livedeck("build", "--format", "md", PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "livedeck.flow.build" in loaded
    assert loaded.isdisjoint(HEAVY), sorted(loaded & set(HEAVY))


def test_prose_and_look_can_change_without_a_new_capture(project: Project) -> None:
    text = DECK.replace("## First", "## 새 제목\n\n> 인용").replace(
        "id=hello", "id=hello copy=none timeout=9 show=output"
    )
    project.deck.write_text(text, encoding="utf-8")
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert "```terminal s20\nhello\n```" in project.markdown.read_text(encoding="utf-8")


def test_a_stale_record_is_named_step_by_step(project: Project) -> None:
    project.deck.write_text(DECK.replace("echo hello", "echo hello\nuname -r"), encoding="utf-8")
    before = project.record.read_bytes()
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "decks/one/deck.md:8: `uname -r` is not what was captured here: `( exit 3 )`",
        "    | + uname -r   (decks/one/deck.md:8)",
        "  the record is stale: livedeck capture one",
    ]
    assert project.record.read_bytes() == before
    assert not project.markdown.exists()


def test_a_deck_without_a_record_says_how_to_get_one(project: Project) -> None:
    project.record.unlink()
    done = project.livedeck("build")
    assert done.returncode == 1
    assert "decks/one/records/current.json:1: there is no record of one on current" in done.stderr
    assert "livedeck capture one" in done.stderr


def test_a_claim_that_no_longer_holds_stops_the_build(project: Project) -> None:
    project.deck.write_text(DECK.replace('text == "hello"', 'text == "bye"'), encoding="utf-8")
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "decks/one/deck.md:12: this claim is not true of what happened" in done.stderr
    assert 'does not hold: steps.hello.text == "bye"' in done.stderr
    assert "steps.hello.text is 'hello'" in done.stderr


def test_an_exit_code_that_no_longer_fits_stops_the_build(project: Project) -> None:
    project.deck.write_text(DECK.replace(" exit=3", ""), encoding="utf-8")
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "decks/one/deck.md:18: `( exit 3 )` ended with exit code 3, not 0" in done.stderr
    assert "exit=3" in done.stderr


def test_all_template_errors_come_at_once_and_before_anything_runs(project: Project) -> None:
    project.deck.write_text(
        DECK.replace("id=hello", "id=hello timeuot=3").replace("exit=3", "exit=x"), encoding="utf-8"
    )
    done = project.livedeck("capture", DOCKER_HOST="unix:///nowhere.sock")
    assert done.returncode == 1
    assert "decks/one/deck.md:8: unknown option timeuot\n  did you mean timeout?" in done.stderr
    assert "decks/one/deck.md:18: option exit: bad value" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_docker_is_a_missing_host(project: Project) -> None:
    before = project.record.read_bytes()
    done = project.livedeck("capture", DOCKER_HOST="unix:///nowhere.sock")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert project.record.read_bytes() == before


def test_github_gets_annotations(project: Project) -> None:
    project.deck.write_text(DECK.replace("exit=3", "exit=x"), encoding="utf-8")
    done = project.livedeck("build", GITHUB_ACTIONS="true")
    assert "::error file=decks/one/deck.md,line=18::option exit: bad value in 'exit=x'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "two"], "there is no deck two"),
        (["build", "--engine", "nope"], "there is no engine nope"),
        (["build", "--format", "docx"], "there is no format docx"),
        (["build", "--fresh"], "a host is chosen for --live only"),
        (["--root", "/", "build"], "there is no decks/course.toml"),
        (["bild"], "No such command"),
        (["build", "--lvie"], "No such option"),
    ],
)
def test_wrong_calls_exit_with_2(project: Project, arguments: list[str], message: str) -> None:
    done = project.livedeck(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_steps_lists_what_would_run(project: Project) -> None:
    rows = json.loads(project.livedeck("steps", "one", "--json").stdout)
    assert [(row["line"], row["id"], row["commands"], row["exit"]) for row in rows] == [
        (8, "hello", ["echo hello"], []),
        (18, None, ["( exit 3 )"], [3]),
    ]
    assert "decks/one/deck.md:8  1/2  id=hello\n    echo hello\n" in project.livedeck("steps", "one").stdout


def test_a_stale_program_is_named_line_by_line(project: Project) -> None:
    deck = DECK.split("## First")[0] + '```bash run prompt=">>> "\npython3\n```\n\n```bash run\n{}\n```\n'
    lines = ("def f():", "    return 2", "", "f()")
    inside = tuple(Capture(">>> ", line, (), None, 0.1, program=True) for line in lines)
    project.write_deck(deck.format("def f():\n    return 1\n\nf()"), (captured("python3", code=None),), inside)
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "decks/one/deck.md:10: `    return 1` is not what was captured here: `    return 2`",
        "    | -     return 2   (in the record)",
        "    | +     return 1   (decks/one/deck.md:10)",
        "  the record is stale: livedeck capture one",
    ]
    project.deck.write_text(deck.format("\n".join(lines)), encoding="utf-8")
    assert project.livedeck("build", "--format", "md").returncode == 0


def test_a_step_says_what_it_opens(project: Project) -> None:
    fences = ("shell\nsu -", 'prompt="db> "\npsql\nSELECT 1;')
    project.write_deck(DECK.split("## First")[0] + "".join(f"```bash run {text}\n```\n\n" for text in fences))
    rows = json.loads(project.livedeck("steps", "one", "--json").stdout)
    assert [(row["commands"], row["shell"], row["prompt"]) for row in rows] == [
        (["su -"], True, []),
        (["psql", "SELECT 1;"], False, ["db>"]),
    ]


def test_pictures_of_a_deck_are_found_from_the_built_slides(project: Project) -> None:
    (project.deck.parent / "img").mkdir()
    picture = project.deck.parent / "img" / "a b.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    project.deck.write_text(DECK + "\n![w:99](./img/a%20b.svg)\n", encoding="utf-8")
    assert project.livedeck("build", "--format", "md,html").returncode == 0
    assert "![w:99](one/img/a%20b.svg)" in project.markdown.read_text(encoding="utf-8")
    assert (project.root / "build/one/img/a b.svg").read_bytes() == picture.read_bytes()
    picture.unlink()
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "deck.md:22: the picture img/a b.svg does not exist" in done.stderr
    project.deck.write_text(DECK + "\n![](../../../../../../../../etc/hostname)\n", encoding="utf-8")
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "is outside the deck" in done.stderr


def test_a_link_in_build_leads_no_build_to_the_users_files(project: Project) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    for folder, name in (("img", "a.svg"), ("figures", "own.svg")):
        (project.deck.parent / folder).mkdir()
        (project.deck.parent / folder / name).write_text(svg, encoding="utf-8")
    own = project.root / "own.svg"
    own.write_text("mine", encoding="utf-8")
    project.deck.write_text(DECK + "\n![](img/a.svg)\n", encoding="utf-8")
    (project.root / "build" / "one" / "img").mkdir(parents=True)
    (project.root / "build" / "one" / "img" / "a.svg").symlink_to(own)
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert own.read_text(encoding="utf-8") == "mine"
    assert (project.root / "build" / "one" / "img" / "a.svg").read_text(encoding="utf-8") == svg

    project.livedeck("clean")
    for deck in (DECK, DECK + "\n![](img/a.svg)\n"):
        project.deck.write_text(deck, encoding="utf-8")
        link = project.root / "build" / "one"
        link.unlink(missing_ok=True)
        link.symlink_to(project.deck.parent)
        done = project.livedeck("build", "--format", "md")
        assert (done.returncode, "build/one is a link" in done.stderr) == (3, True)
        assert (project.deck.parent / "figures" / "own.svg").exists()


def test_clean_removes_only_what_was_built(project: Project) -> None:
    assert project.livedeck("build", "--format", "md,html").returncode == 0
    slides = project.root / "build" / "one.ko"
    slides.mkdir()
    for own in (project.root / "build" / "notes.txt", slides / "mine.png", slides / "001.png"):
        own.write_text("mine", encoding="utf-8")
    record = project.record.read_bytes()
    done = project.livedeck("clean")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (project.root / "build").iterdir()) == ["notes.txt", "one.ko"]
    assert [path.name for path in slides.iterdir()] == ["mine.png"]
    assert "one.ko\n" not in done.stderr
    assert project.record.read_bytes() == record


def test_slides_of_a_renamed_deck_are_reported_and_cleaned(project: Project) -> None:
    assert project.livedeck("build", "--format", "md,html").returncode == 0
    project.deck.parent.rename(project.deck.parent.with_name("two"))
    record = project.root / "decks" / "two" / "records" / "current.json"
    record.write_text(record.read_text(encoding="utf-8").replace('"deck": "one"', '"deck": "two"'), encoding="utf-8")
    (project.root / "build" / "three.ko.md").write_text("mine", encoding="utf-8")
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 0, done.stderr
    told = "build/ still has one.ko, which the course no longer has: livedeck clean removes what is built"
    assert done.stderr.splitlines()[-1] == told
    assert project.livedeck("clean").returncode == 0
    assert [path.name for path in (project.root / "build").iterdir()] == ["three.ko.md"]
    assert "still has" not in project.livedeck("build", "--format", "md").stderr


def test_a_step_template_of_the_course_is_used(project: Project) -> None:
    course = project.root / "decks" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8") + '[step]\ntemplate = "step.md.jinja"\n', encoding="utf-8")
    look = project.root / "decks" / "step.md.jinja"
    look.write_text("{{ terminal }}\n\n**{{ step.id }}**", encoding="utf-8")
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert "```\n\n**hello**\n" in project.markdown.read_text(encoding="utf-8")
    look.write_text("{{ terminal | replace('hello', 'lie') }}", encoding="utf-8")
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "is not what was captured" in done.stderr


def test_failed_captures_are_shown_of_the_decks_that_have_one(project: Project) -> None:
    shutil.copytree(project.deck.parent, project.root / "decks" / "two")
    course = project.root / "decks" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8") + "[engines.current]\n[engines.next]\n", encoding="utf-8")
    none = project.livedeck("build", "--attempt", "--format", "md")
    assert none.returncode == 1
    assert none.stderr.startswith("error: there is no failed capture of one, two on current\n  ")
    assert "no record" not in none.stderr
    failed = recorded((captured("echo hello", "hello"),))
    failed = msgspec.structs.replace(failed, failure=Failure("it broke", "decks/one/deck.md", 20))
    write_record(project.root / "build/attempts/one/current.json", failed)
    done = project.livedeck("build", "--attempt", "--format", "md", "--engine", "all")
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        [
            "there is no failed capture of two on current: left out",
            "there is no failed capture of one, two on next: left out",
            "wrote build/attempts/one.ko.md",
        ],
    )
    assert project.livedeck("build", "two", "--attempt").returncode == 1
