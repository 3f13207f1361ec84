"""Records: whole or not at all on disk, and a replay that takes nothing but the same commands in the same order."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livedeck import records
from livedeck.errors import HostError, StaleRecordError
from livedeck.model import Capture, Deck, Edition, Key, Location, Step

from tests.course import captured, make_course, recorded

STEP = Step(index=0, at=Location("decks/one/deck.md", 12), text="")
VISIBLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=40)


def made_up(root: Path) -> Edition:
    """Return an edition whose record can be written."""
    deck = Deck("one", root / "decks" / "one", "decks/one/deck.md")
    (deck.folder / "records").mkdir(parents=True)
    return Edition(make_course(root), deck, "current")


def replay(*commands: str) -> records.Replay:
    return records.Replay(recorded(tuple(captured(command) for command in commands)), lambda text: (text,))


@settings(max_examples=50)
@given(st.lists(VISIBLE, min_size=2, max_size=5), st.integers(0, 255), st.floats(0, 1e6), st.integers(0, 10**9))
def test_a_record_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], code: int, seconds: float, omitted: int
) -> None:
    edition = made_up(tmp_path_factory.mktemp("record"))
    record = recorded((Capture("$ ", "x\ny", tuple(lines), code, seconds, omitted, 2),))
    records.write(edition.record, record)
    assert records.load(edition) == record


def test_a_line_of_screen_is_a_line_of_the_file() -> None:
    text = records.dump(recorded((captured("ls", "한글 │ ✔", "b"),)))
    assert '      "한글 │ ✔",\n      "b"\n' in text
    assert text.endswith("}\n")


def test_an_interrupted_write_leaves_the_old_record(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    records.write(path, recorded((captured("old"),)))
    before = path.read_bytes()
    script = (
        "import os, sys; from pathlib import Path; from livedeck.project import disk\n"
        "real = os.fsync\n"
        "def dies(handle): real(handle); os.kill(os.getpid(), 9)\n"
        "os.fsync = dies\n"
        "disk.replace(Path(sys.argv[1]), 'new')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode == -9
    assert path.read_bytes() == before
    records.write(path, recorded((captured("new"),)))
    assert b'"command": "new"' in path.read_bytes()


def test_what_an_editor_keeps_next_to_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o660)
    names = [".current.json.swp", ".current.json.bak", ".current.json.un~", ".current.json.0123abcd.orig"]
    for name in names:
        (tmp_path / name).write_text("not saved yet", encoding="utf-8")
    records.write(path, recorded())
    assert sorted(found.name for found in tmp_path.iterdir()) == sorted([*names, "current.json"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_file_that_is_read_only_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    path.write_text("mine", encoding="utf-8")
    path.chmod(0o444)
    with pytest.raises(HostError, match=r"cannot write .*current\.json: it is read-only"):
        records.write(path, recorded())
    assert [(found.name, found.read_text(encoding="utf-8")) for found in tmp_path.iterdir()] == [(path.name, "mine")]


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("mine", encoding="utf-8")
    path = tmp_path / "current.json"
    path.symlink_to(own)
    records.write(path, recorded())
    assert own.read_text(encoding="utf-8") == "mine"
    assert not path.is_symlink()


def test_a_full_disk_is_said_and_leaves_nothing() -> None:
    with pytest.raises(HostError, match="cannot write"):
        records.write(Path("/proc/livedeck/current.json"), recorded())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.update(format=99), "has format 99"),
        (lambda data: data.update(deck="other"), "is of other on current"),
        (lambda data: data.update(engine="other"), "is of one on other"),
        (lambda data: data.update(surprise=1), "unknown field `surprise`"),
        (lambda data: data.pop("host"), "missing required field `host`"),
        (lambda data: data["steps"][0]["captures"][0].update(exit="0"), "Expected `int`"),
        (lambda data: data["steps"][0]["captures"][0].update(output=["\x1b[2Jgone"]), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(output=["a\nb"]), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(prompt="\x07$ "), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(command="ls\x1b]0;x\x07"), "holds control characters"),
    ],
)
def test_a_damaged_or_foreign_record_is_refused(tmp_path: Path, change: object, message: str) -> None:
    edition = made_up(tmp_path)
    data = json.loads(records.dump(recorded((captured("ls", "a"),))))
    assert callable(change)
    change(data)
    edition.record.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(StaleRecordError) as caught:
        records.load(edition)
    assert message in caught.value.message
    assert "livedeck capture one" in (caught.value.hint or "")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}'])
def test_a_truncated_record_is_refused(tmp_path: Path, data: bytes) -> None:
    edition = made_up(tmp_path)
    edition.record.write_bytes(data)
    with pytest.raises(StaleRecordError, match="the record is damaged"):
        records.load(edition)


def test_replay_answers_with_the_record() -> None:
    run = replay("a", "b")
    assert run.run(Key(0, 0, 0), "a", STEP).command == "a"
    assert run.run(Key(0, 0, 1), "b", STEP).command == "b"
    run.finish("decks/one/deck.md")


def test_replay_names_the_first_step_that_differs() -> None:
    with pytest.raises(StaleRecordError) as caught:
        replay("docker ps").run(Key(0, 0, 0), "docker ps -a", STEP)
    assert caught.value.message == "`docker ps -a` is not what was captured here: `docker ps`"
    assert caught.value.at == STEP.at
    with pytest.raises(StaleRecordError, match="part of another step"):
        replay("a").run(Key(0, 1, 0), "a", STEP)
    with pytest.raises(StaleRecordError, match="`a` is not in the record"):
        replay().run(Key(0, 0, 0), "a", STEP)
    with pytest.raises(StaleRecordError, match="2 commands more than the template, from `a` on"):
        replay("a", "b").finish("decks/one/deck.md")


def test_replay_notices_other_input_and_hides_secrets_alike() -> None:
    typed = Capture("$ ", "read x", (), 0, 0.1, input="yes")
    key = Key(0, 0, 0)
    with pytest.raises(StaleRecordError, match="was captured with other input"):
        records.Replay(recorded((typed,)), lambda text: (text,)).run(key, "read x", STEP)
    hidden = records.Replay(
        recorded((captured("login ***"),)), lambda text: (text,), lambda text: text.replace("pw", "***")
    )
    assert hidden.run(key, "login pw", STEP).command == "login ***"


def test_texts_for_a_program_are_lines() -> None:
    inside = Capture(">>> ", "for i in x:", (), 0, 0.1, program=True)
    run = records.Replay(recorded((inside,)), lambda text: (text,))
    assert run.split("for i in x:\n\n    y") == ("for i in x:", "    y")
