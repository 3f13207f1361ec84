"""The images of a sandbox: where Debian comes from, when they are built, and what is refused."""

from __future__ import annotations

import gc
import io
import os
import secrets
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import docker
import pytest
from livedeck import hosts
from livedeck.errors import HostError, UsageError
from livedeck.hosts.daemon import daemon
from livedeck.hosts.sandbox import debian, image, stand_ins
from livedeck.hosts.sandbox.building import Request, build, find, label, labelled
from livedeck.model import STAND_INS, DockerSource, Engine, Terminal

from tests.course import ROOT, make_course, make_run
from tests.hosts.opener import Opener

RequestFor = Callable[..., Request]
FROM_SID = DockerSource("debian", "debian:sid")


@pytest.fixture
def request_for(api: docker.APIClient, opener: Opener) -> RequestFor:
    def make(engine: str, profile: Engine, environ: Mapping[str, str] = os.environ) -> Request:
        return Request(api, engine, profile, make_run(environ, opener.report))

    return make


# --- Debian from a registry ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def registry(api: docker.APIClient, sandbox: hosts.Sandbox) -> Iterator[str]:
    """A registry on the loopback with a tiny `library/debian:sid-slim`: the prefix of its names."""
    container = api.create_container(
        "livedeck/sandbox:current",
        entrypoint=["docker-registry", "serve", "/usr/local/share/livedeck/registry.yml"],
        environment={
            "REGISTRY_HTTP_ADDR": "0.0.0.0:5000",
            "REGISTRY_LOG_LEVEL": "info",
            "OTEL_TRACES_EXPORTER": "none",
        },
        labels={"livedeck": "test"},
        ports=[5000],
        host_config=api.create_host_config(port_bindings={5000: ("127.0.0.1", None)}),
    )["Id"]
    try:
        api.start(container)
        with closing(api.logs(container, stream=True, follow=True)) as said:
            assert any(b"listening on" in line for line in said)
        prefix = f"127.0.0.1:{api.port(container, 5000)[0]['HostPort']}/library/debian"
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as files:
            files.addfile(tarfile.TarInfo("etc"))
        api.import_image_from_data(tar.getvalue(), prefix, "sid-slim")
        try:
            pushed = api.push(prefix, "sid-slim")
        finally:
            api.remove_image(f"{prefix}:sid-slim")
        assert '"error"' not in pushed, pushed
        yield prefix
    finally:
        daemon.remove_container(api, container)


def references(api: docker.APIClient) -> set[str]:
    """Return every name and digest reference that is not Livedeck's."""
    found = {ref for i in api.images() for ref in [*(i["RepoTags"] or []), *(i["RepoDigests"] or [])]}
    return {ref for ref in found if "127.0.0.1" in ref}


@pytest.mark.parametrize("had_it", [False, True])
def test_debian_by_digest_leaves_no_reference(api: docker.APIClient, registry: str, had_it: bool) -> None:
    digest, _ = debian._digest(api, f"{registry}:sid-slim")
    assert digest
    assert digest.startswith("sha256:")
    pinned = f"{registry}@{digest}"
    if had_it:
        api.pull(registry, tag=digest)
    before = references(api)
    assert before == ({pinned} if had_it else set())
    name = f"livedeck/base:test-{secrets.token_hex(4)}"
    try:
        debian.from_registry(api, pinned, name)
        made = find(api, name)
        assert label(made, "source") == pinned
        assert references(api) == before
    finally:
        api.remove_image(name)
        if had_it:
            api.remove_image(pinned)
    assert references(api) == set()


def test_a_debian_that_the_archive_lacks(api: docker.APIClient, registry: str) -> None:
    digest, why = debian._digest(api, f"{registry}:nosuchsuite-slim")
    assert digest is None
    assert why


def test_neither_registry_nor_mmdebstrap(request_for: RequestFor) -> None:
    with pytest.raises(HostError, match="mmdebstrap is not installed") as caught:
        debian.ensure(request_for("x", Engine(), {"PATH": ""}), "nosuchsuite", fresh=False)
    assert "debian-archive-keyring" in (caught.value.hint or "")


# --- when the image is built ---------------------------------------------------------------------


@pytest.fixture
def aged(api: docker.APIClient, sandbox: hosts.Sandbox, request_for: RequestFor) -> Iterator[Request]:
    """An engine with an image that is ten days old and a Debian that does not exist."""
    name = f"test-{secrets.token_hex(4)}"
    request: Request = request_for(name, Engine(base="debian:nosuchsuite"))
    labels = labelled(
        "sandbox",
        inputs=image._recipe(request)[1],
        privilege=label(find(api, "livedeck/sandbox:current"), "privilege") or "",
        built=(request.run.now() - timedelta(days=10)).isoformat(),
    )
    dockerfile = {"Dockerfile": b"FROM livedeck/sandbox:current\n"}
    build(api, dockerfile, labels=labels, tag=f"livedeck/sandbox:{name}")
    yield request
    api.remove_image(f"livedeck/sandbox:{name}")


def test_an_old_image_serves_when_it_cannot_be_renewed(aged: Request, opener: Opener) -> None:
    kept = image.ensure(aged, fresh=False)
    assert kept.name == f"livedeck/sandbox:{aged.engine}"
    assert "older than a week and could not be renewed" in opener.notices[-1]


def test_an_old_image_does_not_serve_when_a_fresh_one_is_asked_for(aged: Request) -> None:
    with pytest.raises(HostError):
        image.ensure(aged, fresh=True)


def test_an_image_of_another_profile_does_not_serve(aged: Request) -> None:
    other = Request(aged.api, aged.engine, Engine(base="debian:nosuch"), aged.run)
    with pytest.raises(HostError):
        image.ensure(other, fresh=False)


def test_the_equipment_is_renewed_with_its_recipe(api: docker.APIClient, request_for: RequestFor) -> None:
    suite = f"test-{secrets.token_hex(4)}"
    of_sid = {"Dockerfile": b"FROM livedeck/base:sid\n"}
    build(api, of_sid, labels=labelled("base", source="test"), tag=f"livedeck/base:{suite}")
    request = request_for("x", Engine())

    def equipped_with(*packages: bytes) -> str:
        recipe = b"ARG BASE\nFROM ${BASE}\n" + b"".join(b"LABEL with=%s\n" % package for package in packages)
        found = find(api, debian.equipped(request, suite, recipe, fresh=False))
        assert found
        return found.id

    try:
        before = equipped_with()
        assert equipped_with() == before
        assert equipped_with(b"nano") != before
    finally:
        api.remove_image(f"livedeck/equipped:{suite}")
        api.remove_image(f"livedeck/base:{suite}")


@pytest.mark.parametrize(
    ("wanted", "found", "fits"),
    [
        (None, "28.5.2+dfsg4", True),
        ("26.1", "26.1.5+dfsg1", True),
        ("26.1.5", "26.1.5+dfsg1", True),
        ("26.1", "26.1", True),
        ("26.1", "26.10.1", False),
        ("26", "28.5.2", False),
    ],
)
def test_version_rule(request_for: RequestFor, wanted: str | None, found: str, fits: bool) -> None:
    request, info = request_for("docker-x", Engine(docker=wanted)), {"ServerVersion": found}
    if fits:
        image.check_engine(request, info, FROM_SID)
    else:
        with pytest.raises(HostError, match=f"asks for Docker {wanted}, but debian:sid has {found}"):
            image.check_engine(request, info, FROM_SID)


@pytest.mark.parametrize("asked", [True, False])
def test_image_store_rule(request_for: RequestFor, asked: bool) -> None:
    docker = {"ServerVersion": "28.5.2", "DriverStatus": [["Backing Filesystem", "extfs"]]}
    containerd = {"ServerVersion": "28.5.2", "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]}
    request = request_for("x", Engine(containerd_store=asked))
    image.check_engine(request, containerd if asked else docker, FROM_SID)
    with pytest.raises(HostError, match=r"image store, which Docker 28\.5\.2 of debian:sid does not offer"):
        image.check_engine(request, docker if asked else containerd, FROM_SID)
    image.check_engine(request_for("x", Engine()), docker, FROM_SID)
    image.check_engine(request_for("x", Engine()), containerd, FROM_SID)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("engine", "terminal", "profile"),
    [
        ("../x", Terminal(), Engine()),
        ("--privileged", Terminal(), Engine()),
        ("x:y/z", Terminal(), Engine()),
        ("current", Terminal(user="u; touch /tmp/livedeck-was-here"), Engine()),
        ("current", Terminal(user="$(touch /tmp/livedeck-was-here)"), Engine()),
        ("current", Terminal(user="-rf"), Engine()),
        ("current", Terminal(user="root"), Engine()),
        ("current", Terminal(user="a\nb ALL=(ALL) NOPASSWD: ALL"), Engine()),
        ("current", Terminal(hostname="`reboot`"), Engine()),
        ("current", Terminal(hostname="a b"), Engine()),
        ("current", Terminal(hostname=""), Engine()),
        ("other", Terminal(), Engine(base="debian:sid; touch /tmp/livedeck-was-here")),
        ("other", Terminal(), Engine(base="--include=x")),
        ("other", Terminal(), Engine(base="fedora:42")),
    ],
)
def test_hostile_names(opener: Opener, engine: str, terminal: Terminal, profile: Engine) -> None:
    with pytest.raises(UsageError) as caught:
        opener(make_course(ROOT, terminal, **{engine: profile}), engine)
    assert caught.value.hint
    assert not Path("/tmp/livedeck-was-here").exists()


def test_unknown_engine(opener: Opener) -> None:
    with pytest.raises(UsageError, match="no engine 'docker-26'") as caught:
        opener(make_course(current=Engine(), old=Engine()), "docker-26")
    assert caught.value.hint == "use one of: current, old"


def test_hostile_stand_in(tmp_path: Path) -> None:
    folder = tmp_path / STAND_INS / "a b;c"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(UsageError, match="is not a valid name of an image"):
        stand_ins.names(tmp_path)


@pytest.mark.parametrize("link", ["nginx", "nginx/Dockerfile", "nginx/html/secrets"])
def test_a_link_among_stand_ins(tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "Dockerfile").write_text("FROM scratch\n")
    path = tmp_path / STAND_INS / link
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere / "Dockerfile" if path.name == "Dockerfile" else elsewhere)
    with pytest.raises(UsageError, match=f"^decks/_stand-ins/{link} is a link") as caught:
        stand_ins.names(tmp_path)
    assert caught.value.hint


def test_no_stand_ins_to_use(opener: Opener, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="images = stand-in"):
        opener(make_course(tmp_path))


# The SDK leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("unix:///nowhere/docker.sock", "No such file or directory"),
        ("tcp://127.0.0.1:1", "Connection refused"),
        ("nonsense", "Invalid bind address format: port is required: nonsense"),
    ],
)
def test_no_daemon(opener: Opener, address: str, why: str) -> None:
    with pytest.raises(HostError, match=f"^no Docker daemon answers at {address}: {why}$") as caught:
        opener(environ={"DOCKER_HOST": address})
    assert "DOCKER_HOST" in (caught.value.hint or "")
    del caught
    gc.collect()
