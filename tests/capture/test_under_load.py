"""Programs and shells inside the shell, again and again while both cores are busy: no line goes astray."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from livedeck.model import Host

from tests.capture.test_inner_programs import BASH, SLOW_ECHO, said
from tests.capture.typist import Typist

RUNS = 20


@pytest.fixture(scope="module")
def load() -> Iterator[None]:
    """Twice as many busy processes as there are cores."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    yield
    for process in busy:
        process.kill()
        process.wait()


@pytest.mark.soak
@pytest.mark.usefixtures("load")
@pytest.mark.parametrize("number", range(RUNS))
def test_a_conversation_under_load(host: Host, number: int) -> None:
    typist = Typist(host)
    try:
        typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
        for line in ("one", "two words", "three"):
            assert said(typist.fence(f"echo {line} {number}")) == [
                ("in$ ", f"echo {line} {number}", (f"{line} {number}",), None)
            ]
        loop = typist.fence("for n in 1 2; do", "", "  sleep 0.2; echo $n", "done")
        assert [capture.output for capture in loop] == [(), (), (), ("1", "2")]
        (left,) = typist.fence("exit 3", exits=None)
        assert (left.output, left.exit) == (("exit",), 3)
        typist.fence("bash --norc", shell=True)
        assert typist.lines("echo $((6 * 7))", "ls /nosuch 2>&1 | wc -l; (exit 4)", exit=4) == ["1"]
        (asked,) = typist.fence("read -p 'Your name? ' name; echo hello $name", input="Ann")
        assert asked.output == ("Your name? Ann", "hello Ann")
        assert typist.fence("exit")[0].output == ("exit",)
        typist.fence(SLOW_ECHO, prompts=("db>",))
        assert said(typist.fence("one", "quit")) == [
            ("db> ", "one", ("answer to one",), None),
            ("db> ", "quit", (), 0),
        ]
        assert typist.lines("echo next", "echo after") == ["after"]
    finally:
        typist.session.close()
