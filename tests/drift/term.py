"""A term of a course, simulated: what Docker prints for one deck, every volatile value drawn anew from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from livedeck.model import Capture, Engine, Failure, Images, Record, RecordedClaim, RecordedStep
from livedeck.records import FORMAT

from tests.course import FACTS

DIGEST = "2bcabc23b45489fb0885d69a06ba1d648aeda973fae7bb981bafbb884165e514"
HEX = "0123456789abcdef"
ADJECTIVES = ("zen", "sad", "brave", "compassionate", "mystifying", "admiring", "newlycoined")
SCIENTISTS = ("bos", "bell", "curie", "lovelace", "chandrasekhar", "ramanujan", "turing2")


@dataclass(frozen=True)
class Container:
    """What Docker draws for a container."""

    id: str
    name: str
    layer: str
    address: str
    mac: str
    port: int
    process: int


@dataclass
class Term:
    """A seed and what it has drawn."""

    seed: int
    steps: list[tuple[str, list[str], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.layers = [self.hex(64) for _ in range(7)]
        self.image, self.committed, self.volume, self.network = (self.hex(64) for _ in range(4))
        self.ports = self.dice.sample(range(32768, 60999), 2)
        self.processes = self.dice.sample(range(900, 99999), 3)
        self.names = self.dice.sample([f"{one}_{two}" for one in ADJECTIVES for two in SCIENTISTS], 2)
        self.red, self.blue = self.container(0), self.container(1)

    def hex(self, length: int) -> str:
        return "".join(self.dice.choices(HEX, k=length))

    def container(self, number: int) -> Container:
        mac = ":".join(["02", *(self.hex(2) for _ in range(5))])
        address = f"172.17.{self.dice.randrange(1, 200)}.{number + 2}"
        drawn = self.names[number], self.hex(64), address, mac, self.ports[number], self.processes[number]
        return Container(self.hex(64), *drawn)

    def age(self) -> str:
        pick = ("Less than a second", "1 second", "About a minute", "About an hour", "4 weeks", "11 months")
        unit = self.dice.choice(("seconds", "minutes", "days"))
        return self.dice.choice((*pick, f"{self.dice.randrange(2, 59)} {unit}"))

    def size(self) -> str:
        return f"{self.dice.choice((0, 7.32, 13.3, 133, 188))}{self.dice.choice(('B', 'kB', 'MB', 'GB'))}"

    def clock(self) -> str:
        return f"{self.dice.randrange(24):02}:{self.dice.randrange(60):02}:{self.dice.randrange(60):02}"

    def stamp(self) -> str:
        day = f"20{self.dice.randrange(25, 32)}-{self.dice.randrange(1, 13):02}-{self.dice.randrange(1, 29):02}"
        return f"{day}T{self.clock()}.{str(self.dice.random())[2:11].rstrip('0') or '1'}Z"

    def date(self) -> str:
        clock = self.clock()[:5] if self.dice.random() < 0.7 else " 2026"
        return f"{self.dice.choice(('Jan', 'Sep', 'Nov'))} {self.dice.randrange(1, 29):2} {clock}"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as Docker aligns them."""
    widths = [max(len(cell) for cell in column) + 3 for column in zip(*rows, strict=True)]
    return ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def listing(term: Term, names: Sequence[str], *, newest: bool) -> list[str]:
    """`ls -al` of a folder of layers: by name, or newest first, which is any order within a minute."""
    names = [".", "..", "l", *names]
    names = sorted(names) if not newest else term.dice.sample(names, len(names))
    links = {".": 3 + len(names), "..": 12, "l": 2, term.layers[0]: 3}
    return [
        f"total {term.dice.randrange(4, 99)}",
        *(
            f"drwx--x--- {links.get(name, 4):2} root root {term.dice.choice((4096, 12288)):5} {term.date()} {name}"
            for name in names
        ),
    ]


def ps(term: Term, *containers: Container) -> list[str]:
    """`docker ps`, the newest first."""
    rows = [
        (c.id[:12], "nginx", '"/docker-entrypoint.…"', f"{term.age()} ago", f"Up {term.age()} (healthy)",
         f"0.0.0.0:{c.port}->80/tcp, [::]:{c.port}->80/tcp", c.name)
        for c in containers
    ]  # fmt: skip
    return table([("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"), *rows])


def images(term: Term, *rows: tuple[str, str]) -> list[str]:
    """`docker images` with tags and ids."""
    own = [("nginx", tag, id_[:12], f"{term.age()} ago", term.size()) for tag, id_ in rows]
    return table([("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"), *own])


def network(term: Term) -> list[str]:
    """`docker network inspect`: members by id, which is no order at all."""
    both = (term.red, term.blue)
    members = {c.id: {"Name": c.name, "MacAddress": c.mac, "IPv4Address": f"{c.address}/16"} for c in both}
    document = [{
        "Name": "bridge", "Id": term.network, "Created": term.stamp(), "Containers": dict(sorted(members.items())),
        "Options": {"com.docker.network.driver.mtu": "1500"},
    }]  # fmt: skip
    return json.dumps(document, indent=4).split("\n")


def inspect(term: Term) -> list[str]:
    """Parts of `docker inspect`."""
    c = term.red
    document = [{
        "Id": c.id, "Created": term.stamp(), "Name": f"/{c.name}", "SizeRw": term.dice.randrange(9999),
        "State": {"Status": "running", "Pid": c.process, "FinishedAt": "0001-01-01T00:00:00Z"},
        "GraphDriver": {"UpperDir": f"/var/lib/docker/overlay2/{c.layer}/diff"}, "Image": f"sha256:{term.image}",
    }]  # fmt: skip
    return json.dumps(document, indent=4).split("\n")


def term(seed: int) -> Term:
    """A deck's commands with what they showed in one term."""
    t = Term(seed)
    red, blue = t.red, t.blue
    say = t.steps.append
    pulled = [*t.layers]
    both = [name for c in (red, blue) for name in (c.layer, f"{c.layer}-init")]
    volumes = [("local", name) for name in sorted([t.volume, "data", t.network])]
    process = f"root  {t.processes[2]:>5}  {blue.process:>7}  0   {t.clock()[:5]}   ?   {t.clock()}   nginx"
    say(("docker pull nginx", ["Using default tag: latest", *(f"{layer[:12]}: Pull complete" for layer in t.layers),
         f"Digest: sha256:{DIGEST}", "Status: Downloaded newer image for nginx:latest"], 0))  # fmt: skip
    say(("docker images", images(t, ("latest", t.image)), 0))
    say(("sudo ls -al /var/lib/docker/overlay2", listing(t, pulled, newest=False), 0))
    say(("docker run --detach -P nginx", [red.id], 0))
    say(("docker ps", ps(t, red), 0))
    say(("sudo ls -alt /var/lib/docker/overlay2", listing(t, [*pulled, *both[:2]], newest=True), 0))
    say(("docker run --detach -P nginx", [blue.id], 0))
    say(("docker ps", ps(t, blue, red), 0))
    say(("sudo ls /var/lib/docker/overlay2", sorted([*pulled, *both, "l"]), 0))
    say(("docker network inspect bridge", network(t), 0))
    say((f"docker inspect {red.name}", inspect(t), 0))
    say(("docker top $(docker ps -lq)", ["UID        PID     PPID    C   STIME   TTY   TIME       CMD", process], 0))
    say(("docker volume ls", table([("DRIVER", "VOLUME NAME"), *volumes]), 0))
    say(("docker ps --format '{{.Names}} {{.Status}}'", [f"{blue.name} Up {t.age()}", f"{red.name} Up {t.age()}"], 0))
    say((f"docker logs {blue.name}", ["/docker-entrypoint.sh: ready for start up",
         f"{t.stamp()[:10].replace('-', '/')} {t.clock()} [notice] 1#1: start worker processes",
         f'{red.address} - - [22/Nov/2026:{t.clock()} +0000] "GET / HTTP/1.1" 200 615'], 0))  # fmt: skip
    say(("docker build .", [f" => [1/2] FROM docker.io/library/nginx@sha256:{DIGEST}   {t.dice.random():.1f}s",
         f" => => writing image sha256:{t.committed}   0.{t.dice.randrange(9)}s"], 0))  # fmt: skip
    say(("docker images", images(t, ("my-tag", t.committed), ("latest", t.image)), 0))
    say(("docker info", [" Storage Driver: overlay2", " CPUs: 2", f" Total Memory: {t.size()}",
         f" ID: {t.hex(8)}-{t.hex(4)}-{t.hex(4)}-{t.hex(4)}-{t.hex(12)}"], 0))  # fmt: skip
    say((f"docker rm --force {blue.id[:12]}", [blue.id[:12]], 0))
    say(("docker ps", ps(t, red), 0))
    say(("curl localhost:1", ["curl: (7) Failed to connect to localhost port 1 after 0 ms: Connection refused"], 7))
    return t


def record(t: Term, *, docker: str = FACTS.docker_version, failure: Failure | None = None) -> Record:
    """The term as a record."""
    prompt = "ubuntu@ip-10-0-1-14:~$ "
    captures = [Capture(prompt, command, tuple(output), code, 0.1) for command, output, code in t.steps]
    steps = tuple(RecordedStep(number, 0, (capture,)) for number, capture in enumerate(captures))
    claims = tuple(RecordedClaim(number, 0, 0) for number in range(3))
    digests = Images("hub", {"nginx:latest": f"sha256:{DIGEST}"})
    facts = msgspec.structs.replace(FACTS, docker_version=docker)
    made = Record(FORMAT, "demo", "current", "2026-11-22T04:40:57Z", 120, 40, facts, digests, claims, steps)
    return msgspec.structs.replace(made, failure=failure, profile=Engine())
