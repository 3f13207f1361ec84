"""Open real sandboxes on the real daemon, and describe what they show and leave."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livedeck import hosts
from livedeck.model import AnyEvent, Course, ImagePolicy, Notice

from tests.course import make_course, make_run

SECONDS = 60


@dataclass
class Opener:
    """Open sandboxes, and keep the notices."""

    notices: list[str] = field(default_factory=list)

    def __call__(
        self,
        course: Course | None = None,
        engine: str = "current",
        *,
        images: ImagePolicy = "stand-in",
        environ: Mapping[str, str] | None = None,
    ) -> hosts.Sandbox:
        return hosts.open_sandbox(
            course or make_course(),
            engine,
            make_run(os.environ if environ is None else environ, self.report),
            images=images,
            fresh=False,
        )

    def report(self, event: AnyEvent) -> None:
        assert isinstance(event, Notice)
        self.notices.append(event.text)


@dataclass(frozen=True)
class Shown:
    text: str
    exit: int | None

    @property
    def lines(self) -> list[str]:
        return self.text.replace("\r\n", "\n").splitlines()


Screen = Callable[..., Shown]


@dataclass(frozen=True)
class Leftovers:
    """The traces that a session could leave. There may be none that was not there before.

    Others may use the daemon at the same time, so their named things are ignored.
    """

    containers: frozenset[str]
    images: frozenset[str]
    volumes: frozenset[str]
    cgroups: frozenset[str]

    def beyond(self, before: Leftovers) -> dict[str, frozenset[str]]:
        names = ("containers", "images", "volumes", "cgroups")
        found = {name: getattr(self, name) - getattr(before, name) for name in names}
        return {name: things for name, things in found.items() if things}
