"""Which values are volatile, and which look so and are facts."""

from __future__ import annotations

import pytest
from livedeck.drift import Places, compare
from livedeck.model import Failure, Location, Record
from livedeck.records.volatile import Vocabulary, identity, learn, read

from tests.drift.term import DIGEST, Term, record, term

VALUES = {
    "f82feedb9084   nginx   3 seconds ago   Up Less than a second (healthy)": "id age age",
    "0.0.0.0:32768->80/tcp, [::]:49153->80/tcp, 0.0.0.0:8080->80/tcp": "port port",
    "drwx--x--- 4 root root 4096 Nov 22 04:41 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-init": (
        "size time id"
    ),
    "-rw-r--r-- 1 root root 1.2K 2026-11-22 04:41 notes": "size time",
    "total 44K": "size",
    '"Created": "2026-11-22T04:40:57.123456789Z", "Pid": 812,': "time process",
    "Sun Nov 22 06:55:41 UTC 2026": "time",
    '172.17.0.2 - - [22/Nov/2026:04:40:57 +0000] "GET / HTTP/1.1" 200': "address time",
    "inet 127.0.0.1/8 and 0.0.0.0 and ::1 and 255.255.0.0": "",
    "64 bytes from 142.250.76.14: icmp_seq=1 ttl=117 time=31.2 ms": "place duration",
    "wget http://172.17.0.3:8080/ :::8080 fe80::42:acff:fe11:2/64": "address address",
    "02:42:ac:11:00:02 ff:ff:ff:ff:ff:ff": "mac",
    "Docker version 28.5.2, build ecc6942": "id",
    "nginx/1.27.3 listens on 80:80, interval 30s, exit 137": "",
    '"FinishedAt": "0001-01-01"': "",
    " => [2/3] RUN make    0.3s": "duration",
    "brave_curie read_only hello_world": "name",
    "12.5% of 7.32GiB": "share size",
    "task web.1.m3xq0zk2p9v8w7y6u5t4s1r0q": "id",
    "0123456789abcdef": "",
    " 11:42:53 up  9:25,  1 user,  load average: 0.63, 3.38, 5.47": "time age share",
    " 10:02:13 up 3 days,  2:03,  1 user,  load average: 2.70, 5.35, 8.59": "time age share",
    " 10:02:13 up 12 min,  2 users,  load average: 0.00, 0.01, 0.05": "time age share",
    "Fetched 9,364 kB in 1min 2s (5,621 kB/s)": "size duration size",
    "1,024 layers in 5s, then 12s": "",
    "100   615  100   615    0     0   300k      0 --:--:-- --:--:-- --:--:--  600k": "share",
}


@pytest.mark.parametrize("line", VALUES)
def test_values_and_facts(line: str) -> None:
    parts = read(line, Vocabulary())

    assert "".join(part.text for part in parts) == line
    assert " ".join(part.kind for part in parts if part.kind) == VALUES[line]


def test_names_that_docker_gave_and_names_that_somebody_chose() -> None:
    head = "CONTAINER ID   IMAGE   NAMES"
    known = learn(
        [("docker run --name happy_path nginx", ()), ("docker ps", (head, "f82feedb9084   nginx   newly_coined"))]
    )

    kinds = [(part.kind, part.text) for part in read("happy_path newly_coined other_word", known) if part.kind]

    assert kinds == [("name", "newly_coined")]


def test_a_short_id_is_the_long_one_that_it_begins() -> None:
    known = learn([("docker run nginx", (DIGEST,))])

    things = {part.thing for text in (DIGEST, DIGEST[:12], DIGEST[:7]) for part in read(text, known)}

    assert things == {DIGEST[:12]}


def test_the_same_thing_in_a_later_listing() -> None:
    early, late = ("f82feedb9084  nginx  Up 2 seconds", "f82feedb9084   nginx   Up About a minute")

    assert identity(early) == identity(late)
    assert identity(early) != identity(early.replace("f8", "f9"))
    assert identity("total 8") is None
    assert identity("drwx------ 2 root root 4096 Nov 22 04:40 l") == "l"


def one(*output: str, command: str = "show") -> Record:
    t = Term(1)
    t.steps = [(command, list(output), 0)]
    return record(t)


@pytest.mark.parametrize(
    ("old", "new", "drifts"),
    [
        (('{"a": 1, "b": {}}',), ('{"b": {}, "a": 1}',), False),
        (('{"a": 1, "b": {}}',), ('{"a": 1, "b": []}',), True),
        (("[1, 2]",), ("[2, 1]",), True),
        (("root  1  0  sh",), ("root  2  0  sh",), True),
        (("UID PID PPID CMD", "root 1 0 sh"), ("UID PID PPID CMD", "root 2 0 sh"), True),
        (("UID PID PPID CMD", "root 812 1 sh"), ("UID PID PPID CMD", "root 1400 1 sh"), False),
        (("PID TTY TIME CMD", "81 ? 0:01 nginx"), ("PID TTY TIME CMD", "92 ? 10:04 nginx"), False),
        (("NAME  READY  AGE", "web   1/1    5m3s"), ("NAME  READY  AGE", "web   1/1    2d"), False),
        (("NAME  READY  AGE", "web   1/1    5m3s"), ("NAME  READY  AGE", "web   0/1    2d"), True),
        (("+-----+", "a   b"), ("+---------+", "a b"), False),
    ],
)
def test_documents_and_tables(old: tuple[str, ...], new: tuple[str, ...], drifts: bool) -> None:
    found = compare(one(*old), one(*new), names=("a", "b"), masks={}, places=Places())

    assert found.drifted is drifts


def test_a_capture_that_failed_is_compared_as_far_as_it_came() -> None:
    new = term(2)
    del new.steps[4:]
    new.steps[3] = ("docker run --detach -P nginx", ["docker: no space left on device"], 125)
    places = Places(steps={number: Location("deck.md", number) for number in range(30)})
    failed = Failure("`docker run` ended with exit code 125, not 0", "deck.md", 3)

    found = compare(record(term(1)), record(new, failure=failed), names=("a", "b"), masks={}, places=places)

    assert [command.verdict for command in found.commands] == ["volatile", "volatile", "volatile", "failed"]
    assert found.commands[3].reasons == ("`docker run` ended with exit code 125, not 0",)
    assert found.unreached == 17
    assert not found.drifted
