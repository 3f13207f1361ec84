"""What runs is what a reader of the template sees: invisible characters are errors in a run fence."""

from __future__ import annotations

import re

import pytest
from livedeck.errors import LivedeckError, TemplateError
from livedeck.template import read

from tests.conftest import hostile
from tests.template.stage import FIRST, FRONT, PATH, attempt, parts

HIDDEN = {
    "cursor up, line erased": "\x1b[1A\x1b[2K",
    "eight-bit CSI": "\x9b2K",
    "carriage return": "\r",
    "backspace": "\b",
    "bell": "\a",
    "delete": "\x7f",
    "form feed": "\x0c",
    "next line": "\x85",
    "line separator": "\u2028",
    "right-to-left override": "\u202e",
    "isolate": "\u2067",
    "right-to-left mark": "\u200f",
    "zero-width space": "\u200b",
    "joiner in a word": "\u200d",
    "non-joiner in a word": "\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "no-break space": "\u00a0",
    "narrow no-break space": "\u202f",
    "em space": "\u2003",
    "ideographic space": "\u3000",
    "tag": "\U000e0061",
    "variation selector": "\ufe0f",
    "supplementary selector": "\U000e0100",
    "Hangul filler": "\u3164",
    "Hangul jungseong filler": "\u1160",
    "half-width filler": "\uffa0",
    "Braille blank": "\u2800",
    "grapheme joiner": "\u034f",
    "private use": "\ue0b0",
    "noncharacter": "\uffff",
}
FENCES = {
    "command": ("```bash run\necho a\nec{}ho b\n```\n", 2),
    "comment": ("```bash run\necho a # {}\n```\n", 1),
    "heredoc": ("```bash run\ncat << E\na{}b\nE\n```\n", 2),
    "quoted": ("> ```bash run\n> echo 'a{}b'\n> ```\n", 1),
    "in a list": ("- ```bash run\n  echo a{}b\n  ```\n", 1),
    "program": ('```bash run prompt="> "\nsql\nselect{} 1;\n```\n', 2),
    "expanded": ("```bash run expand\necho {} {{{{ 1 }}}}\n```\n", 1),
    "file": ("```yaml file=a.yml\na: b\nc: {}d\n```\n", 2),
    "input": ('```bash run input="y{}"\nread\n```\n', 0),
    "copied text": ('```bash run copy="a{}b"\necho\n```\n', 0),
    "file's name": ('```yaml file="a{}.yml"\na: b\n```\n', 0),
    "mark": ("```bash run mark=/a{}b/\necho\n```\n", 0),
}
KIND = hostile("an invisible character", "exit 1 with line, number and name", "the command runs")


def complaints(text: str) -> list[TemplateError]:
    with pytest.raises(LivedeckError) as caught:
        read(FRONT + text, PATH)
    return [part for part in parts(caught.value) if isinstance(part, TemplateError)]


@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_character_in_a_command_is_an_error(name: str) -> None:
    text, line = FENCES["command"]
    own = [part for part in complaints(text.format(HIDDEN[name])) if "is invisible" in part.message]
    assert [part.at.line for part in own if part.at] == [FIRST + line]
    assert re.fullmatch(rf"this line holds U\+{ord(HIDDEN[name][0]):04X} \(.+\), which is invisible", own[0].message)
    assert "$'\\" in str(own[0].hint)


@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("fence", FENCES)
def test_it_is_an_error_wherever_it_is_in_a_fence(fence: str) -> None:
    text, line = FENCES[fence]
    for char in ("\x1b[2K", "\u202e", "\u3164"):
        own = [part for part in complaints(text.format(char)) if "is invisible" in part.message]
        assert [(part.at.line, bool(part.hint)) for part in own if part.at] == [(FIRST + line, True)]


@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("name", ["cursor up, line erased", "right-to-left override", "zero-width space", "tag"])
def test_a_value_brings_none_into_an_expanded_fence(name: str) -> None:
    found = attempt(f"{FRONT}```bash run expand\necho {{{{ course.v }}}}\n```\n", course={"v": f"a{HIDDEN[name]}b"})
    assert isinstance(found, TemplateError)
    assert found.message.startswith("a value in this fence holds U+")
    assert found.at
    assert found.at.line == FIRST


@pytest.mark.parametrize(
    "text",
    [
        "echo '안녕 세계' \t日本語 # 각",
        "echo 👩‍💻 ✔️ 1️⃣ 🏳️‍🌈 👨🏽‍🚀 🫨",
        "echo می‌خواهم क्‍ष שלום",
        "printf $'\\x1b[2K\\u00a0'",
        "cat << E\r\n\tx\r\nE",
    ],
)
def test_honest_commands_are_read(text: str) -> None:
    template = read(f"{FRONT}```bash run\n{text}\n```\n", PATH)
    assert len(template.steps) == 1


def test_prose_may_hold_what_it_likes() -> None:
    assert read(f"{FRONT}## A\u00a0b\u200bc\n\n```text\na\u00a0b\n```\n", PATH).steps == ()


def test_carriage_returns_may_end_all_lines() -> None:
    assert read(f"{FRONT}```bash run\necho a\necho b\n```\n".replace("\n", "\r"), PATH).commands == (
        ("echo a", "echo b"),
    )
