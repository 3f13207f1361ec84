"""Lines of the machine below the sandbox: left out of what a command shows, counted, and never anything else."""

from __future__ import annotations

from livedeck.capture.reporting import MachineLines
from livedeck.model import Capture
from livedeck.project.patterns import compiled
from msgspec import structs

WARNING = "WARNING: Support for cgroup v1 is deprecated and planned to be removed by no later than May 2029"
RULES = {"cgroup-v1": compiled(r"WARNING: Support for cgroup v1 .*"), "other": compiled("x+")}


def capture(*output: str, omitted: int = 0, after: int = 0) -> Capture:
    return Capture("$ ", "docker info | grep -i storage", output, 0, 0.1, omitted, after)


def test_a_line_that_matches_whole_is_left_out_and_counted() -> None:
    machine = MachineLines(RULES)
    assert machine.capture(capture(" Storage Driver: overlay2", WARNING)).output == (" Storage Driver: overlay2",)
    assert machine.capture(capture(WARNING, " Storage Driver: overlay2")).output == (" Storage Driver: overlay2",)
    assert machine.counts == {"cgroup-v1": 2}


def test_a_line_that_only_holds_it_stays() -> None:
    output = (f"echo {WARNING}", "xxy", "")
    machine = MachineLines(RULES)
    assert machine.capture(capture(*output)).output == output
    assert not machine.counts


def test_the_place_of_what_was_omitted_moves_along() -> None:
    found = MachineLines(RULES).capture(capture("a", WARNING, "b", "xx", "c", omitted=7, after=3))
    assert (found.output, found.omitted, found.omitted_after) == (("a", "b", "c"), 7, 2)


def test_styles_follow_their_lines_and_a_failure_about_the_machine_is_none() -> None:
    styles = {0: "0-1 1", 1: "0-7 31", 2: "0-1 4"}
    whole = structs.replace(capture("a", WARNING, "b"), program=True, failed=WARNING, styles=styles)
    found = MachineLines(RULES).capture(whole)
    assert (found.failed, found.styles) == ("", {0: "0-1 1", 1: "0-1 4"})
    assert MachineLines(RULES).capture(structs.replace(whole, failed="b")).failed == "b"


def test_without_rules_a_capture_is_as_it_was() -> None:
    whole = capture(WARNING)
    assert MachineLines().capture(whole) is whole
