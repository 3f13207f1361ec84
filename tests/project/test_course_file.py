"""The course file: what it takes, and what it says of what it does not take."""

from __future__ import annotations

import re
import unicodedata
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
@pytest.mark.hostile("a key of the course file", "an error that names it", "a default in its place")
def test_what_the_course_file_does_not_take(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        course.load(written(tmp_path, text))
    assert message in caught.value.message
    assert str(caught.value.at) == f"decks/course.toml:{3 if 'machine_lines' in text else 1}"
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


def decks(root: Path, *names: str) -> Path:
    for name in names:
        (root / "decks" / name).mkdir()
        (root / "decks" / name / "deck.md").write_text("# x", encoding="utf-8")
    return root


@pytest.mark.hostile("a name of Livedeck's own", "exit 2 with the name", "a deck")
@pytest.mark.parametrize(
    "name", ["engines", "records", "attempts", "fit", "before", "Engines", "FIT", "Before", "ATTEMPTS"]
)
def test_a_deck_has_no_name_of_livedecks_own(tmp_path: Path, name: str) -> None:
    root = decks(written(tmp_path, 'title = "C"'), name)
    with pytest.raises(UsageError, match=rf"the folder {name} cannot be the name of a deck") as caught:
        course.load(root)
    assert "rename it" in str(caught.value.hint)


@pytest.mark.hostile("two names that are one", "exit 2 with both", "slides of one over the other")
@pytest.mark.parametrize(
    ("one", "other"),
    [("Layers", "layers"), ("ÜBER", "über"), ("가", unicodedata.normalize("NFD", "가")), ("Straße", "STRASSE")],
    ids=["case", "umlaut", "composed Hangul", "sharp s"],
)
def test_names_that_are_one_on_some_disks(tmp_path: Path, one: str, other: str) -> None:
    root = decks(written(tmp_path, 'title = "C"'), one, other)
    with pytest.raises(UsageError, match="differ only in how they are written"):
        course.load(root)


@pytest.mark.hostile("a deck like slides", "exit 2", "pictures of one over slides of the other")
@pytest.mark.parametrize("name", ["a.en", "A.EN", "a.ko.md", "a.ko.html", "a.en.pdf", "A.ko.PPTX"])
def test_a_deck_is_not_named_like_the_slides_of_another(tmp_path: Path, name: str) -> None:
    root = decks(written(tmp_path, 'title = "C"\nlanguages = ["ko", "en"]'), "a", name)
    with pytest.raises(UsageError, match=rf"the deck {re.escape(name)} has the name of another deck in a language"):
        course.load(root)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.hostile("a byte order mark", "it is read, and stays", "damage")
def test_a_course_file_with_a_byte_order_mark(tmp_path: Path, end: str) -> None:
    text = f'\ufefftitle = "C"{end}# mine{end}'
    (tmp_path / "decks").mkdir()
    path = tmp_path / "decks" / "course.toml"
    path.write_bytes(text.encode())
    assert course.load(tmp_path).file.title == "C"
    changed = course.with_language(path.read_bytes().decode(), "ja")
    assert changed.startswith("\ufeff")
    assert changed.count("\ufeff") == 1
    path.write_bytes(changed.encode())
    assert course.load(tmp_path).file.languages == ("en", "ja")
    assert f"# mine{end}" in changed


RUNTIMES = {
    "an option": '"--privileged"',
    "a dash": '"-"',
    "a path": '"/usr/bin/runc"',
    "a path upwards": '"../runc"',
    "two words": '"runc sysbox"',
    "a blank": '" "',
    "a command": '"runc; id"',
    "a command's output": '"$(id)"',
    "backticks": '"`id`"',
    "a quote": "'\"'",
    "a variable": '"${RUNTIME}"',
    "Jinja": '"{{ host }}"',
    "a newline": '"runc\\n"',
    "a tab": '"run\\tc"',
    "NUL": '"runc\\u0000"',
    "an escape sequence": '"\\u001b[2Krunc"',
    "a workflow command": '"runc\\n::error::x"',
    "a letter like another": '"r\u0443nc"',
    "wide letters": '"\uff52unc"',
    "right to left": '"\\u202erunc"',
    "digits of another script": '"\u0661"',
    "a dot first": '".runc"',
    "a very long one": f'"{"r" * 65}"',
    "a megabyte": f'"{"r" * 1_000_000}"',
    "a number": "5",
    "a list": '["runc"]',
    "a table": "{ name = 'runc' }",
    "yes": "true",
}


@pytest.mark.hostile("a runtime's name", "exit 2 before the daemon is asked", "the daemon gets it")
@pytest.mark.parametrize("runtime", [pytest.param(runtime, id=name) for name, runtime in RUNTIMES.items()])
def test_what_is_no_name_of_a_runtime(tmp_path: Path, runtime: str) -> None:
    with pytest.raises(UsageError, match=r"runtime|Expected `str`") as caught:
        course.load(written(tmp_path, f'title = "C"\n[engines.current]\n[sandbox]\nruntime = {runtime}'))
    assert len(str(caught.value)) < 2000 or "r" * 65 in runtime


@pytest.mark.parametrize("runtime", ["", "runc", "sysbox-runc", "kata_fc", "io.containerd.runc.v2", "r" * 64])
def test_names_of_runtimes(tmp_path: Path, runtime: str) -> None:
    text = f'title = "C"\n[engines.current]\n[sandbox]\nruntime = "{runtime}"'
    assert course.load(written(tmp_path, text)).file.sandbox.runtime == runtime
