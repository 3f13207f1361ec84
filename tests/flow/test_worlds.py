"""Which worlds a record may be compared with and replaced from: sources of Docker and of images, architectures."""

from __future__ import annotations

import shlex

import msgspec
import pytest
from livedeck import drift
from livedeck.drift.compare import world as world_of
from livedeck.errors import WorldError, exit_code
from livedeck.flow.worlds import Comparable, Replaceable, capture_line
from livedeck.model import FOUND, DockerSource, Images, ImageSource, Record, World
from livedeck.project import course as course_file

from tests.course import COURSE, Project, captured, recorded, write_record
from tests.drift.term import record as made
from tests.drift.term import term

DEBIAN, OWN = DockerSource("debian", "debian:sid"), DockerSource("docker.com", "https://download.docker.com trixie")
ARCHIVE = DockerSource("archive", "docker-29.0.1.tgz", "a" * 64)
MIRROR = DockerSource("https://mirror.example/debian", "https://mirror.example/debian trixie")
NOWHERE = {"DOCKER_HOST": "unix:///nowhere"}


def of(docker: DockerSource | None, images: ImageSource = "hub", **changes: object) -> Record:
    """A record of that world; of none of its own, Docker was Debian's."""
    return msgspec.structs.replace(made(term(1)), docker=docker, images=Images(images), **changes)


def refusal(project: Project, old: Record, new: World, **given: str) -> WorldError | None:
    """What is said to a capture in the world `new` that would replace a record, with these options."""
    rule = Replaceable(course_file.load(project.root), {f"--{option}": value for option, value in given.items()})
    try:
        rule.check(old, new)
    except WorldError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("old", "new", "needed"),
    [
        (OWN, DEBIAN, "debian"),
        (DEBIAN, OWN, "docker.com"),
        (None, OWN, "docker.com"),
        (OWN, ARCHIVE, "archive"),
        (ARCHIVE, MIRROR, "https://mirror.example/debian"),
    ],
)
def test_another_source_of_docker_is_asked_for(
    project: Project, old: DockerSource | None, new: DockerSource, needed: str
) -> None:
    world = World("x86_64", "hub", new)

    refused = refusal(project, of(old), world)

    assert refused is not None
    assert (exit_code(refused), str(refused.at)) == (2, "decks/demo/records/current.json:1")
    assert refused.hint == f"to replace it anyway: livedeck capture demo --source {needed}"
    assert refusal(project, of(old), world, source=needed) is None
    assert refusal(project, of(old), world, images="stand-in") is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, DEBIAN),
        (DEBIAN, DockerSource("debian", "debian:trixie")),
        (ARCHIVE, DockerSource("archive", "docker-30.tgz", "b" * 64)),
        (OWN, FOUND),
        (FOUND, OWN),
        (FOUND, DEBIAN),
        (OWN, None),
    ],
)
def test_the_same_source_and_one_that_is_not_known_block_nothing(
    project: Project, old: DockerSource | None, new: DockerSource | None
) -> None:
    assert refusal(project, of(old), World("x86_64", "hub", new)) is None
    Comparable().check(of(old), World("x86_64", "hub", new))


def test_stand_ins_replace_docker_hub_only_on_request(project: Project) -> None:
    world = World("x86_64", "stand-in", DEBIAN)

    refused = refusal(project, of(DEBIAN), world)

    assert refused is not None
    assert refused.message.endswith("would replace a record of another world: images from Docker Hub -> stand-ins")
    assert refused.hint == "to replace it anyway: livedeck capture demo --images stand-in"
    assert refusal(project, of(DEBIAN), world, images="auto") is not None
    assert refusal(project, of(DEBIAN), world, images="stand-in") is None
    assert refusal(project, of(DEBIAN, "stand-in"), World("x86_64", "hub", DEBIAN)) is None
    assert refusal(project, of(DEBIAN), World("aarch64", "hub", DEBIAN)) is None


def test_the_line_that_is_offered_has_all_that_is_needed(project: Project) -> None:
    """Both rules at once, on another engine; and what was given already is given again."""
    world = World("x86_64", "stand-in", DEBIAN)
    old = of(OWN, engine="docker-29")

    both = refusal(project, old, world)
    rest = refusal(project, old, world, source="debian")

    line = "livedeck capture demo --engine docker-29 --source debian --images stand-in"
    for refused in (both, rest):
        assert refused is not None
        assert (refused.hint or "").removeprefix("to replace it anyway: ") == line
        assert str(refused.at) == "decks/demo/records/docker-29.json:1"
    assert both is not None
    assert "docker from docker.com -> Debian, images from Docker Hub -> stand-ins" in both.message


def test_a_line_is_quoted_for_a_shell(project: Project) -> None:
    course = course_file.load(project.root)

    line = capture_line(course, ["첫 강의 (1)", "two"], "all", {"--host": "local", "--disposable": ""})

    assert shlex.split(line)[2:] == ["첫 강의 (1)", "two", "--engine", "all", "--host", "local", "--disposable"]


def test_the_report_says_where_docker_came_from() -> None:
    def changes(old: Record, new: Record) -> list[tuple[str, str, str]]:
        places = drift.Places()
        found = drift.compare(old, new, names=("a", "b"), masks={}, places=places).world
        return [(change.what, change.old, change.new) for change in found]

    assert changes(of(None), of(OWN)) == [("docker from", "Debian", "docker.com")]
    assert changes(of(None), of(DEBIAN)) == []
    assert changes(of(ARCHIVE), of(FOUND)) == [("docker from", "an archive", "the machine itself")]
    trixie = DockerSource("debian", "debian:trixie")
    assert changes(of(DEBIAN), of(trixie)) == [("docker from", "debian:sid", "debian:trixie")]
    another = DockerSource("archive", ARCHIVE.origin, "b" * 64)
    assert changes(of(ARCHIVE), of(another)) == [("docker from", f"sha256:{'a' * 12}", f"sha256:{'b' * 12}")]

    facts = msgspec.structs.replace(made(term(1)).host, docker_version="29.0.1")
    old = DockerSource(
        "debian", "debian:sid", packages={"docker.io": "28.5.2+dfsg4-5", "containerd": "2.1.9", "x": "1"}
    )
    new = DockerSource(
        "debian", "debian:sid", packages={"docker.io": "29.0.1+dfsg1-1", "containerd": "2.2.0", "y": "1"}
    )
    assert changes(of(old), of(new, host=facts)) == [
        ("docker", "28.5.2", "29.0.1"),
        ("package containerd", "2.1.9", "2.2.0"),
    ]
    assert ("package docker.io", "28.5.2+dfsg4-5", "29.0.1+dfsg1-1") in changes(of(old), of(new))


def write(project: Project, engines: str, **sources: DockerSource | None) -> None:
    """The deck's records on these engines, whose Docker came from there."""
    (project.root / "decks" / "course.toml").write_text(f"{COURSE}{engines}", encoding="utf-8")
    for engine, docker in sources.items():
        record = recorded((captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),), engine=engine)
        write_record(project.record.with_name(f"{engine}.json"), msgspec.structs.replace(record, docker=docker))


def test_records_of_two_sources_are_compared_only_across(project: Project) -> None:
    write(project, "[engines.current]\n[engines.other]\n", current=None, other=OWN)

    refused = project.livedeck("drift", "--against", "other")

    assert refused.returncode == 2
    assert "decks/one/records/other.json:1: the records of one are not of one world" in refused.stderr
    assert "docker from docker.com -> Debian" in refused.stderr
    done = project.livedeck("drift", "--against", "other", "--across")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1:3] == ["  engine: other -> current", "  docker from: docker.com -> Debian"]


def test_a_fresh_capture_of_another_source_is_refused_before_anything_starts(project: Project) -> None:
    write(project, '[engines.current]\nbase = "debian:sid"\n', current=OWN)

    for arguments in ((), ("--source", "debian"), ("--source", "https://mirror.example/debian")):
        refused = project.livedeck("drift", *arguments, **NOWHERE)
        assert (refused.returncode, "docker from docker.com -> " in refused.stderr) == (2, True)
    for arguments in (("--across",), ("--source", "docker.com")):
        assert project.livedeck("drift", *arguments, **NOWHERE).returncode == 3
    write(project, "[engines.current]\n", current=OWN)  # where Docker comes from is not known yet
    assert project.livedeck("drift", **NOWHERE).returncode == 3


@pytest.mark.parametrize("command", [("capture",), ("build", "--live"), ("drift",), ("shell", "one")])
def test_a_source_is_one_and_for_sandboxes_alone(project: Project, command: tuple[str, ...]) -> None:
    odd = project.livedeck(*command, "--source", "fedora")
    assert (odd.returncode, "there is no source fedora" in odd.stderr) == (2, True)
    real = project.livedeck(*command, "--source", "debian", "--host", "local", "--disposable")
    assert (real.returncode, "--source and --fresh are for sandboxes" in real.stderr) == (2, True)
    for offline in (("build", "--source", "debian"), ("drift", "--from", "HEAD", "--source", "debian")):
        assert project.livedeck(*offline).returncode == 2


def test_what_a_deck_tags_is_made_by_it_and_what_was_there_is_not() -> None:
    def tagged(digest: str) -> Record:
        made = recorded((captured("docker tag nginx nginx:second"),))
        digests = {"nginx:latest": f"sha256:{digest * 64}", "nginx:second": f"sha256:{digest * 64}"}
        return msgspec.structs.replace(made, images=Images("hub", digests))

    changes = world_of.changes(tagged("a"), tagged("b"))
    assert [change.what for change in changes] == ["nginx:latest"]
