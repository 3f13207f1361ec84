"""Real hosts, and a person who types on them. A host kind that is added to HOSTS is held to the whole suite."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from livedeck.model import Host

from tests.capture.kinds import HOSTS, Kind
from tests.capture.typist import Typist, Unhurried

WAITING = (
    "test_a_command_that_does_not_end",
    "test_a_hundred_megabytes",
    "test_a_progress_line_is_no_question",
    "test_a_shell_that_cannot_be_made_to_mark",
    "test_after_a_time_out_the_host_can_be_ended_at_once",
    "test_another_terminal_inside_is_the_one_that_counts",
    "test_docker_pull_ends_as_one_line_a_layer",
    "test_input_that_was_typed_too_early_is_explained",
    "test_logs_are_followed_and_interrupted",
    "test_single_keys",
    "test_texts_are_waited_for_in_turn",
    "test_what_a_command_did_not_read_is_an_error_and_goes_nowhere",
    "test_what_no_terminal_shows_is_known",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what waits, or takes long, on other hosts than sandboxes to `make soak`: only the road differs."""
    for item in items:
        if not isinstance(item, pytest.Function) or "kind" not in item.fixturenames:
            continue
        waits = item.path.name == "test_inner_programs.py" or item.originalname in WAITING
        if waits and item.callspec.params["kind"] != "sandbox":
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session", params=sorted(HOSTS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of host."""
    return HOSTS[request.param]


@pytest.fixture(scope="session")
def host(kind: Kind) -> Iterator[Host]:
    """A host for the tests that leave it as it was, or nearly so."""
    with kind.open(dict(os.environ)) as running:
        yield running


@pytest.fixture
def own_host(kind: Kind) -> Iterator[Host]:
    """A host for one test alone, to be destroyed."""
    with kind.open(dict(os.environ)) as running:
        yield running


@pytest.fixture
def typist(host: Host) -> Iterator[Typist]:
    """A fresh shell."""
    typist = Typist(host)
    yield typist
    typist.session.close()


@pytest.fixture
def unhurried(host: Host) -> Iterator[Callable[..., Typist]]:
    """Makes a fresh shell whose clock stands until its command has shown these texts."""
    typists: list[Typist] = []

    def make(*texts: str) -> Typist:
        slow = Unhurried(host, *texts)
        typists.append(Typist(slow, clock=slow.clock))
        return typists[-1]

    yield make
    for typist in typists:
        typist.session.close()
