"""Changes that look like volatile values and are none; each beside the volatile value it looks like."""

from __future__ import annotations

import pytest
from livedeck.drift import FORMATS, Places, compare, report
from livedeck.model import Record

from tests.drift.term import Term, record

Steps = dict[str, str]
RUN = "docker run -d -p 40000:80 --ip 172.20.0.5 nginx"
ZONE = "docker network create --subnet 172.20.0.0/16 happy_net"
LONG = ("0123456789ab" * 6)[:64]


def of(steps: Steps) -> Record:
    """A record of commands, each with what it showed."""
    t = Term(1)
    t.steps = [(command, output.split("\n"), 0) for command, output in steps.items()]
    return record(t)


def drifted(old: Steps, new: Steps, places: Places | None = None) -> bool:
    return compare(of(old), of(new), names=("a", "b"), masks={}, places=places or Places()).drifted


CHANGES = {
    "a port that the deck chose": ({RUN: "", "ps": ":40000->80/tcp"}, {RUN: "", "ps": ":40001->80/tcp"}),
    "an address that the deck chose": ({RUN: "", "ip": "172.20.0.5"}, {RUN: "", "ip": "172.20.0.6"}),
    "a network that the deck chose": ({ZONE: "", "ip": "172.20.0.0"}, {ZONE: "", "ip": "172.21.0.0"}),
    "a name that the deck chose": ({ZONE: "", "ls": "happy_net"}, {ZONE: "", "ls": "sad_net"}),
    "a digest that the deck chose": (
        {f"docker pull nginx@sha256:{'a' * 64}": ""},
        {f"docker pull nginx@sha256:{'b' * 64}": ""},
    ),
    "a version behind a slash": ({"v": "openresty/1.21.4.1"}, {"v": "openresty/1.21.4.2"}),
    "a version behind its word": ({"v": "Version: 1.21.4.1"}, {"v": "Version: 1.21.4.2"}),
    "the version of a package": ({"v": "tool 1.21.4.1-2 amd64"}, {"v": "tool 1.21.4.2-2 amd64"}),
    "a time to wait": ({"x": "(default 10 seconds)"}, {"x": "(default 60 seconds)"}),
    "an interval": ({"x": 'interval: "1m30s"'}, {"x": 'interval: "2m0s"'}),
    "a limit": ({"x": "mem_limit: 512MB"}, {"x": "mem_limit: 1GB"}),
    "shared memory": ({"x": '"ShmSize": 67108864'}, {"x": '"ShmSize": 1073741824'}),
    "the end of a certificate": (
        {"x": "notAfter=Nov 22 04:40:57 2027 GMT"},
        {"x": "notAfter=Nov 22 04:40:57 2028 GMT"},
    ),
    "a date that means none": ({"x": "2026-11-22T04:40:57Z"}, {"x": "1970-01-01T00:00:00Z"}),
    "lost packets": ({"x": "1 sent, 0.0% packet loss"}, {"x": "1 sent, 100.0% packet loss"}),
    "all in use": ({"x": "Images 1 188MB 0B (0%)"}, {"x": "Images 1 188MB 188MB (100%)"}),
    "a key in another block": ({"x": "web:\n  image: nginx\n  user: me"}, {"x": "web:\n  image: nginx\nuser: me"}),
    "who may execute": (
        {"ls -l": "---x------ 1 root root 12 Nov 22 04:40 a"},
        {"ls -l": "------x--- 1 root root 12 Nov 22 04:40 a"},
    ),
    "the look of a document": ({"x": '{"a": 1,\n"b": 2}'}, {"x": '{"a": 1, "b": 2}'}),
    "words below PID": ({"x": "the PID is here\nsay hello"}, {"x": "the PID is here\nsay goodbye"}),
}
REPEATS = {
    "a port that Docker chose": ({"run -P": "", "ps": ":40000->80"}, {"run -P": "", "ps": ":40001->80"}),
    "a command with a port shown before": (
        {"ps": ":40000->80", "curl localhost:40000": "hi"},
        {"ps": ":40001->80", "curl localhost:40001": "hi"},
    ),
    "a command with an id shown longer before": (
        {"run": LONG, f"docker rm {LONG[:12]}": "", f"docker rm sha256:{LONG[:7]}": ""},
        {"run": LONG[::-1], f"docker rm {LONG[::-1][:12]}": "", f"docker rm sha256:{LONG[::-1][:7]}": ""},
    ),
    "an address": ({"x": "from 172.17.0.2"}, {"x": "from 172.17.0.3"}),
    "an address of a service": ({"x": "tcp://172.17.0.2:80 http://1.2.3.4/"}, {"x": "tcp://172.17.0.3:80 http://1.2.3.5/"}),
    "ages": ({"x": "2 weeks ago   Up 3 hours"}, {"x": "3 months ago   Up About a minute"}),
    "an age of two units": ({"x": "1 year, 2 months ago"}, {"x": "1 year, 3 months ago"}),
    "numbers of a table": ({"x": "    PID TTY\n      7 ?"}, {"x": "  PID TTY\n  812 ?"}),
    "numbers in front": ({"x": "     12 file"}, {"x": "   12 file"}),
    "a share of a size": ({"x": "188MB 10MB (5%)"}, {"x": "188MB 90MB (47%)"}),
    "a day of a process": ({"x": "PID START CMD\n7 Nov22 a"}, {"x": "PID START CMD\n8 04:41 a"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_not_taken_for_a_volatile_value(name: str) -> None:
    old, new = CHANGES[name]

    assert drifted(old, new)
    assert drifted(new, old)
    assert not drifted(old, old)


@pytest.mark.parametrize("name", REPEATS)
def test_a_volatile_value_is_not_taken_for_a_change(name: str) -> None:
    old, new = REPEATS[name]

    assert not drifted(old, new)
    assert not drifted(new, old)


def test_a_document_with_a_new_layout_is_shown_line_by_line() -> None:
    old, new = CHANGES["the look of a document"]

    (command,) = compare(of(old), of(new), names=("a", "b"), masks={}, places=Places()).commands

    assert any(line.kind != "same" for line in command.lines)


def test_an_output_that_is_ignored_still_has_an_exit_code() -> None:
    places = Places(rules={0: "ignore"})
    old, new = Term(1), Term(1)
    old.steps, new.steps = [("x", ["a"], 0)], [("x", ["b"], 1)]

    assert not drifted({"x": "a"}, {"x": "b"}, places)
    (command,) = compare(record(old), record(new), names=("a", "b"), masks={}, places=places).commands
    assert command.reasons == ("exit 0 -> exit 1",)


def test_sizes_far_apart_are_reported_but_not_drift() -> None:
    head = "REPOSITORY   SIZE"
    old = {"docker images": f"{head}\nnginx   10MB\nperl   20MB"}
    new = {"docker images": f"{head}\nnginx   10GB\nperl   90MB"}
    found = compare(of(old), of(new), names=("a", "b"), masks={}, places=Places())

    assert not found.drifted
    assert found.commands[0].leaps == ("10MB -> 10GB",)
    for form in FORMATS:
        assert "10MB -&gt; 10GB" in report([found], form).replace("->", "-&gt;")
    for size in ("9MB", "0B", "999MB"):
        near = {"docker images": f"{head}\nnginx   {size}\nperl   20MB"}
        assert not compare(of(old), of(near), names=("a", "b"), masks={}, places=Places()).commands[0].leaps
