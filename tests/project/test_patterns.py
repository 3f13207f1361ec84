"""Authors' regular expressions: what they mean is what Python's `re` says, and none of them runs for long."""

from __future__ import annotations

import re
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from livedeck.errors import UsageError
from livedeck.project import patterns
from livedeck.project.patterns import ExpressionLimitError, compiled

MEANINGS = (
    (r"[[:alpha:]]+", "a:]"),  # a POSIX class elsewhere
    (r"[[a]b]", "[b] a"),  # a set in a set elsewhere
    (r"[a&&b]|[a||b]", "& |"),
    (r"(?:123){e<=1}", "12 123{e<=1} 123"),  # nearly 123 elsewhere
    (r"x{d}", "x x{d}"),
    (r"(?i)straße", "STRASSE Stra\u1e9ee"),
    (r"(?i)[k-s]+", "\u212a\u017f"),
    (r"\w+", "cafe\u0301 x² _ 도커 \u0e01\u0e34"),
    (r"\s+", "a\x1c\x1fb\u3000c"),
    (r"\bvolume\b", "volume-volumes"),
    (r"a\Z|a$", "a\na\n"),
    (r"a{,2}b", "aaab b"),
    (r"a++b|(?>a|ab)c", "aaab abc"),
    (r"(?P<id>a)|b", "ab"),
    (r"(?P<id>a*)(?P=id)", "aaaa"),
    (r"(?<!x)y|(?=z)", "xyyz"),
    (r"(a)?(?(1)b|c)", "abc"),
    (r"(?m)^.|(?s:.)$", "a\nb\n"),
    (r"\N{DEGREE SIGN}|\u00e9|\x41|\101", "°éA"),
    ("\\\\n|\\n|\udc80|\0", "\\n\n\udc80\0"),
)
ENDLESS = (
    (r"(a+)+$", "a" * 60 + "b"),
    (r"(a|a)*$", "a" * 60 + "b"),
    (r"(x+x+)+y", "x" * 60),
    (r"(.*)*=", "a" * 5_000),
    (r"\s+$", " " * 1_000_000 + "x"),
    (r"\w+:", "a" * 1_000_000),
    (r"[^b]*c", "a" * 1_000_000),
    (r"a*a*a*a*a*b", "a" * 5_000),
    (r"(?:a|aa|aaa)+c", "a" * 60),
    (r"(.+)\1{3,}\1$", "a" * 100_000 + "b"),
    (r"(?=(a+)+$)b", "a" * 60 + "b"),
    ("(|)" * 30 + "(?!)", ""),
)


def test_an_expression_means_what_it_means_to_re() -> None:
    for rule, text in MEANINGS:
        with warnings.catch_warnings(action="ignore"):
            known = re.compile(rule)
        mine = compiled(rule)
        assert mine.groups == known.groupindex.keys()
        assert mine.search([text, "", text[1:]]) == [known.search(part) is not None for part in (text, "", text[1:])]
        assert mine.fullmatch(["", text]) == [known.fullmatch(part) is not None for part in ("", text)]
        group = "id" if "id" in known.groupindex else 0
        expected = [match.span(group) for match in known.finditer(text) if match[group]]
        assert mine.spans([text, ""], "id") == [expected, []], rule


def test_what_is_no_expression() -> None:
    for rule in ("(", "[", "a{2,1}", "(?P<a>x)(?P<a>y)", "\\q", "*", r"\p{L}", "(?V1)x", "x" * 1_001, "()" * 60):
        with pytest.raises(ValueError, match=r"\w"):
            compiled(rule)


@pytest.mark.parametrize("row", [ENDLESS[0], *(pytest.param(row, marks=pytest.mark.soak) for row in ENDLESS[1:])])
@pytest.mark.hostile("an expression that tries for ever", "an error after 2 seconds", "a wait, a crash")
def test_no_expression_runs_for_long(row: tuple[str, str]) -> None:
    rule, text = row
    slow = compiled(rule, lambda why: UsageError(f"mine: {why}"))
    for _ in range(2):  # the second time at once
        with pytest.raises(UsageError, match=r"^mine: it (takes more than 2 seconds|needs too much memory)$"):
            slow.search([text])
    assert compiled("a+").spans(["baa"], "") == [[(1, 3)]], "others go on"


def test_expressions_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "MOST_SECONDS_TOGETHER", 0.0)
    with pytest.raises(ExpressionLimitError, match="all expressions of this run"):
        compiled("a+").search(["a"])


def test_threads_get_their_own_answers() -> None:
    def ask(number: int) -> bool:
        return compiled(f"^{number}$").search([str(n) for n in range(200)]).index(True) == number

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))


def test_an_interrupt_ends_the_wait_and_mixes_up_no_answers() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    rule, text = ENDLESS[0]
    slow = compiled(rule)
    before = signal.signal(signal.SIGUSR1, interrupt)
    main = threading.main_thread().ident
    assert main
    threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGUSR1)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            slow.search([text])
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert compiled("b").search(["b"]) == [True]


def test_a_megabyte_of_lines_is_read_at_once() -> None:
    lines = ["an ordinary line of output, 123 characters or so"] * 20_000
    started = time.process_time()
    assert all(compiled(r"\d+ characters$|so$").search(lines))
    assert time.process_time() - started < 0.5
