"""The licences of embedded fonts, beside what embeds them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from livedeck.export import licences
from livedeck.model import Course, CourseFile, Engine, Notice, Run

from tests.course import make_project, make_run


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course whose theme names one font, in a package without a licence."""
    package = tmp_path / "node_modules" / "@some" / "font"
    (package / "files").mkdir(parents=True)
    (package / "files" / "one.woff2").touch()
    (package / "package.json").write_text("{}")
    (tmp_path / "themes").mkdir()
    rule = '@font-face { font-family: "one"; src: url("../node_modules/@some/font/files/one.woff2") }'
    (tmp_path / "themes" / "own.css").write_text(f"/* @theme own */\n{rule}\n")
    return Course(tmp_path, CourseFile(title="C", theme="own", engines={"current": Engine()}), ())


def written(course: Course) -> dict[str, str]:
    licences.write(course, make_run())
    folder = course.root / "build" / "licences"
    return {path.name: path.read_text() for path in folder.iterdir()} if folder.is_dir() else {}


def package_of(course: Course) -> Path:
    return course.root / "node_modules" / "@some" / "font"


@pytest.mark.parametrize(
    "name", ["LICENSE", "LICENSE.txt", "LICENSE_FONT", "License.md", "LICENCE", "OFL.txt", "COPYING", "files/LICENSE"]
)
def test_the_licence_of_a_package_is_copied(course: Course, name: str) -> None:
    (package_of(course) / name).write_text("free to use\n")
    assert written(course) == {"some-font.txt": "free to use\n"}


def test_the_licence_of_the_fonts_is_meant_not_that_of_the_code(course: Course) -> None:
    (package_of(course) / "LICENSE").write_text("of the code\n")
    (package_of(course) / "LICENSE_FONT").write_text("of the fonts\n")
    assert written(course) == {"some-font.txt": "of the fonts\n"}


def test_a_package_that_only_declares_one(course: Course) -> None:
    (package_of(course) / "package.json").write_text(json.dumps({"name": "@some/font", "license": "OFL-1.1"}))
    text = "@some/font: OFL-1.1, as its package.json says; there is no file with the text.\n"
    assert written(course) == {"some-font.txt": text}


@pytest.mark.parametrize("declared", ["{}", "[]", "", "nonsense", '{"license": 5}', '{"license": {"type": "OFL"}}'])
def test_a_package_without_a_licence_is_reported_once(course: Course, declared: str) -> None:
    (package_of(course) / "package.json").write_text(declared)
    said: list[object] = []
    licences.write(course, Run({}, make_run().now, said.append))
    assert said == [Notice("the fonts in @some/font come without a licence: ask its publisher before you publish them")]
    assert written(course) == {}


def test_former_licences_go(course: Course) -> None:
    (package_of(course) / "LICENSE").write_text("free to use\n")
    written(course)
    (course.root / "build" / "licences" / "former.txt").write_text("x")
    assert list(written(course)) == ["some-font.txt"]
    (course.root / "themes" / "own.css").write_text("/* @theme own */\n")
    assert written(course) == {}


def test_what_is_right_is_left_alone(course: Course) -> None:
    (package_of(course) / "LICENSE").write_text("free to use\n")
    written(course)
    path = course.root / "build" / "licences" / "some-font.txt"
    before = path.stat()
    written(course)
    assert path.stat() == before


def test_a_link_in_their_place_is_replaced(course: Course, tmp_path: Path) -> None:
    (package_of(course) / "LICENSE").write_text("free to use\n")
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "build" / "licences").mkdir(parents=True)
    (tmp_path / "build" / "licences" / "some-font.txt").symlink_to(tmp_path / "mine")
    assert written(course) == {"some-font.txt": "free to use\n"}
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_build_leaves_them_and_names_them_and_clean_removes_them(tmp_path: Path) -> None:
    project = make_project(tmp_path / "course")
    done = project.livedeck("build", "--format", "html")
    assert done.returncode == 0, done.stderr
    folder = project.root / "build" / "licences"
    names = sorted(path.name for path in folder.iterdir())
    assert "pretendard.txt" in names
    assert "SIL OPEN FONT LICENSE" in (folder / "pretendard.txt").read_text()
    assert "Expo" not in (folder / "expo-google-fonts-noto-emoji.txt").read_text()
    page = next((project.root / "build").glob("*.html")).read_text()
    assert all(f"licences/{name}" in page.rpartition("</html>")[2] for name in names)
    assert project.livedeck("clean").returncode == 0
    assert not folder.exists()
