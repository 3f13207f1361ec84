"""Programs asked for their version: found on the PATH of the examined environment, bounded in time."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

SECONDS = 8.0


def said(command: Sequence[str], environ: Mapping[str, str], seconds: float = SECONDS) -> tuple[str, ...] | None:
    """The lines a program wrote; None when it cannot be started, fails, or does not end in time.

    Standard error counts only where there is nothing on standard output: launchers grumble there.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - a program found on the PATH, asked for its version
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError:
        return None
    with process:
        try:
            output, complaints = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return None
    if process.returncode:
        return None
    text = (output if output.strip() else complaints).decode(errors="replace")
    lines = ("".join(c for c in line if c.isprintable()).strip() for line in text.splitlines())
    return tuple(line for line in lines if line)
