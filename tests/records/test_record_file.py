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
from livedeck.model import Capture, Deck, Edition, Engine, Key, Location, RecordedStep, Step
from livedeck.template import commands_of
from msgspec import structs

from tests.course import captured, make_course, recorded, write_record

STEP = Step(index=0, at=Location("decks/one/deck.md", 12), text="")
FORMER = Path(__file__).parent / "data" / "format-1.json"
"""A record that a Livedeck wrote when the format was 1."""
VISIBLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=40)


def made_up(root: Path) -> Edition:
    """Return an edition whose record can be written."""
    deck = Deck("one", root / "decks" / "one", "decks/one/deck.md")
    (deck.folder / "records").mkdir(parents=True)
    return Edition(make_course(root), deck, "current")


def replay(*commands: str) -> records.Replay:
    return records.Replay(recorded(tuple(captured(command) for command in commands)), commands_of)


NUMBERS = st.integers(0, 255).map(str)
STYLES = st.one_of(
    st.sampled_from(["1", "4", "31", "97", "100"]),
    st.builds("38;5;{}".format, NUMBERS),
    st.builds("48;2;{};{};{}".format, NUMBERS, NUMBERS, NUMBERS),
)


@st.composite
def styled(draw: st.DrawFn, line: str) -> str:
    """Return styles of a line that is not empty."""
    ends = draw(st.lists(st.integers(0, len(line)), min_size=2, max_size=6, unique=True).map(sorted))
    runs = zip(ends[::2], ends[1::2], strict=False)
    return ", ".join(f"{start}-{end} {';'.join(draw(st.lists(STYLES, min_size=1, max_size=3)))}" for start, end in runs)


@st.composite
def captures(draw: st.DrawFn) -> Capture:
    lines = tuple(draw(st.lists(VISIBLE, max_size=5)))
    program = draw(st.booleans())
    chosen = [number for number, line in enumerate(lines) if line and draw(st.booleans())]
    return Capture(
        prompt="\n".join(draw(st.lists(VISIBLE, min_size=1, max_size=3))),
        command=draw(st.sampled_from(["x\ny", "한글", *([""] if program else [])])),
        output=lines,
        exit=draw(st.one_of(st.none(), st.integers(0, 255))),
        seconds=draw(st.floats(0, 1e6)),
        omitted=draw(st.integers(0, 10**9)),
        omitted_after=draw(st.integers(0, len(lines))),
        input=draw(st.sampled_from(["", "yes"])),
        program=program,
        failed=draw(st.sampled_from(["", *(lines if program else ())])),
        styles={number: draw(styled(lines[number])) for number in chosen},
    )


@settings(max_examples=50)
@given(st.lists(captures(), min_size=1, max_size=3), st.one_of(st.none(), st.integers(5, 1000)))
def test_a_record_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, made: list[Capture], rows: int | None
) -> None:
    edition = made_up(tmp_path_factory.mktemp("record"))
    step = RecordedStep(0, 0, tuple(made), rows, "left", "web-1")
    profile = Engine(docker="29", containerd_store=False, machine_lines={"x": r"a\.b"})
    record = structs.replace(recorded(), steps=(step,), profile=profile, stand_ins="sha256:0a", origin="imported")
    write_record(edition.record, record)
    assert records.load(edition) == record


def test_what_is_as_usual_is_not_in_the_file() -> None:
    data = json.loads(records.dump(recorded((captured("ls", "a", code=None),))))
    assert list(data["steps"][0]) == ["fence", "execution", "captures"]
    assert list(data["steps"][0]["captures"][0]) == ["prompt", "command", "output", "exit", "seconds"]
    assert data["profile"] == {}
    assert not {"origin", "stand_ins", "failure"} & data.keys()


def test_a_record_of_format_1_is_read_as_one_of_today(tmp_path: Path) -> None:
    edition = made_up(tmp_path)
    edition.record.write_bytes(FORMER.read_bytes())
    record = records.load(edition)
    assert (record.format, record.rows, record.origin, record.profile, record.stand_ins) == (
        2,
        500,
        "captured",
        None,
        "",
    )
    exits = [(capture.command.split(" ")[-2:], capture.exit) for _, capture in records.keyed(record)]
    assert exits == [
        (["echo", "hello"], 0),
        (["python3", "-q"], None),
        (["*", "7"], None),
        (["/", "0"], None),
        (["exit(3)"], 3),
        (["false"], 1),
        (["python3", "-q"], None),
        (['"the', 'end"'], None),
    ]
    write_record(edition.record, record)
    assert records.load(edition) == record
    assert json.loads(edition.record.read_bytes())["format"] == 2


def test_a_line_of_screen_is_a_line_of_the_file() -> None:
    text = records.dump(recorded((captured("ls", "한글 │ ✔", "b"),)))
    assert '      "한글 │ ✔",\n      "b"\n' in text
    assert text.endswith("}\n")


def test_an_interrupted_write_leaves_the_old_record(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    write_record(path, recorded((captured("old"),)))
    before = path.read_bytes()
    script = (
        "import os, sys; from pathlib import Path; from livedeck.project import disk\n"
        "real = os.fsync\n"
        "def dies(handle): real(handle); os.kill(os.getpid(), 9)\n"
        "os.fsync = dies\n"
        "path = Path(sys.argv[1]); disk.replace(path.parent, path, 'new')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode == -9
    assert path.read_bytes() == before
    write_record(path, recorded((captured("new"),)))
    assert b'"command": "new"' in path.read_bytes()


def test_what_an_editor_keeps_next_to_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o660)
    names = [".current.json.swp", ".current.json.bak", ".current.json.un~", ".current.json.0123abcd.orig"]
    for name in names:
        (tmp_path / name).write_text("not saved yet", encoding="utf-8")
    write_record(path, recorded())
    assert sorted(found.name for found in tmp_path.iterdir()) == sorted([*names, "current.json"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_file_that_is_read_only_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    path.write_text("mine", encoding="utf-8")
    path.chmod(0o444)
    with pytest.raises(HostError, match=r"cannot write .*current\.json: it is read-only"):
        write_record(path, recorded())
    assert [(found.name, found.read_text(encoding="utf-8")) for found in tmp_path.iterdir()] == [(path.name, "mine")]


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("mine", encoding="utf-8")
    path = tmp_path / "current.json"
    path.symlink_to(own)
    write_record(path, recorded())
    assert own.read_text(encoding="utf-8") == "mine"
    assert not path.is_symlink()


def test_a_full_disk_is_said_and_leaves_nothing() -> None:
    with pytest.raises(HostError, match="cannot write"):
        write_record(Path("/proc/livedeck/current.json"), recorded())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.update(format=99), "has format 99"),
        (lambda data: data.update(deck="other"), "is of other on current"),
        (lambda data: data.update(engine="other"), "is of one on other"),
        (lambda data: data.update(surprise=1), "unknown field `surprise`"),
        (lambda data: data.pop("host"), "missing required field `host`"),
        (lambda data: data["steps"][0]["captures"][0].update(exit="0"), "Expected `int | null`"),
        (lambda data: data.pop("rows"), "missing required field `rows`"),
        (lambda data: data.update(rows=0), "impossible numbers"),
        (lambda data: data.update(origin="guessed"), "Invalid enum value 'guessed'"),
        (lambda data: data.update(profile={"docker": "29\x07"}), "holds control characters"),
        (lambda data: data.update(stand_ins="a\nb"), "holds control characters"),
        (lambda data: data["steps"][0].update(rows=2000), "impossible numbers"),
        (lambda data: data["steps"][0].update(window="a b"), "the name of a window or a machine that cannot be one"),
        (lambda data: data["steps"][0].update(machine="../x"), "the name of a window or a machine that cannot be one"),
        (lambda data: data["steps"][0]["captures"][0].update(exit=256), "impossible numbers"),
        (lambda data: data["steps"][0]["captures"][0].update(exit=-1), "impossible numbers"),
        (lambda data: data["steps"][0]["captures"][0].update(command=""), "an empty command"),
        (lambda data: data["steps"][0]["captures"][0].update(failed="a"), "a failure that no line says"),
        (lambda data: data["steps"][0]["captures"][0].update(failed="b", program=True), "a failure that no line says"),
        (lambda data: data["steps"][0]["captures"][0].update(prompt="a\nb\x1b$ "), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(output=["\x1b[2Jgone"]), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(output=["a\nb"]), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(prompt="\x07$ "), "holds control characters"),
        (lambda data: data["steps"][0]["captures"][0].update(command="ls\x1b]0;x\x07"), "holds control characters"),
    ],
)
@pytest.mark.hostile(
    "an edited record", "an error that says what is wrong, and the line that captures again", "a slide made of it"
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


@pytest.mark.parametrize(
    "styles",
    [
        {"1": "0-1 1"},  # there is no such line
        {"-1": "0-1 1"},
        {"a": "0-1 1"},
        {"0": ""},
        {"0": "0-1"},
        {"0": "0-0 1"},
        {"0": "1-0 1"},
        {"0": "0-9 1"},  # past the end
        {"0": "2-3 1, 0-1 1"},  # not in order
        {"0": "0-2 1, 1-3 1"},
        {"0": "0-1 1,1-2 1"},
        {"0": "00-1 1"},
        {"0": "0-1 0"},
        {"0": "0-1 38;5;256"},
        {"0": "0-1 38;5"},
        {"0": "0-1 1;"},
        {"0": "0-1 31m"},
        {"0": "0-1 \u0661"},  # a digit, but of another script
    ],
)
@pytest.mark.hostile(
    "an edited record", "an error that says what is wrong, and the line that captures again", "a slide made of it"
)
def test_styles_that_no_capture_wrote_are_refused(tmp_path: Path, styles: dict[str, str]) -> None:
    edition = made_up(tmp_path)
    data = json.loads(records.dump(recorded((captured("ls", "abcd"),))))
    data["steps"][0]["captures"][0]["styles"] = styles
    edition.record.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(StaleRecordError, match=r"impossible styles|is damaged"):
        records.load(edition)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}'])
@pytest.mark.hostile(
    "an edited record", "an error that says what is wrong, and the line that captures again", "a slide made of it"
)
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


def test_replay_notices_other_input() -> None:
    typed = Capture("$ ", "read x", (), 0, 0.1, input="yes")
    key = Key(0, 0, 0)
    with pytest.raises(StaleRecordError, match="was captured with other input"):
        records.Replay(recorded((typed,)), commands_of).run(key, "read x", STEP)


def test_texts_for_a_program_are_lines() -> None:
    inside = Capture(">>> ", "for i in x:", (), 0, 0.1, program=True)
    run = records.Replay(recorded((inside,)), commands_of)
    assert run.split(STEP, "for i in x:\n    y\n") == ("for i in x:", "    y", "")
