"""A disposable machine as a local host: Livedeck's own code runs inside a sandbox.

`local` types into whatever it runs on, and the behaviour suite breaks that. So the code of `livedeck` is brought
into a sandbox, and what it opens there is handed through by the sandbox's terminal, which is raw and adds nothing.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Self

from livedeck.hosts.daemon.channel import ExecTerminal
from livedeck.model import Images

from tests.course import ROOT, make_course
from tests.hosts.opener import Opener
from tests.hosts.packages import install

MARK = b"\x1e"
INSIDE = """
import os, select, sys, tty
from datetime import UTC, datetime
from pathlib import Path
from livedeck.hosts.local import open_local
from livedeck.model import Course, CourseFile, Run
course = Course(Path("/"), CourseFile(title="Test"), ())
host = open_local(course, Run(os.environ, lambda: datetime.now(UTC), lambda event: None))
terminal = host.open_terminal(tuple(sys.argv[3:]), int(sys.argv[1]), int(sys.argv[2]))
tty.setraw(0)
os.write(1, b"\\x1e")
shown = None
while shown != b"":
    ready = select.select([0, terminal._reading], [], [])[0]
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            break
        terminal.send(typed)
    while shown := terminal.receive(0):
        while shown:
            shown = shown[os.write(1, shown):]
code = terminal.exit_code()
host.__exit__(None, None, None)
os._exit(255 if code is None else code)
"""


class Inside:
    """A sandbox that is the local machine for the code in it. Exit ends both."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._all = ExitStack()
        self._sandbox = self._all.enter_context(Opener()(make_course(), environ=environ))
        install(self._sandbox, "python3-msgspec")
        self._sandbox._machine.put("/opt/livedeck", _packed())
        self.facts = self._sandbox.facts

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> ExecTerminal:
        """Return a terminal that `local` has opened inside."""
        words = ("env", "PYTHONPATH=/opt/livedeck", "python3", "-c", INSIDE, str(columns), str(rows), *command)
        terminal = self._sandbox.open_terminal(words, columns, rows)
        seen = b""
        while MARK not in seen:
            data = terminal.receive(30)
            assert data, seen
            seen += data
        terminal._early = seen.partition(MARK)[2]
        return terminal

    def images(self) -> Images:
        """Return the images of the machine inside."""
        return self._sandbox.images()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._all.close()


def _packed() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for path in sorted((ROOT / "generator" / "livedeck").rglob("*.py")):
            tar.add(path, str(path.relative_to(ROOT / "generator")))
    return packed.getvalue()
