"""Bringing catalogs up to date: no translation is lost, and nothing changes without a reason."""

from __future__ import annotations

import polib
import pytest
from livedeck import translation as catalog
from livedeck.translation import SourceEntry

from tests.translation.desk import PO, po

OLD = ["머리말을 먼저 읽습니다.", "이미지를 내려받습니다.", "컨테이너를 하나 띄웁니다.", "모두 지웁니다."]


def sources(*texts: str) -> list[SourceEntry]:
    return [SourceEntry(text, "paragraph") for text in texts]


def once(*texts: str, old: bytes = b"") -> str:
    return catalog.text_of(catalog.updated(catalog.parse(old, PO), sources(*texts), "course: deck", "en"))


@pytest.fixture
def translated() -> bytes:
    return once(*OLD, old=po({text: f"T{number}" for number, text in enumerate(OLD)})).encode()


def entries(text: str) -> list[tuple[str, str, bool, str | None, bool]]:
    return [(e.msgid, e.msgstr, e.fuzzy, e.previous_msgid, bool(e.obsolete)) for e in polib.pofile(text)]


def test_nothing_new_changes_no_byte(translated: bytes) -> None:
    assert once(*OLD, old=translated).encode() == translated
    assert b"POT-Creation-Date" not in translated
    assert entries(translated.decode()) == [(t, f"T{n}", False, None, False) for n, t in enumerate(OLD)]


def test_a_moved_sentence_keeps_its_translation(translated: bytes) -> None:
    moved = [OLD[3], OLD[0], OLD[2], OLD[1]]
    assert [entry[:3] for entry in entries(once(*moved, old=translated))] == [
        (text, f"T{OLD.index(text)}", False) for text in moved
    ]


def test_a_changed_sentence_keeps_its_translation_as_fuzzy_with_the_old_sentence(translated: bytes) -> None:
    changed = "컨테이너를 두 개 띄웁니다."
    text = once(OLD[0], OLD[1], changed, OLD[3], old=translated)
    assert (changed, "T2", True, OLD[2], False) in entries(text)
    assert not any(entry[4] for entry in entries(text))
    assert once(OLD[0], OLD[1], changed, OLD[3], old=text.encode()) == text
    again = once(OLD[0], OLD[1], "컨테이너를 세 개 띄웁니다.", OLD[3], old=text.encode())
    assert ("컨테이너를 세 개 띄웁니다.", "T2", True, OLD[2], False) in entries(again)


def test_a_sentence_that_is_another_one_gets_no_guess(translated: bytes) -> None:
    text = once(OLD[0], "Nothing alike at all", OLD[2], OLD[3], old=translated)
    assert ("Nothing alike at all", "", False, None, False) in entries(text)
    assert (OLD[1], "T1", False, None, True) in entries(text)


def test_a_removed_sentence_is_kept_and_comes_back(translated: bytes) -> None:
    less = once(*OLD[:3], old=translated)
    assert entries(less)[-1] == (OLD[3], "T3", False, None, True)
    assert once(*OLD[:3], old=less.encode()) == less
    assert once(*OLD, old=less.encode()).encode() == translated


def test_what_the_translator_wrote_next_to_it_stays() -> None:
    old = po({}, '# my own remark\n#, fuzzy\nmsgid "글"\nmsgstr "Text"\n')
    text = once("글", old=old)
    assert "# my own remark" in text
    assert entries(text) == [("글", "Text", True, None, False)]


def test_what_has_no_place_in_a_deck_is_kept_anyway() -> None:
    more = """\
# about two
msgid "글"
msgid_plural "글들"
msgstr[0] "one text"
msgstr[1] "texts"

msgctxt "menu"
msgid "파일"
msgstr "File"

# what does that mean?
msgid "사라진 글"
msgstr ""
"""
    text = once("글", old=po({}, more))
    assert entries(text)[0] == ("글", "", False, None, False)
    for kept in ("# about two", '#~ msgid_plural "글들"', '#~ msgstr[1] "texts"', '#~ msgstr "File"', "# what does"):
        assert kept in text
    assert once("글", old=text.encode()) == text


def test_a_remark_at_the_end_stays_there() -> None:
    old = po({"글": "Text"}) + b"\n# ask about the rest\n# on Monday\n"
    new = catalog.updated(catalog.parse(old, PO), sources("글", "새 글"), "course: deck", "en")
    text = catalog.text_of(new, old)
    assert text.endswith('msgid "새 글"\nmsgstr ""\n\n# ask about the rest\n# on Monday\n')
    assert catalog.text_of(new, text.rstrip().encode()) == text


def test_weblate_knows_what_to_leave_alone() -> None:
    text = once("값 {{ steps.a.text }} 말", "글")
    assert '#, md-text, placeholders:r"\\{\\{.+?\\}\\}"\nmsgid "값' in text
    assert '#, md-text\nmsgid "글"' in text


def test_lines_wrapped_by_an_editor_are_not_a_change() -> None:
    text = once("긴 글 하나", old=po({"긴 글 하나": "one two"}))
    wrapped = text.replace('msgstr "one two"', 'msgstr ""\n"one "\n"two"')
    old = catalog.parse(wrapped.encode(), PO)
    assert catalog.same(old, catalog.updated(old, sources("긴 글 하나"), "course: deck", "en"))
