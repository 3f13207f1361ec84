"""Remove what must not reach a record, a slide, a terminal or a log: secrets, and the operator's own name and home.

Each module here that has a `found` says in its own way what a secret is: by a shape that a vendor has given it, by the
name before it, by where a program expects it. How random a text looks never decides alone: ids and digests are random.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter

from msgspec import structs

from livedeck.errors import LivedeckError, Problems, UsageError
from livedeck.model import Capture, Location
from livedeck.project.patterns import HINT, Expression, compiled, in_slashes
from livedeck.records.redaction import apart, keys, logins, named, programs, shaped
from livedeck.records.redaction.found import Found
from livedeck.records.redaction.values import is_said

_BUILT_IN = (keys.found, shaped.found, logins.found, programs.found, named.found, apart.found)

INPUT, OPERATOR = "input", "operator"
"""Rules without a pattern: what was typed at a prompt that does not show it, and the operator's name and home."""
_SHORTEST_KNOWN, _LONG_KNOWN = 6, 8
_IN_A_WORD = re.compile(r"\w\w")


@dataclass(frozen=True, slots=True)
class Operator:
    """The person who runs Livedeck, and the student's name that replaces theirs."""

    name: str = ""
    home: str = ""
    shown_name: str = "ubuntu"


@dataclass
class Redactor:
    """Remove secrets from text and count them by rule.

    Args:
        own: the rules of the course, by name; a group called `secret` is removed, else the match.
        allowed: texts that are not secret in this course (a password that is taught).
        operator: the person whose name and home do not belong on slides.
    """

    own: Mapping[str, Expression] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    operator: Operator = field(default_factory=Operator)
    counts: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    """Secrets that are known by their text, whatever they look like; see `learn`."""

    def learn(self, value: str) -> None:
        """From now on remove `value`, which was typed unseen, wherever it is shown.

        Short texts and plain words stay: outputs have them for other reasons, and would be damaged.
        """
        is_word = value.isalpha() or is_said(value) or " " in value
        if len(value) >= _SHORTEST_KNOWN and not is_word and value not in self.allowed:
            self.known.add(value)

    def text(self, text: str) -> str:
        """Return `text`, which may have several lines, without secrets; it has as many lines as before."""
        every = self.found(text)
        self.counts.update(found.rule for found in every)
        return marked(text, every)

    def lines(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Return as many lines without secrets; a private key is removed from its first to its last line."""
        return tuple(self.text("\n".join(lines)).split("\n")) if lines else ()

    def found(self, text: str) -> list[Found]:
        """Return what `text` removes from a text, in order; none overlaps another one.

        Where two rules find the same secret, the earlier one gives it its name, and all that either found goes.
        """
        finders = (*(finder(text) for finder in _BUILT_IN), self._own(text), self._operators(text), self._known(text))
        allowed = [list(_places(value, text)) for value in self.allowed if value]
        every = [
            (found, rank)
            for rank, finder in enumerate(finders)
            for found in finder
            if not any(_is_inside(found, places) for places in allowed)
        ]
        done: list[tuple[Found, int]] = []
        for found, rank in sorted(every):
            if not done or found.start >= done[-1][0].end:
                done.append((found, rank))
                continue
            last, before = done[-1]
            first = found if rank < before else last
            shown = last.shown if last.shown == found.shown else ""
            done[-1] = Found(last.start, max(last.end, found.end), first.rule, shown), min(rank, before)
        return [found for found, _ in done]

    def capture(self, capture: Capture) -> Capture:
        """Return a capture without secrets. A line that changes loses its styles.

        Command and input are the author's, and stay: `commands` finds secrets in commands before they are typed.
        """
        # With the command, which may have asked for a secret: `echo $TOKEN`.
        output = self.lines((f"$ {capture.command.rpartition(chr(10))[2]}", *capture.output))[1:]
        became = {line: done for line, done in zip(capture.output, output, strict=True) if line}
        return structs.replace(
            capture,
            prompt=self.text(capture.prompt),
            output=output,
            failed=became[capture.failed] if capture.failed in became else self.text(capture.failed),
            styles={n: runs for n, runs in capture.styles.items() if output[n] == capture.output[n]},
        )

    def error(self, error: LivedeckError) -> LivedeckError:
        """Return an error of the same kind without secrets in its words."""
        if isinstance(error, Problems):
            return Problems([self.error(part) for part in error.errors])
        hint = self.text(error.hint) if error.hint else None
        return type(error)(self.text(error.message), at=error.at, hint=hint, detail=self.lines(error.detail))

    def _own(self, text: str) -> Iterator[Found]:
        lines = text.split("\n") if self.own else []
        for name, rule in self.own.items():
            offset = 0
            for line, spans in zip(lines, rule.spans(lines, "secret"), strict=True):
                for start, end in spans:
                    if not line.startswith("<redacted:", start):
                        yield Found(offset + start, offset + end, name)
                offset += len(line) + 1

    def _operators(self, text: str) -> Iterator[Found]:
        who = self.operator
        own = ((who.home, "", f"/home/{who.shown_name}"), (who.name, r"(?<![\w./-])", who.shown_name))
        for word, before, shown in own:
            if word and word in text:
                for match in re.finditer(rf"{before}{re.escape(word)}(?![\w-])", text):
                    yield Found(match.start(), match.end(), OPERATOR, shown)

    def _known(self, text: str) -> Iterator[Found]:
        for value in self.known:
            for start, end in _places(value, text):
                edges = text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]
                if len(value) >= _LONG_KNOWN or not any(map(_IN_A_WORD.search, edges)):  # a short one may be in a word
                    yield Found(start, end, INPUT)


def mark(rule: str) -> str:
    """Return what stands in the place of a secret."""
    return f"<redacted:{rule}>"


def marked(text: str, found: Sequence[Found]) -> str:
    """Return a text of as many lines, with what replaces each find in its place."""
    pieces: list[str] = []
    position = 0
    for each in found:
        shown = each.shown or mark(each.rule)
        pieces += [text[position : each.start], "\n".join([shown] * (1 + text.count("\n", *each[:2])))]
        position = each.end
    return "".join((*pieces, text[position:]))


def _places(value: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(value)
    while start >= 0:
        yield start, start + len(value)
        start = text.find(value, start + len(value))


def _is_inside(found: Found, places: Sequence[tuple[int, int]]) -> bool:
    """Return whether a find is inside one of the places, which are in order."""
    last = bisect_right(places, found.start, key=itemgetter(0)) - 1
    return last >= 0 and found.end <= places[last][1]


def redactor(
    own: Mapping[str, str], allowed: Iterable[str], operator: Operator, line_of: Callable[[str], Location] | None = None
) -> Redactor:
    """Return a redactor with the built-in rules and the course's own; `line_of` finds the line of one of those.

    Raises UsageError for an invalid rule; the redactor does so where a rule takes too long.
    """

    def wrong(name: str, what: str, hint: str | None = None) -> UsageError:
        return UsageError(f"redact.rules.{name} {what}", at=line_of(name) if line_of else None, hint=hint)

    def slow(name: str, why: str) -> UsageError:
        return wrong(name, f"= {in_slashes(own[name])}: {why}", HINT)

    rules: dict[str, Expression] = {}
    for name, rule in own.items():
        try:
            rules[name] = compiled(rule, partial(slow, name))
        except ValueError as error:
            raise wrong(name, f"is not a regular expression: {error}") from None
        if rules[name].search([""])[0]:
            raise wrong(name, "matches the empty text", "say what the secret looks like")
    return Redactor(rules, frozenset(allowed), operator)
