"""Run captures side by side, each in a process of its own.

They are processes because a process can be ended at once, whatever it waits for (a build, a pull, a lock), and because
a sandbox lives no longer than the process that started it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from livedeck.errors import HostError, LivedeckError, parts
from livedeck.model import AnyEvent, Edition, Event, Failed, JobEvent, Report

Work = Callable[[Edition, Report], None]
"""Something that can be pickled and called: it is called in another process."""

FailedEdition = tuple[Edition, LivedeckError]
"""An error, and the edition whose capture raised it."""

_SECONDS_TO_END = 15.0
_SPAWN = multiprocessing.get_context("spawn")


def side_by_side(jobs: Sequence[Edition], work: Work, at_most: int, report: Report) -> list[FailedEdition]:
    """Do `work` for each job, so many at a time, and return all errors; what jobs report arrives as `JobEvent`.

    The others go on when a job fails; a job whose process is killed has failed with a HostError. An exception from
    outside (Ctrl-C) ends them all.
    """
    waiting = deque(jobs)
    running: dict[Connection, tuple[Edition, BaseProcess]] = {}
    failed: list[FailedEdition] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_most:
                job = waiting.popleft()
                pipe, process = _start(work, job)
                running[pipe] = (job, process)
            ready = wait(list(running))
            for pipe in [pipe for pipe in running if pipe in ready]:
                job, process = running[pipe]
                said = _said(pipe, job, process)
                if said is None or isinstance(said, Exception):
                    del running[pipe]
                    pipe.close()
                    process.join()
                if isinstance(said, LivedeckError):
                    failed += [(job, error) for error in parts(said)]
                    said = Failed(parts(said)[0].message)
                if isinstance(said, Exception):
                    raise said
                if said:
                    report(JobEvent(str(job), said))
    finally:
        _end([process for _, process in running.values()])
    return sorted(failed, key=lambda pair: jobs.index(pair[0]))


def merged(failed: Sequence[FailedEdition], *, several: bool) -> list[LivedeckError]:
    """Return each error once, with the engines it was raised on if there were several."""
    engines: dict[tuple[object, ...], dict[str, LivedeckError]] = {}
    for job, error in failed:
        engines.setdefault((type(error), error.message, error.at), {})[job.engine] = error
    errors = []
    for found in engines.values():
        error = next(iter(found.values()))
        message = f"{error.message} (on {', '.join(found)})" if several else error.message
        errors.append(type(error)(message, at=error.at, hint=error.hint, detail=error.detail))
    return errors


def _start(work: Work, job: Edition) -> tuple[Connection, BaseProcess]:
    """Start a process that does the work; return the end of its pipe, and the process. Ctrl-C reaches only this one."""
    receiver, sender = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_work, args=(sender, work, job), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        sender.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return receiver, process


def _work(pipe: Connection, work: Work, job: Edition) -> None:
    """Do the work; this runs in the other process."""
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def report(event: AnyEvent) -> None:
        with suppress(BrokenPipeError):  # the parent is gone, and this process soon will be
            pipe.send(event)

    try:
        work(job, report)
    except Exception as error:  # noqa: BLE001 (the parent prints it, whatever it is)
        if not isinstance(error, LivedeckError):
            broke = traceback.format_exception(error) if os.environ.get("LIVEDECK_DEBUG") else ()
            error = RuntimeError("\n".join((f"{type(error).__name__}: {error}", *broke)))
        with suppress(BrokenPipeError):
            pipe.send(error)


def _leave(*_: object) -> None:
    """Unwind on SIGTERM, once."""
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise SystemExit(1)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _said(pipe: Connection, job: Edition, process: BaseProcess) -> Event | Exception | None:
    """Return the next event of a job, the error it ended with, or None when it succeeded."""
    try:
        said: Event | Exception = pipe.recv()
    except EOFError:
        process.join()
        if process.exitcode == 0:
            return None
        hint = "if memory ran out: use fewer --jobs, or less `memory` under [sandbox] in decks/course.toml"
        return HostError(f"the capture of {job} was killed (exit {process.exitcode})", hint=hint)
    return said


def _end(processes: Sequence[BaseProcess]) -> None:
    """Ask processes to end and wait for them; kill those that take too long, and all of them on a second Ctrl-C.

    A sandbox ends with its process in either case.
    """
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + _SECONDS_TO_END
    try:
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
    finally:
        for process in processes:
            process.kill()
            process.join()
