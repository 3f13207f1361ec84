"""Bringing a catalog up to date with its template, so that no translation is lost and nothing changes without a reason.

A sentence that stayed keeps its translation wherever it moved; a changed one keeps it as fuzzy, beside the sentence it
was made for; a removed one becomes obsolete. Which sentence a changed one was is told by neighbours and by likeness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polib

_FLAGS = ("md-text", r'placeholders:r"\{\{.+?\}\}"')
"""What Weblate reads: the text is Markdown, and `{{ ... }}` has to be in the translation as it is."""
_ALIKE_HERE, _ALIKE_ANYWHERE = 0.4, 0.75
_GETTEXTS = ("#~", "#,", "#.", "#:", "#|")
"""Comments that are none of a person's."""
_HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A sentence of a template, with what its translator is told about it."""

    text: str
    comment: str


def updated(old: polib.POFile, sources: Sequence[SourceEntry], name: str, lang: str) -> polib.POFile:
    """The catalog for these sentences, in their order, with what `old` has for them. `old` is left as it is."""
    import polib  # noqa: PLC0415 (a course in one language needs none)

    new = polib.POFile(wrapwidth=-1)
    new.metadata = {"Project-Id-Version": name, **old.metadata, "Language": lang, **_HEADER}
    new.metadata.pop("POT-Creation-Date", None)
    new.metadata_is_fuzzy = old.metadata_is_fuzzy
    new.header = old.header or f"{name}, translated into {lang}. docs/translators.md says how."
    usable = [entry for entry in old if not entry.msgctxt and not entry.msgid_plural]
    known = {entry.msgid: entry for entry in reversed(usable)}
    texts = [source.text for source in sources]
    changed = _changed([entry for entry in usable if entry.msgstr], texts)
    for source in sources:
        before = known.get(source.text)
        became = changed.get(source.text)
        new.append(_entry(source, before or became, fuzzy=before is None and became is not None))
    used = {id(known[text]) for text in texts if text in known} | {id(entry) for entry in changed.values()}
    new.extend(_obsolete(entry) for entry in old if _is_work(entry) and id(entry) not in used)
    return new


def text_of(catalog: polib.POFile, before: bytes = b"") -> str:
    """A catalog as the text of its file, with the ends of lines and the last remark that the file had before."""
    text = "\n\n".join(filter(None, [str(catalog).strip(), _last_remark(before.decode("utf-8-sig"))])) + "\n"
    return text.replace("\n", "\r\n") if b"\r\n" in before else text


def _last_remark(text: str) -> str:
    """The comments behind the last entry, which polib leaves out."""
    lines = text.splitlines()
    end = len(lines)
    while end and (not lines[end - 1] or (lines[end - 1][0] == "#" and not lines[end - 1].startswith(_GETTEXTS))):
        end -= 1
    return "\n".join(lines[end:]).strip()


def same(one: polib.POFile, other: polib.POFile) -> bool:
    """Whether two catalogs say the same, however their lines are wrapped."""
    return (
        one.metadata == other.metadata
        and one.header == other.header
        and [_said(entry) for entry in one] == [_said(entry) for entry in other]
    )


def _said(entry: polib.POEntry) -> tuple[object, ...]:
    comment = " ".join(entry.comment.split())
    return (
        entry.msgid,
        entry.msgstr,
        entry.msgid_plural,
        entry.msgstr_plural,
        entry.msgctxt,
        entry.previous_msgid,
        entry.tcomment,
        comment,
        sorted(entry.flags),
        bool(entry.obsolete),
    )


def _entry(source: SourceEntry, before: polib.POEntry | None, *, fuzzy: bool) -> polib.POEntry:
    import polib  # noqa: PLC0415

    entry = polib.POEntry(msgid=source.text, comment=source.comment)
    entry.flags = [flag for flag in _FLAGS if flag.startswith("md") or "{{" in source.text]
    if before is not None:
        entry.msgstr = before.msgstr
        entry.tcomment = before.tcomment
        entry.previous_msgid = before.previous_msgid
        kept = [flag for flag in before.flags if flag not in entry.flags and not flag.startswith("placeholders:")]
        entry.flags = kept + entry.flags
    if fuzzy and before is not None:
        entry.previous_msgid = before.previous_msgid or before.msgid
        entry.flags = ["fuzzy", *(flag for flag in entry.flags if flag != "fuzzy")]
    return entry


def _is_work(entry: polib.POEntry) -> bool:
    """Whether a translator wrote something there."""
    return bool(entry.msgstr or entry.tcomment or any(entry.msgstr_plural.values()))


def _obsolete(entry: polib.POEntry) -> polib.POEntry:
    import polib  # noqa: PLC0415

    return polib.POEntry(
        msgid=entry.msgid,
        msgstr=entry.msgstr,
        msgid_plural=entry.msgid_plural,
        msgstr_plural=entry.msgstr_plural,
        msgctxt=entry.msgctxt,
        tcomment=entry.tcomment,
        previous_msgid=entry.previous_msgid,
        flags=[flag for flag in entry.flags if flag == "fuzzy"],
        obsolete=True,
    )


def _changed(old: Sequence[polib.POEntry], texts: Sequence[str]) -> Mapping[str, polib.POEntry]:
    """The old entries of sentences that are new, as far as it can be told which they were."""
    from difflib import SequenceMatcher  # noqa: PLC0415 (builds bring no catalog up to date)

    here = [entry for entry in old if not entry.obsolete]
    found: dict[str, polib.POEntry] = {}
    taken: set[int] = set()
    vanished = {entry.msgid for entry in old} - set(texts)
    new = set(texts) - {entry.msgid for entry in old}
    matcher = SequenceMatcher(None, [entry.msgid for entry in here], list(texts), autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "replace":
            gone = [entry for entry in here[a:b] if entry.msgid in vanished]
            _pair(gone, [text for text in texts[c:d] if text in new], _ALIKE_HERE, found, taken)
    gone = [entry for entry in old if entry.msgid in vanished]
    _pair(gone, [text for text in texts if text in new], _ALIKE_ANYWHERE, found, taken)
    return found


def _pair(
    old: Sequence[polib.POEntry],
    texts: Sequence[str],
    alike: float,
    found: dict[str, polib.POEntry],
    taken: set[int],
) -> None:
    """Give each new text the most similar old entry, the best pairs first, each entry once."""
    for _, first, number in sorted(_likeness(old, texts, alike), reverse=True):
        text, entry = texts[-first], old[-number]
        if text not in found and id(entry) not in taken:
            found[text] = entry
            taken.add(id(entry))


def _likeness(old: Sequence[polib.POEntry], texts: Sequence[str], alike: float) -> Iterator[tuple[float, int, int]]:
    """How alike they are, with the places of both; places count from the end, so that the first comes first."""
    from difflib import SequenceMatcher  # noqa: PLC0415

    for first, text in enumerate(texts):
        matcher = SequenceMatcher(None, "", text, autojunk=False)
        for number, entry in enumerate(old):
            matcher.set_seq1(entry.msgid)
            if matcher.real_quick_ratio() >= alike and (ratio := matcher.ratio()) >= alike:
                yield ratio, len(texts) - first, len(old) - number
