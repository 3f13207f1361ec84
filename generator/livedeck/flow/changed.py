"""What has changed since a record was captured, besides its template: no error, as its slides are still true of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from livedeck.model import Edition, Engine, Notice, Record, Step
from livedeck.project import files


def changed(edition: Edition, record: Record, steps: Sequence[Step]) -> Notice | None:
    """Return a notice of what would be another way if the deck were captured today; None if there is nothing."""
    found = [*_terminal(edition, record), *_heights(edition, record, steps), *_engine(edition, record)]
    if record.stand_ins and record.stand_ins != files.stand_ins(edition.course.root):
        found.append("other stand-ins")
    if not found:
        return None
    again = f"livedeck capture {edition.arguments} shows what that changes"
    return Notice(f"{edition.shown(edition.record)}: captured with {', '.join(found)}: {again}")


def _terminal(edition: Edition, record: Record) -> Iterator[str]:
    """Yield what differs of the terminal; only a sandbox has the course's names of machine and user."""
    terminal = edition.course.file.terminal
    pairs: list[tuple[str, object, object]] = [("columns", record.columns, terminal.columns)]
    pairs.append(("rows", record.rows, terminal.rows))
    if record.host.kind == "sandbox":
        pairs.append(("hostname", record.host.hostname, terminal.hostname))
        pairs.append(("user", record.host.user, terminal.user))
    return _differing(pairs)


def _heights(edition: Edition, record: Record, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the fences whose own height is another one."""
    then = {step.fence: step.rows for step in record.steps}
    for step in steps:
        if step.index in then and then[step.index] != step.rows:
            now = step.rows or edition.course.file.terminal.rows
            yield f"rows {then[step.index] or record.rows} at {step.at}, now {now}"


def _engine(edition: Edition, record: Record) -> Iterator[str]:
    """Yield what differs in the table of the engine, as far as the record has it."""
    if record.profile is None:
        return iter(())
    then, now = (msgspec.structs.asdict(each) for each in (record.profile, edition.course.engine(edition.engine)))
    table = f"engines.{edition.engine}"
    return _differing((f"{table}.{name}", then[name], now[name]) for name in Engine.__struct_fields__)


def _differing(pairs: Iterable[tuple[str, object, object]]) -> Iterator[str]:
    for name, then, now in pairs:
        if then != now:
            yield f"other {name}" if isinstance(then, Mapping) else f"{name} {_said(then)}, now {_said(now)}"


def _said(value: object) -> str:
    """Return a value as the course file has it."""
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
