"""The daemon that sandboxes run on: the environment and contexts of the docker command decide."""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest
from livedeck.errors import HostError, UsageError
from livedeck.hosts.daemon import daemon

from tests.hosts.opener import Opener, Screen
from tests.hosts.openssh import Machine
from tests.hosts.road import SOCKET, road

ROOT = Path(__file__).parents[2]
NOWHERE = "unix:///nowhere/docker.sock"
ATTACHED = """
import os, sys
from livedeck.hosts.daemon import daemon
from livedeck.hosts.daemon.stream import Stream
api = daemon.connect(os.environ)
config = api.create_host_config(auto_remove=True)
container = api.create_container("kept", ["/busybox", "cat"], stdin_open=True, host_config=config)["Id"]
attached = Stream(api.attach_socket(container, params={"stdin": 1, "stdout": 1, "stream": 1}))
api.start(container)
attached.send(b"hello\\n")
print(api.base_url, attached.receive(30)[8:].decode().strip(), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Operator:
    """An operator with a configuration of the docker command, and without Docker's variables."""

    environ: Mapping[str, str]

    def docker(self, *arguments: str, **environ: str) -> str:
        """Return the output of the docker command."""
        ran = subprocess.run(
            ["docker", *arguments], env={**self.environ, **environ}, capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    def context(self, name: str, endpoint: str) -> None:
        self.docker("context", "create", name, "--docker", endpoint)

    def files(self, kind: str, name: str) -> Path:
        return Path(self.environ["DOCKER_CONFIG"]) / "contexts" / kind / hashlib.sha256(name.encode()).hexdigest()

    def reaches(self, **environ: str) -> str:
        """Return the identity of the daemon that Livedeck reaches; the docker command has to reach the same."""
        api = daemon.connect({**self.environ, **environ})
        try:
            found: str = api.info()["ID"]
        finally:
            api.close()
        assert found == self.docker("info", "--format", "{{.ID}}", **environ)
        return found

    def refused(self, **environ: str) -> HostError:
        with pytest.raises(HostError) as caught:
            daemon.connect({**self.environ, **environ})
        assert caught.value.hint
        return caught.value


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    return Operator({**kept, "HOME": str(tmp_path), "DOCKER_CONFIG": str(tmp_path / "docker")})


@pytest.fixture(scope="session")
def identity(api: docker.APIClient) -> str:
    found: str = api.info()["ID"]
    return found


@dataclass(frozen=True)
class Secured:
    """A port with TLS that accepts only one client, and the files of that client."""

    port: int
    folder: Path

    def options(self, **instead: Path) -> str:
        files = {name: self.folder / f"{name}.pem" for name in ("ca", "cert", "key")} | instead
        return ",".join([f"host=tcp://127.0.0.1:{self.port}", *(f"{name}={path}" for name, path in files.items())])


def certificate(folder: Path, cert: str, key: str) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", folder / cert, "-keyout", folder / key]
    subprocess.run([*command.split(), *more], capture_output=True, check=True)


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder, "ca.pem", "server-key.pem")  # signs itself
    certificate(folder, "cert.pem", "key.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "cert.pem")
    tls.load_cert_chain(folder / "ca.pem", folder / "server-key.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    with road(tls) as port:
        yield Secured(port, folder)


def test_precedence(operator: Operator, identity: str) -> None:
    operator.context("nowhere", f"host={NOWHERE}")
    operator.context("here", f"host=unix://{SOCKET}")
    assert operator.reaches(DOCKER_HOST=f"unix://{SOCKET}", DOCKER_CONTEXT="nowhere") == identity
    assert operator.reaches(DOCKER_CONTEXT="here") == identity
    operator.docker("context", "use", "nowhere")
    assert operator.reaches(DOCKER_CONTEXT="here") == identity
    assert operator.refused().message.startswith(
        f"no Docker daemon answers at {NOWHERE} (the docker command's context nowhere): "
    )
    operator.docker("context", "use", "here")
    assert operator.reaches() == identity
    assert operator.refused(DOCKER_HOST=NOWHERE).message.startswith(f"no Docker daemon answers at {NOWHERE}: ")


def test_the_configuration_of_the_home_folder(operator: Operator, tmp_path: Path) -> None:
    home = Operator({**operator.environ, "DOCKER_CONFIG": str(tmp_path / ".docker")})
    home.context("nowhere", f"host={NOWHERE}")
    home.docker("context", "use", "nowhere")
    assert "context nowhere" in home.refused(DOCKER_CONFIG="").message


def test_a_port(operator: Operator, identity: str) -> None:
    with road() as port:
        operator.context("there", f"host=tcp://127.0.0.1:{port}")
        assert operator.reaches(DOCKER_CONTEXT="there") == identity
        assert operator.reaches(DOCKER_HOST=f"tcp://127.0.0.1:{port}", DOCKER_CERT_PATH="/nowhere") == identity


@pytest.mark.soak
def test_a_sandbox_over_tls(operator: Operator, secured: Secured, screen: Screen, opener: Opener) -> None:
    """Bytes pass both ways through hijacked sockets, even if a bundle of certificates for the web is named."""
    operator.context("there", secured.options())
    bundle = {"REQUESTS_CA_BUNDLE": str(secured.folder / "cert.pem")}
    with opener(environ={**operator.environ, **bundle, "DOCKER_CONTEXT": "there"}) as sandbox:
        assert screen(sandbox, "sh", "-c", "read -r word; seq 50000; echo $word", typed=b"typed\n").lines[-1] == "typed"
        assert sandbox.images().source == "stand-in"


def test_tls_of_the_environment(operator: Operator, secured: Secured, identity: str, tmp_path: Path) -> None:
    given = {"DOCKER_HOST": f"tcp://127.0.0.1:{secured.port}", "DOCKER_CERT_PATH": str(secured.folder)}
    assert operator.reaches(**given, DOCKER_TLS_VERIFY="1") == identity
    assert operator.refused(**given).message.startswith("no Docker daemon answers at tcp://")
    nothing = {**given, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    assert operator.refused(**nothing).message == f"there is no ca.pem for the Docker daemon at {given['DOCKER_HOST']}"
    shutil.copytree(secured.folder, Path(operator.environ["DOCKER_CONFIG"]))
    assert operator.reaches(**given | {"DOCKER_CERT_PATH": ""}, DOCKER_TLS_VERIFY="1") == identity


@pytest.mark.hostile("how the daemon is reached", "an error that names the file", "another daemon")
def test_a_context_whose_tls_is_wrong(
    operator: Operator, secured: Secured, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.context("stranger", secured.options(ca=secured.folder / "cert.pem"))
    assert "certificate verify failed" in operator.refused(DOCKER_CONTEXT="stranger").message
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secured.folder / "ca.pem"))
    assert "certificate verify failed" in operator.refused(DOCKER_CONTEXT="stranger").message
    operator.context("careless", f"{secured.options(ca=secured.folder / 'cert.pem')},skip-tls-verify=true")
    assert operator.reaches(DOCKER_CONTEXT="careless") == identity
    operator.context("halved", secured.options())
    (operator.files("tls", "halved") / "docker" / "key.pem").unlink()
    error = operator.refused(DOCKER_CONTEXT="halved")
    assert error.message.endswith("has cert.pem but no key.pem")
    shutil.rmtree(operator.files("tls", "halved"))
    assert operator.refused(DOCKER_CONTEXT="halved").message.startswith("no Docker daemon answers at tcp://")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"Endpoints": {}}', '{"Endpoints": {"docker": {}}}'])
@pytest.mark.hostile("how the daemon is reached", "an error that names the file", "another daemon")
def test_a_broken_context(operator: Operator, text: str) -> None:
    operator.context("broken", f"host={NOWHERE}")
    (operator.files("meta", "broken") / "meta.json").write_text(text)
    message = "the docker command's context broken does not name a daemon"
    assert operator.refused(DOCKER_CONTEXT="broken").message == message


def test_a_context_that_is_not_there(operator: Operator) -> None:
    assert operator.refused(DOCKER_CONTEXT="../nobodys").message == "the docker command has no context ../nobodys"


@pytest.mark.parametrize("text", ["{", "[]", '{"currentContext": 1}', '{"currentContext": "default"}'])
def test_a_configuration_that_names_no_context(operator: Operator, identity: str, text: str) -> None:
    folder = Path(operator.environ["DOCKER_CONFIG"])
    folder.mkdir()
    (folder / "config.json").write_text(text)
    api = daemon.connect(operator.environ)
    assert api.info()["ID"] == identity
    api.close()


# --- over ssh ------------------------------------------------------------------------------------


@pytest.fixture
def over_ssh(there: Machine, operator: Operator, short_folder: Path) -> Mapping[str, str]:
    """The environment of an operator who may log in to that machine."""
    return {**operator.environ, **there.environ(), "DOCKER_CONFIG": operator.environ["DOCKER_CONFIG"]} | {
        "TMPDIR": str(short_folder)
    }


def inside(there: Machine, screen: Screen, script: str) -> list[str]:
    shown = screen(there.sandbox, "sh", "-euc", script)
    assert shown.exit == 0, shown
    return shown.lines


def test_over_ssh(there: Machine, operator: Operator, over_ssh: Mapping[str, str], short_folder: Path) -> None:
    operator.context("there", f"host={there.address()}")
    wanted = there.sandbox.facts.hostname
    for where in (
        {"DOCKER_CONTEXT": "there"},
        {"DOCKER_HOST": "ssh://machine"},
        {"DOCKER_HOST": f"{there.address('ann')}/var/run/docker.sock"},
    ):
        api = daemon.connect({**over_ssh, **where})
        assert (api.info()["Name"], len(list(short_folder.iterdir()))) == (wanted, 1)
        api.close()
        assert list(short_folder.iterdir()) == []


def test_what_is_attached_over_ssh_ends_with_livedeck(
    there: Machine, over_ssh: Mapping[str, str], screen: Screen
) -> None:
    inside(there, screen, "tar -C /bin -c busybox | docker import - kept")
    environ = {**over_ssh, "DOCKER_HOST": there.address()}
    with subprocess.Popen(
        [sys.executable, "-c", ATTACHED], cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as livedeck:
        assert livedeck.stdout
        assert livedeck.stdout.readline().split()[1:] == [b"hello"]
        assert len(inside(there, screen, "docker ps -q")) == 1
        livedeck.kill()
    gone = "timeout 100 sh -c 'while [ \"$(docker ps -aq)\" ]; do :; done'"
    assert inside(there, screen, gone) == []


@pytest.mark.parametrize(
    ("user", "path", "why"),
    [
        ("guest", "", "guest may not use /var/run/docker.sock"),
        ("ubuntu", "/nowhere/docker.sock", "there is no /nowhere/docker.sock"),
        ("ubuntu", "/tmp", "nothing speaks Docker at /tmp"),
    ],
)
def test_nothing_answers_over_ssh(there: Machine, over_ssh: Mapping[str, str], user: str, path: str, why: str) -> None:
    with pytest.raises(HostError) as caught:
        daemon.connect({**over_ssh, "DOCKER_HOST": there.address(user) + path})
    assert caught.value.message == f"no Docker daemon answers at {there.address(user)}{path}: {why}"
    assert "open failed" in caught.value.detail[-1]
    assert list(Path(over_ssh["TMPDIR"]).iterdir()) == []


def test_invalid_address(operator: Operator) -> None:
    with pytest.raises(UsageError):
        daemon.connect({**operator.environ, "DOCKER_HOST": "ssh://-oProxyCommand=touch"})
