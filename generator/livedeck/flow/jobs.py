"""Captures side by side, each in a process of its own.

A process, because whatever a capture waits for (a build, a pull, a lock) it leaves at once when it is told to end, and
because its sandbox lives no longer than the process that started it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from livedeck.errors import HostError, LivedeckError, parts
from livedeck.model import AnyEvent, Event, Failed, Job, JobEvent, Report

Work = Callable[[Job, Report], None]
"""A function of a module, a `partial` of one, or a value that can be called: it is called in another process."""

Failure = tuple[Job, LivedeckError]
"""An error, and the job in which it was raised."""

_SECONDS_TO_END = 15.0
_SPAWN = multiprocessing.get_context("spawn")


def side_by_side(jobs: Sequence[Job], work: Work, at_most: int, report: Report) -> list[Failure]:
    """Do `work` for each job, so many at a time, and return all errors; what the jobs report arrives as `JobEvent`.

    A job that fails does not keep the others from being done; one whose process is killed has failed by a HostError. An
    exception that comes from outside (Ctrl-C) ends them.
    """
    waiting = deque(jobs)
    running: dict[Connection, tuple[Job, BaseProcess]] = {}
    failed: list[Failure] = []
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


def told(failed: Sequence[Failure], *, several: bool) -> list[LivedeckError]:
    """Each error once, with the engines it was raised on where there were several."""
    engines: dict[tuple[object, ...], dict[str, LivedeckError]] = {}
    for job, error in failed:
        engines.setdefault((type(error), error.message, error.at), {})[job.engine] = error
    errors = []
    for found in engines.values():
        error = next(iter(found.values()))
        message = f"{error.message} (on {', '.join(found)})" if several else error.message
        errors.append(type(error)(message, at=error.at, hint=error.hint, detail=error.detail))
    return errors


def _start(work: Work, job: Job) -> tuple[Connection, BaseProcess]:
    """A process that does the work, and what it says; Ctrl-C is this process's business alone."""
    receiver, sender = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_work, args=(sender, work, job), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        sender.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return receiver, process


def _work(pipe: Connection, work: Work, job: Job) -> None:
    """Do the work, in the process that is there for it."""
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def report(event: AnyEvent) -> None:
        with suppress(BrokenPipeError):  # the parent is gone, and so are we soon
            pipe.send(event)

    try:
        work(job, report)
    except Exception as error:
        if not isinstance(error, LivedeckError) and os.environ.get("LIVEDECK_DEBUG"):
            raise
        with suppress(BrokenPipeError):
            pipe.send(error if isinstance(error, LivedeckError) else RuntimeError(f"{type(error).__name__}: {error}"))


def _leave(*_: object) -> None:
    """SIGTERM unwinds what is under way, once."""
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise SystemExit(1)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _said(pipe: Connection, job: Job, process: BaseProcess) -> Event | Exception | None:
    """The next event of a job, the error it ended with, or None where it ended well."""
    try:
        said: Event | Exception = pipe.recv()
    except EOFError:
        process.join()
        if process.exitcode == 0:
            return None
        hint = "if memory ran short: fewer --jobs, or less `memory` under [sandbox] in decks/course.toml"
        return HostError(f"the capture of {job} was killed (exit {process.exitcode})", hint=hint)
    return said


def _end(processes: Sequence[BaseProcess]) -> None:
    """Tell processes to end, and return when they have; those that take too long, or any when told again, are killed.

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
