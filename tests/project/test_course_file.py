"""The course file: what it takes, and what it says of what it does not take."""

from __future__ import annotations

from pathlib import Path

import pytest
from livedeck.errors import UsageError
from livedeck.project import course


def written(root: Path, text: str) -> Path:
    (root / "decks").mkdir(exist_ok=True)
    (root / "decks" / "course.toml").write_text(text, encoding="utf-8")
    return root


ENGINE = 'title = "C"\n[engines.current]\n'


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "missing required field `title`", None),
        ('title = "C"\nlanguage = "ko"', "unknown key language", "did you mean languages?"),
        ('title = "C"\n[terminal]\ncolums = 80', "unknown key colums in [terminal]", "did you mean columns?"),
        ('title = "C"\n[engines.current]\nbsae = "debian:sid"', "unknown key bsae", "did you mean base?"),
        ('title = "C"\n[labels.ko]\ncomand = "x"', "unknown key comand", "did you mean command?"),
        ('title = "C"\n[terminal]\ncolumns = "wide"', "Expected `int`", None),
        ('title = "C"\n[terminal]\ncolumns = 10', "a terminal has 20 to 400", None),
        ('title = "C"\n[terminal]\nrows = 4', "a terminal has 5 to 1000", None),
        ('title = "C"\n[terminal]\nrows = 1001', "a terminal has 5 to 1000", None),
        ('title = "C"\n[terminal]\nuser = "root"', "is not a login name for a student", None),
        ('title = "C"\n[terminal]\nuser = "a; rm -rf /"', "is not a login name for a student", None),
        ('title = "C"\n[terminal]\nhostname = "$(id)"', "is not a host name", None),
        ('title = "C"\nlanguages = ["../../x"]', "is not a language", None),
        ('title = "C"\nlanguages = []', "languages is empty", None),
        ('title = "C"\nlanguages = ["ko", "KO"]', "KO is listed twice", None),
        ('title = "C"\nengine = "nope"\n[engines.current]', "names no [engines.nope]", None),
        ('title = "C"\n[engines.current]\n[engines."docker-26"]\ndocker = "20.10"', "version it is named", None),
        ('title = "C"\n[engines.current]\n[engines.docker-26]', "version it is named", None),
        ('title = "C"\n[engines.current]\n[engines.all]', "'all' cannot be the name of an engine", None),
        ('title = "C"\n[engines.current]\n[engines.docker-29-overlay2]\ndocker = "28.5"', "version it is named", None),
        (f'{ENGINE}source = "ubuntu"', "there is no source 'ubuntu'", None),
        (f'{ENGINE}source = "file:///srv"', "there is no source 'file:///srv'", None),
        (f'{ENGINE}source = "https://a b"', "there is no source 'https://a b'", None),
        (f'{ENGINE}source = "https://example.org/debian"', "the key that signs the repository go together", None),
        (f'{ENGINE}source = "docker.com"\nkey = "{"A" * 40}"', "the key that signs the repository go together", None),
        (f'{ENGINE}source = "https://example.org/debian"\nkey = "9DC8 5822"', "is not a fingerprint", None),
        (f'{ENGINE}archive = "docker.tgz"', "`archive` and `sha256` go together", None),
        (f'{ENGINE}sha256 = "{"0" * 64}"', "`archive` and `sha256` go together", None),
        (f'{ENGINE}archive = "docker.tgz"\nsha256 = "abc"', "is not a checksum", None),
        (f'{ENGINE}archive = "file:///docker.tgz"\nsha256 = "{"0" * 64}"', "is not an address", None),
        (f'{ENGINE}source = "debian"\narchive = "x.tgz"\nsha256 = "{"0" * 64}"', "do not go together", None),
        (f'{ENGINE}source = "archive"', "do not go together", None),
        (f'{ENGINE}docker = "$(id)"', "is not a version", None),
        (f"{ENGINE}machine_lines = {{ x = '(' }}", "engines.current.machine_lines.x is not a regular expression", None),
        (f"{ENGINE}machine_lines = {{ x = '.*' }}", "engines.current.machine_lines.x matches the empty text", None),
        ('title = "C"\nimages = "sometimes"', "Invalid enum value", None),
        ("title = ", "the course file is not TOML", None),
    ],
)
def test_what_the_course_file_does_not_take(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        course.load(written(tmp_path, text))
    assert message in caught.value.message
    assert str(caught.value.at) == "decks/course.toml:1"
    if hint:
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("keys", "source"),
    [
        ("", "auto"),
        ('docker = "29"', "auto"),
        ('base = "debian:bookworm"', "debian"),
        ('base = "debian:bookworm"\nsource = "docker.com"', "docker.com"),
        (f'archive = "docker.tgz"\nsha256 = "{"0" * 64}"', "archive"),
        (f'source = "https://example.org/debian"\nkey = "{"A" * 40}"', "https://example.org/debian"),
    ],
)
def test_the_source_of_an_engine(tmp_path: Path, keys: str, source: str) -> None:
    assert course.load(written(tmp_path, ENGINE + keys)).engine("current").docker_source == source


def test_a_title_is_enough(tmp_path: Path) -> None:
    loaded = course.load(written(tmp_path, 'title = "C"'))
    assert loaded.file.engine in loaded.file.engines
    assert (loaded.file.terminal.columns, loaded.file.terminal.user) == (120, "ubuntu")


def test_no_deck_has_the_name_of_another_in_a_language(tmp_path: Path) -> None:
    root = written(tmp_path, 'title = "C"\nlanguages = ["ko", "en"]')
    for name in ("01-a", "01-a.en"):
        (root / "decks" / name).mkdir()
        (root / "decks" / name / "deck.md").write_text("# x", encoding="utf-8")
    with pytest.raises(UsageError, match=r"the deck 01-a\.en has the name of another deck in a language"):
        course.load(root)


def test_decks_are_folders_with_a_template_in_the_order_of_their_names(tmp_path: Path) -> None:
    root = written(tmp_path, 'title = "C"')
    for name in ("02-b", "01-a", "_stand-ins", ".hidden", "03-no-template"):
        (root / "decks" / name).mkdir()
        if name != "03-no-template":
            (root / "decks" / name / "deck.md").touch()
    loaded = course.load(root)
    assert [deck.slug for deck in loaded.decks] == ["01-a", "02-b"]
    assert [deck.slug for deck in course.select(loaded, ["decks/02-b/", "01-a"])] == ["01-a", "02-b"]
    with pytest.raises(UsageError) as caught:
        course.select(loaded, ["02-c"])
    assert caught.value.hint == "did you mean 02-b?"


def test_the_project_is_found_upwards(tmp_path: Path) -> None:
    root = written(tmp_path, 'title = "C"')
    below = root / "decks" / "x" / "img"
    below.mkdir(parents=True)
    assert course.find_root(below) == root
    with pytest.raises(UsageError, match="no course here"):
        course.find_root(Path("/"))
