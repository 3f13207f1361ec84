"""Captures that fail: what is kept of them, how it is shown, and the way back into that state."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from tests.faults.place import FRONT, Place, captures_of, deck_of

pytestmark = pytest.mark.faults("failed captures")
GOOD = "## First\n\n```bash run id=first\ncd /tmp; color=red\necho done\n```\n\n---\n\n## Second\n\n"
FAILS = {
    "a step": ("```bash run\nls /nope\n```\n", 1, "`ls /nope` ended with exit code 2, not 0"),
    "time": ("```bash run timeout=1\nsleep 50\n```\n", 1, "`sleep 50` did not end within 1 seconds"),
    "the shell": ("```bash run\nexit 7\n```\n", 1, "`exit 7` ended the shell (exit 7)"),
    "the host": ("```bash run\nsudo kill -TERM 1; sleep 1000\n```\n", 3, "the host ended while a command was running"),
    "a claim": (
        "{% claim steps.first.text == 'no' %}It says no.{% endclaim %}\n",
        1,
        "this claim is not true of what happened",
    ),
}


@pytest.mark.parametrize("name", FAILS)
def test_what_was_captured_until_then_is_kept_and_shown(place: Place, name: str) -> None:
    rest, code, said = FAILS[name]
    place.write(f"{FRONT}{GOOD}{rest}")
    before = place.keep("echo before")
    done = place.livedeck("capture")
    after = "livedeck shell one" if name == "a claim" else "livedeck shell one --after 1"
    done.assert_clean(code, "decks/one/deck.md:17: ", said, after)
    place.assert_old(before)
    attempt = json.loads(place.attempt().read_text(encoding="utf-8"))
    assert said.split("`")[-1] in attempt["failure"]["message"]
    assert [c["command"] for c in captures_of(place.attempt())][:2] == ["cd /tmp; color=red", "echo done"]
    place.livedeck("build", "--attempt", "--format", "html").assert_clean(0)
    folder = place.root / "build" / "attempts"
    assert said.split("`")[-1] in (folder / "one.ko.md").read_text(encoding="utf-8").rpartition("```text\n")[2]
    sections = re.findall(r"<section [^>]*>", (folder / "one.ko.html").read_text(encoding="utf-8"))
    assert len(sections) == 2
    assert all(re.search(r'class="[^"]*\battempt\b', section) for section in sections)
    assert not (place.root / "build" / "one.ko.md").exists()
    place.write(f"{FRONT}{GOOD}")
    place.livedeck("capture").assert_clean(0)
    assert not place.attempt().exists()
    assert not list(folder.glob("one.ko.*"))
    place.assert_nothing_left()


def test_without_a_failure_there_is_no_attempt(place: Place) -> None:
    place.write(deck_of("true"))
    place.livedeck("capture").assert_clean(0)
    done = place.livedeck("build", "--attempt")
    done.assert_clean(1, "there is no failed capture of one on current", "without --attempt")


@pytest.mark.parametrize("after", ["0", "3", "-1", "nosuch", "\x1b[31m", "../x"])
def test_a_step_that_is_not_there(place: Place, after: str) -> None:
    place.write(f"{FRONT}{GOOD}")
    done = place.livedeck("shell", "one", f"--after={after}")
    done.assert_clean(2, "there is no step")
    assert place.containers() == []


class Typist:
    """A person at `livedeck shell` in a terminal of 97 columns and 31 rows."""

    def __init__(self, place: Place, *arguments: str) -> None:
        self._screen, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 97, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "livedeck", "shell", *arguments],
            cwd=place.root,
            env={k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")},
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)
        self.seen = b""

    def await_text(self, text: bytes) -> None:
        deadline = time.monotonic() + 30
        while text not in self.seen:
            ready, _, _ = select.select([self._screen], [], [], deadline - time.monotonic())
            assert ready, self.seen
            self.seen += os.read(self._screen, 4096)
        self.seen = self.seen.partition(text)[2]

    def type(self, text: str) -> None:
        os.write(self._screen, f"{text}\n".encode())

    def close(self) -> None:
        os.close(self._screen)


def test_a_shell_in_the_state_after_a_step(place: Place) -> None:
    place.write(f"{FRONT}{GOOD}{FAILS['a step'][0]}")
    typist = Typist(place, "one", "--after", "1")
    typist.await_text(f"ubuntu@{place.host}: /tmp\x07".encode())
    typist.type("echo is-$color $(stty size) $PWD")
    typist.await_text(b"is-red 31 97 /tmp\r\n")
    typist.type("exit 3")
    typist.await_text(b"exit")
    assert typist.process.wait(timeout=30) == 0
    typist.close()
    assert not place.record().exists()
    assert not place.attempt().exists()
    place.assert_nothing_left()


def test_a_terminal_that_is_closed_takes_the_host_along(place: Place) -> None:
    place.write(f"{FRONT}{GOOD}")
    typist = Typist(place, "one")
    typist.await_text(f"ubuntu@{place.host}: ~\x07".encode())
    typist.close()
    typist.process.wait(timeout=30)
    place.assert_nothing_left()
