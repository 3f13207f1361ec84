"""Bring a catalog up to date with its template: no translation is lost, and nothing changes without a reason.

An unchanged sentence keeps its translation wherever it moved. A changed one keeps it as fuzzy, together with the old
sentence. A removed one becomes obsolete. Changed sentences are found by their neighbours and by similarity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polib

_FLAGS = ("md-text", r'placeholders:r"\{\{.+?\}\}"')
"""Flags for Weblate: the text is Markdown, and `{{ ... }}` must be in the translation as it is."""
_ALIKE_HERE, _ALIKE_ANYWHERE = 0.4, 0.75
_GETTEXTS = ("#~", "#,", "#.", "#:", "#|")
"""Comments that gettext's tools write, not people."""
_TEXTS = ("msgid", "msgstr", "msgid_plural", "msgstr_plural", "msgctxt", "tcomment", "previous_msgid")
_HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A sentence of a template, with a comment for its translator."""

    text: str
    comment: str


def updated(old: polib.POFile, sources: Sequence[SourceEntry], name: str, lang: str) -> polib.POFile:
    """Return the catalog for these sentences, in their order, with what `old` has for them. `old` is not changed."""
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
    for entry in old:
        written = entry.msgstr or entry.tcomment or any(entry.msgstr_plural.values())
        if written and id(entry) not in used:
            texts_of = {name: getattr(entry, name) for name in _TEXTS}
            flags = [flag for flag in entry.flags if flag == "fuzzy"]
            new.append(polib.POEntry(**texts_of, flags=flags, obsolete=True))
    return new


def text_of(catalog: polib.POFile, before: bytes = b"") -> str:
    """Return a catalog as the text of its file, with the line ends and the last comment that the file had before."""
    lines = before.decode("utf-8-sig").splitlines()
    end = len(lines)  # polib leaves out the comments after the last entry
    while end and (not lines[end - 1] or (lines[end - 1][0] == "#" and not lines[end - 1].startswith(_GETTEXTS))):
        end -= 1
    text = "\n\n".join(filter(None, [str(catalog).strip(), "\n".join(lines[end:]).strip()])) + "\n"
    return text.replace("\n", "\r\n") if b"\r\n" in before else text


def same(one: polib.POFile, other: polib.POFile) -> bool:
    """Return whether two catalogs have the same content, however their lines are wrapped."""
    return (
        one.metadata == other.metadata
        and one.header == other.header
        and [_content(entry) for entry in one] == [_content(entry) for entry in other]
    )


def _content(entry: polib.POEntry) -> tuple[object, ...]:
    texts = [getattr(entry, name) for name in _TEXTS]
    return (*texts, " ".join(entry.comment.split()), sorted(entry.flags), bool(entry.obsolete))


def _entry(source: SourceEntry, before: polib.POEntry | None, *, fuzzy: bool) -> polib.POEntry:
    import polib  # noqa: PLC0415

    entry = polib.POEntry(msgid=source.text, comment=source.comment)
    entry.flags = [flag for flag in _FLAGS if flag.startswith("md") or "{{" in source.text]
    if before is None:
        return entry
    entry.msgstr = before.msgstr
    entry.tcomment = before.tcomment
    entry.previous_msgid = before.previous_msgid
    kept = [flag for flag in before.flags if flag not in entry.flags and not flag.startswith("placeholders:")]
    entry.flags = kept + entry.flags
    if fuzzy:
        entry.previous_msgid = before.previous_msgid or before.msgid
        entry.flags = ["fuzzy", *(flag for flag in entry.flags if flag != "fuzzy")]
    return entry


def _changed(old: Sequence[polib.POEntry], texts: Sequence[str]) -> Mapping[str, polib.POEntry]:
    """Return the old entry of each changed sentence, as far as it can be found."""
    from difflib import SequenceMatcher  # noqa: PLC0415 (builds do not update catalogs)

    found: dict[str, polib.POEntry] = {}
    vanished = {entry.msgid for entry in old} - set(texts)
    new = set(texts) - {entry.msgid for entry in old}
    here = [entry for entry in old if not entry.obsolete]
    matcher = SequenceMatcher(None, [entry.msgid for entry in here], texts, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "replace":
            gone = [entry for entry in here[a:b] if entry.msgid in vanished]
            _pair(gone, [text for text in texts[c:d] if text in new], _ALIKE_HERE, found)
    gone = [entry for entry in old if entry.msgid in vanished]
    _pair(gone, [text for text in texts if text in new], _ALIKE_ANYWHERE, found)
    return found


def _pair(old: Sequence[polib.POEntry], texts: Sequence[str], alike: float, found: dict[str, polib.POEntry]) -> None:
    """Give each new text the most similar old entry, the best pairs first, each entry once."""
    from difflib import SequenceMatcher  # noqa: PLC0415

    pairs = []
    for first, text in enumerate(texts):
        matcher = SequenceMatcher(None, "", text, autojunk=False)
        for number, entry in enumerate(old):
            matcher.set_seq1(entry.msgid)
            if matcher.real_quick_ratio() >= alike and (ratio := matcher.ratio()) >= alike:
                pairs.append((-ratio, first, number))
    taken = {id(entry) for entry in found.values()}
    for _, first, number in sorted(pairs):
        text, entry = texts[first], old[number]
        if text not in found and id(entry) not in taken:
            found[text] = entry
            taken.add(id(entry))
