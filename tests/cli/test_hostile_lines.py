"""What a deck, a record or a file name puts into a line: a reader sees all of it, and nobody obeys it."""

from __future__ import annotations

import io
import json
import re
import unicodedata

import pytest
from livedeck.cli.console import Annotation, Console
from livedeck.cli.streams import Stream, harmless, harmless_json, harmless_text

from tests.conftest import hostile

CHARACTERS = {
    "cursor up, line erased": "a\x1b[1A\x1b[2Kb",
    "carriage return": "rm -rf /\recho ok   ",
    "backspaces": "evil\b\b\b\bgood",
    "title of the window": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "link to elsewhere": "\x1b]8;;http://127.0.0.1/\x1b\\here\x1b]8;;\x1b\\",
    "eight-bit CSI": "a\x9b2Kb",
    "eight-bit OSC": "a\x9d0;owned\x9c",
    "device control": "\x90q\x9c",
    "answer asked for": "\x1b[c\x1b[6n",
    "other screen": "\x1b[?1049h",
    "shift out": "\x0e\x0f",
    "null": "a\0b",
    "delete": "a\x7fb",
    "vertical tab": "a\x0bb",
    "form feed": "a\x0c::error::b",
    "file separator": "a\x1c::error::b",
    "next line": "a\x85::error::b",
    "line separator": "a\u2028::error::b",
    "paragraph separator": "a\u2029::error::b",
    "right-to-left override": "a\u202eb\u202c",
    "isolates": "a\u2066b\u2069\u2067c",
    "right-to-left mark": "a\u200fb",
    "Arabic letter mark": "a\u061cb",
    "zero-width space": "a\u200bb",
    "word joiner": "a\u2060b",
    "joiner in a Latin word": "l\u200ds",
    "joiner at the end": "ls\u200d",
    "non-joiner in a number": "1\u200c2",
    "byte order mark": "\ufeffa",
    "soft hyphen": "a\u00adb",
    "tags": "a\U000e0068\U000e0069b",
    "tag of a language": "\U000e0001a",
    "selector after a letter": "a\ufe0fb",
    "selectors in a row": "☺\ufe0f\ufe0f\ufe0f",
    "supplementary selectors": "a\U000e0100\U000e01ef",
    "Hangul filler": "a\u3164b",
    "Hangul choseong filler": "a\u115fb",
    "half-width filler": "a\uffa0b",
    "Braille blank": "a\u2800b",
    "grapheme joiner": "a\u034fb",
    "Mongolian selector": "a\u180bb",
    "Mongolian separator": "a\u180eb",
    "Khmer inherent vowel": "a\u17b4b",
    "private use": "a\ue000b",
    "supplementary private use": "a\U0010ffffb",
    "half a character": "a\udcffb",
    "noncharacter": "a\ufffeb",
    "unassigned": "a\u0378b",
    "musical beam": "a\U0001d173b",
    "interlinear note": "a\ufff9b\ufffb",
    "deprecated shaping": "a\u206ab",
}
DIRECTIVES = {
    "error": "::error file=a,line=1::b",
    "mask": "::add-mask::password",
    "stopped commands": "::stop-commands::token",
    "set-output": "::set-output name=a::b",
    "indented error": "    ::error::a",
    "error after tabs": "\t\t::error::a",
    "error after a wide blank": "\u3000\u00a0::error::a",
    "error after a newline": "a\n::error::b",
    "error after two newlines": "a\r\n\r\n  ::error::b",
    "old error": "##[error]a",
    "old error in a line": "a ##[set-env name=b]c",
    "three signs": "###[error]a",
    "many signs": "#########[error]a",
    "Azure variable": "##vso[task.setvariable variable=a]b",
    "Azure in a line": "a ##vso[task.complete result=Failed]b",
    "TeamCity": "##teamcity[buildStatus status='SUCCESS']",
    "someone's": "##some-thing2[a]",
    "GitLab section": "section_start:1:a\r\x1b[0Kb",
    "GitLab end": "section_end:1:a\r\x1b[0K",
    "Travis fold": "\rtravis_fold:start:a\x1b[0K",
}
HONEST = (
    *(
        "안녕 세계",
        "각 한글",
        "명령어 : echo",
        "tab\tand  blanks ",
        "a: b :: c",
        "## Heading [a]",
        "C# [b]",
        "std::cout",
    ),
    *(
        "👩‍💻 ✔️ 1️⃣ 🏳️‍🌈 ❤️‍🔥 👨🏽‍🚀 ⚠️ ™️ 🫨",
        "می‌خواهم",
        "क्‍ष",
        "שלום",
        "日本語　。",
        "naïve — “…” ≠",
        "\ufffd",
        "e\u0301",
    ),
)
IN_A_LINE = hostile(
    "a line of a terminal or log", "one line that shows every character", "an escape, a hidden character"
)
IN_JSON = hostile("a value in a JSON document", "the same value for programs", "an escape, a hidden character")


def assert_harmless(text: str) -> None:
    """Read a text as the strictest of its readers would."""
    for line in text.split("\n"):
        assert not re.match(r"\s*::", line)
        assert not re.search(r"##\S*\[", line)
        bad = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and c != "\t"]
        assert bad == []


@pytest.mark.hostile(*IN_A_LINE)
@pytest.mark.parametrize("name", [*CHARACTERS, *DIRECTIVES])
def test_a_line_shows_every_character_and_is_one_line(name: str) -> None:
    text = {**CHARACTERS, **DIRECTIVES}[name]
    console, out, err = console_on()
    console.line(text)
    console.result([text])
    for shown in (out.getvalue(), err.getvalue()):
        assert shown.count("\n") == 1
        assert shown.endswith("\n")
        assert_harmless(shown)
        if name in CHARACTERS:
            assert "\ufffd" in shown
            assert len(shown) == len(text) + 1
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.hostile(*IN_JSON)
@pytest.mark.parametrize("name", [*CHARACTERS, *DIRECTIVES])
def test_a_json_document_is_harmless_and_exact(name: str) -> None:
    value = {name: [({**CHARACTERS, **DIRECTIVES})[name]]}
    console, out, _ = console_on()
    console.json(value)
    assert json.loads(out.getvalue()) == value
    assert_harmless(out.getvalue())
    assert harmless_text(out.getvalue()) == out.getvalue()


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_shown_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert harmless_json(json.dumps(text, ensure_ascii=False)) == json.dumps(text, ensure_ascii=False)


@pytest.mark.hostile("a message for GitHub", "one annotation at its line", "a second directive")
@pytest.mark.parametrize("name", [*DIRECTIVES, "percent", "path"])
def test_an_annotation_is_one_directive(name: str) -> None:
    message = DIRECTIVES.get(name, "a%0A::error::b")
    console, _, err = console_on()
    from livedeck.model import Location

    console.annotate(Annotation("error", message, Location("decks/a,line=9::b\n/deck.md", 3), "a::b"))
    first, *rest = err.getvalue().split("\n")
    assert rest == [""]
    assert re.match(r"::error file=[^,:]+,line=3,title=[^,:]+::", first)
    assert_harmless(first.split("::", 2)[2])


def test_what_others_print_passes_too() -> None:
    """A warning, a traceback, a library: they know only `sys.stdout` and `sys.stderr`."""
    raw = io.StringIO()
    stream = Stream(raw, 1)
    print("a\x1b[2K", "##", "[error]", sep="", file=stream)
    print("b", end="\n::add-mask::", file=stream)
    assert raw.getvalue() == "a\ufffd[2K# #[error]\nb\n"
    stream.flush()
    assert raw.getvalue().endswith("\n: :add-mask::")


def console_on() -> tuple[Console, io.StringIO, io.StringIO]:
    """Return a console and what it prints on."""
    out, err = io.StringIO(), io.StringIO()
    return Console(Stream(out, 1), Stream(err, 2), live=False, redact=str), out, err
