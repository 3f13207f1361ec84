"""A deck makes no browser load anything from elsewhere: not the one that measures or prints, and not that of a reader.

A listener on loopback records every connection. Each attempt is a page of its own, so none hides behind another.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from livedeck.export import marp, page, policy, subsetting, themes, verify
from livedeck.export.fit.measuring import Browser
from livedeck.model import BuiltDeck

from tests.course import Project, make_project, recorded, write_record
from tests.export.attempts import ATTEMPTS, ESCAPED, INERT, LOADING
from tests.export.folder import ExportFolder, make_export_folder
from tests.export.listener import Listener, listening, served

HERE = Path(__file__).parent
FRONT = "marp: true\ntheme: mspt2\nlang: ko\n"
TOKENS = {name: f"n{number:03}" for number, name in enumerate(ATTEMPTS)}
"""What each attempt asks for."""
RAW_AT_LEAST = 60
"""How many attempts reach the listener when nothing keeps them from it."""


def aimed(text: str, listener: Listener, token: str) -> str:
    """Return an attempt that asks the listener for the token."""
    there = text.replace("HOST", f"127.0.0.1:{listener.port}").replace("PORT", str(listener.port))
    return re.sub(r"(?<=[/\\])x\b", token, there)


def deck(project: ExportFolder, slug: str, text: str) -> BuiltDeck:
    front, body = re.fullmatch(r"(?:---\n(.*?)---\n)?(.*)", text, re.DOTALL).groups()
    return project.deck(slug, body, 1, front=FRONT + (front or ""))


@dataclass
class Pages:
    """Every attempt as a page, without and with the policy; both lie in the folder of the slides."""

    project: ExportFolder
    listener: Listener
    programs: marp.Marp
    css: Path
    decks: Mapping[str, BuiltDeck]
    raw: Mapping[str, Path]
    html: Mapping[str, Path]

    def visit(self, *addresses: str) -> Mapping[str, list[str]]:
        """Open pages in a browser with a network, and return what the console said."""
        job = self.project.root / "visit.json"
        job.write_text(json.dumps(addresses), encoding="utf-8")
        command = ["node", str(HERE / "visit.mjs"), str(self.programs.browser), str(job)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        said: Mapping[str, list[str]] = json.loads(done.stdout)
        return said


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory, listener) -> Pages:
    project = make_export_folder(tmp_path_factory.mktemp("loading"))
    decks = {name: deck(project, TOKENS[name], aimed(text, listener, TOKENS[name])) for name, text in ATTEMPTS.items()}
    programs = marp.find(project.root, project.environ, browser=True)
    work = project.root / "build" / ".marp" / "pages"
    css = project.root / "build" / ".marp" / "theme"
    css.mkdir(parents=True)
    themes.make_ready(
        themes.find(project.root, "mspt2"),
        [built.markdown for built in decks.values()],
        css,
        subsetting.shelf(project.environ),
    )
    marp.convert(
        marp.Marp(programs.node, programs.cli, None),
        work,
        css,
        [built.markdown for built in decks.values()],
        (),
        seconds=120,
        environ=project.environ,
    )
    raw, html = {}, {}
    for name, built in decks.items():
        written = work / "out" / f"{built.markdown.stem}.html"
        html[name] = built.markdown.with_suffix(".html")
        raw[name] = built.markdown.with_suffix(".raw.html")
        shutil.copyfile(written, raw[name])
        shutil.copyfile(written, html[name])
        html[name].write_text(policy.protected(html[name].read_text("utf-8")), encoding="utf-8")
    listener.take()
    return Pages(project, listener, programs, css, decks, raw, html)


@pytest.fixture(scope="module")
def refusals(pages) -> Mapping[str, list[page.Resource]]:
    """What the browser that measures refuses on each page."""
    browser = Browser(pages.project.root, pages.programs, pages.project.environ)
    looks = browser.measure({path: path for path in pages.html.values()}, len(pages.html))
    assert pages.listener.take() == []
    return {name: list(look.refused) for name, look in zip(pages.html, looks, strict=True)}


@pytest.fixture(scope="module")
def unprotected(pages) -> set[str]:
    """Return which attempts reach the listener from pages without a policy, in a browser with a network."""
    with served(pages.project.root / "build") as root:
        pages.visit(*(path.as_uri() for path in pages.raw.values()), *(f"{root}/{p.name}" for p in pages.raw.values()))
    seen = "\n".join(pages.listener.take())
    return {name for name, token in TOKENS.items() if token in seen}


@pytest.mark.soak
def test_the_listener_would_see_the_attempts(unprotected):
    assert len(unprotected & LOADING.keys()) >= RAW_AT_LEAST
    assert unprotected & INERT.keys() == set(), "Marp writes them as text, or no browser loads them"


@pytest.mark.soak
@pytest.mark.hostile("a page must not load", "an error for each address that loads", "a request")
@pytest.mark.parametrize("name", LOADING)
def test_what_would_load_is_an_error(name, pages, refusals):
    built, token = pages.decks[name], TOKENS[name]
    found = [*verify.html(built, pages.html[name], "mspt2"), *verify.refused(built, refusals[name])]
    assert found, "an error"
    text = built.markdown.read_text(encoding="utf-8")
    for error in found:
        assert "slide 1" in error.message
        line = text.splitlines()[error.at.line - 1]
        starts = ("127", "1:", "tp:", "localhost", "0x7f", "2130706433", "0177", ESCAPED, "ht\\", token)
        assert any(start in line for start in starts), "the line of the address"


@pytest.mark.soak
@pytest.mark.hostile("a page has only pictures and styles", "text, or nothing", "a request, a script that runs")
@pytest.mark.parametrize("name", INERT)
def test_what_loads_nothing_is_left_alone(name, pages, refusals, unprotected):
    assert refusals[name] == []
    assert name not in unprotected


@pytest.mark.soak
@pytest.mark.hostile("a page in a reader's browser", "shown without it", "a request")
@pytest.mark.parametrize("place", ["on file://", "from a server"])
def test_a_reader_with_a_network_loads_nothing(place, pages, record_property):
    record_property("inputs", [f"{name}, {place}" for name in ATTEMPTS])
    with served(pages.project.root / "build") as root:
        there = [path.as_uri() if place == "on file://" else f"{root}/{path.name}" for path in pages.html.values()]
        pages.visit(*there)
    assert pages.listener.take() == []


@pytest.mark.soak
@pytest.mark.hostile("a page that is printed", "a warning with its address", "a request")
@pytest.mark.parametrize("form", ["pdf", "png", "pptx"])
def test_a_browser_that_prints_is_without_a_network(form, pages, record_property):
    # Each on its own slide: a style counts for that one.
    texts = {name: text.replace("<style>", "<style scoped>") for name, text in LOADING.items() if text[0] == "#"}
    slides = "\n\n---\n\n".join(aimed(text, pages.listener, TOKENS[name]) for name, text in texts.items())
    built = pages.project.deck("printed", slides, len(texts), front=FRONT)
    arguments = {"pdf": ["--pdf"], "png": ["--images", "png"], "pptx": ["--pptx"]}[form]
    warnings = "\n".join(
        marp.convert(
            pages.programs,
            pages.project.root / "build" / ".marp" / form,
            pages.css,
            [built.markdown],
            [*arguments, "--parallel", "1"],
            seconds=280,
            environ=pages.project.environ,
        )
    )
    assert pages.listener.take() == []
    kept = [name for name in texts if TOKENS[name] in warnings]
    record_property("inputs", [f"{name}, {form}" for name in kept])
    assert len(kept) >= RAW_AT_LEAST


COURSES = {
    "seen in a browser alone": (
        "property, cut by a newline",
        "property, escaped",
        "property of a property",
        "property in the front matter",
    ),
    "plain": (
        "@font-face",
        "directive, property",
        "picture",
        "srcset",
        "style of the front matter",
        "@media screen",
    ),
}
"""Attempts, each of which is a deck; what is plain is found first, and alone."""
COMMANDS = [["fit"], *(["build", "--format", form] for form in ("html", "pdf", "png", "pptx"))]


@pytest.fixture(scope="module")
def course(request, tmp_path_factory, listener) -> tuple[Project, tuple[str, ...]]:
    """A course with a deck for each of a few attempts, on its second slide where it has no front matter."""
    made = make_project(tmp_path_factory.mktemp("course") / "a")
    for name in COURSES[request.param]:
        front, body = re.fullmatch(r"(?:---\n(.*?)---\n)?(.*)", ATTEMPTS[name], re.DOTALL).groups()
        text = f"---\nmarp: true\ntheme: mspt2\n{front or ''}---\n\n# One\n\n---\n\n{body}\n"
        made.write_deck(aimed(text, listener, TOKENS[name]), slug=TOKENS[name])
        write_record(made.record_file(TOKENS[name]), recorded(deck=TOKENS[name]))
    return made, COURSES[request.param]


@pytest.mark.soak
@pytest.mark.hostile("a page must not load", "exit 1 with slide and line", "a request")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("course", COURSES, indirect=True)
def test_commands_refuse_what_would_load(arguments, course, listener, record_property):
    project, names = course
    record_property("inputs", [f"{name}: {' '.join(arguments)}" for name in names])
    listener.take()
    done = project.livedeck(*arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert listener.take() == []
    for name in names:
        where = rf"decks/{TOKENS[name]}/deck\.md:(\d+): .*slide (\d)"
        (line, slide), *_ = re.findall(where, done.stderr) or [("", "")]
        assert slide == ("1" if "front matter" in name else "2"), (name, done.stderr)
        assert int(line) > 1
    left = [path for path in (project.root / "build").glob("n*") if path.suffix in (".pdf", ".pptx") or path.is_dir()]
    assert left == []


@pytest.mark.hostile("a page must not load", "exit 1 with slide and line", "a request")
@pytest.mark.parametrize("course", list(COURSES)[:1], indirect=True)
def test_a_check_refuses_what_would_load(course, listener, record_property):
    test_commands_refuse_what_would_load(["check"], course, listener, record_property)
