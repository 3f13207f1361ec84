"""Redaction takes time in proportion to the length of a text, whatever is in it."""

from __future__ import annotations

import time

import pytest
from livedeck.records.redaction import Operator, redactor

TEXTS = {
    "dots": ".",
    "letters": "a",
    "quotes": '"',
    "backslashes": "\\",
    "blanks": " ",
    "lines": "\n",
    "names": "password=",
    "names and values": "password=hunter22x ",
    "lines of names and values": "password=hunter22x\n",
    "names and quotes": 'password="',
    "words": "token token ",
    "keys": "key=abcd ",
    "pairs": "name: value: ",
    "elements": "<password>",
    "addresses": "://a:",
    "files of logins": "a:22:b:c:",
    "programs": "mysql -pab12cd ",
    "base64": "TrJ1V7yjenplBWzJ2O/W1K0s0jyVh5Ae6/6bqeukIzPsdjDhQPTlko5ciHAkC9U+\n",
    "beginnings of keys": "-----BEGIN RSA PRIVATE KEY-----\n",
    "ends of keys": "-----END RSA PRIVATE KEY-----\n",
    "bodies of keys": "-----BEGIN RSA PRIVATE KEY-----\n" + "Ab1+" * 16 + "\n",
    "keys of PuTTY": "Private-Lines: 9999\n",
    "tokens": "ghp_Ab3dE6gH9kLmN0pQ1rS2tU4vW5xY7zC8fJ12 ",
    "beginnings of tokens": "eyJeyJ.glpat-xoxb-sk-",
    "announcements": "your password: \n",
    "commands": "$ cat \n",
}
SHORT, MOST = 60_000, 3.2


def seconds(text: str) -> float:
    """Return the time of the processor that it takes, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        redactor({}, (), Operator("alice", "/home/alice")).text(text)
        best = min(best, time.process_time() - start)
    return best


QUICK = ("dots", "names and values", "beginnings of keys", "keys of PuTTY", "tokens")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.soak) for name in TEXTS]
)
def test_time_grows_with_the_length(name: str) -> None:
    text = TEXTS[name] * (2 * SHORT // len(TEXTS[name]))
    assert seconds(text) < MOST * (seconds(text[: len(text) // 2]) + 0.002)


def test_dots_that_took_sixteen_seconds() -> None:
    assert redactor({}, (), Operator()).text(f"password{'.' * 16_000}") == f"password{'.' * 16_000}"
