"""A machine with an OpenSSH server and its own Docker: a sandbox that is also reached over SSH."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from livedeck.hosts import Sandbox
from livedeck.hosts.ssh.connection import CONFIG
from livedeck.hosts.ssh.ssh import open_ssh
from livedeck.model import Host, ImagePolicy

from tests.course import make_course, make_run
from tests.hosts.opener import Opener
from tests.hosts.packages import install

PORT = 2222
PASSWORD = "correct horse"
# Faults of real machines: no docker on the PATH, no terminal. `guest` may not use Docker, `ann` may.
SERVER = """
PasswordAuthentication yes
UsePAM no
Match User nodocker
    SetEnv PATH=/opt/bare
Match User noterminal
    PermitTTY no
"""
SET_UP = f"""
mkdir -p /run/sshd /opt/bare
ln -s /usr/bin/id /usr/bin/uname /usr/bin/sh /opt/bare
printf '%s' "$1" > /etc/ssh/sshd_config.d/livedeck.conf
for user in ubuntu ann guest nodocker noterminal; do
    id $user > /dev/null 2>&1 || useradd --create-home --shell /bin/bash $user
    echo "$user:{PASSWORD}" | chpasswd
    mkdir -p /home/$user/.ssh
    echo "$2" > /home/$user/.ssh/authorized_keys
    chown -R $user: /home/$user/.ssh
done
for user in ann noterminal; do usermod --append --groups docker $user; done
sed -i '1i echo a word of welcome' /home/ubuntu/.bashrc
/usr/sbin/sshd -p {PORT}
"""
CLIENT = """
Host machine
    HostName {ip}
    Port {port}
    User ubuntu
Host behind
    HostName 127.0.0.1
    Port {port}
    ProxyJump ubuntu@{ip}:{port}
Host *
    UserKnownHostsFile {known}
    GlobalKnownHostsFile /dev/null
    IdentityFile {key}
    IdentitiesOnly yes
    IdentityAgent none
"""


@dataclass(frozen=True)
class Machine:
    """The machine, its address, and the files of a user who may log in."""

    sandbox: Sandbox
    ip: str
    folder: Path

    def address(self, user: str = "ubuntu") -> str:
        return f"ssh://{user}@{self.ip}:{PORT}"

    def environ(self, *, ci: bool = True, key: str = "key", known: str = "known") -> Mapping[str, str]:
        """Return the environment of a user with that key and those known machines."""
        config = self.folder / f"config-{key}-{known}"
        config.write_text(
            CLIENT.format(ip=self.ip, port=PORT, key=self.folder / key, known=self.folder / known), encoding="utf-8"
        )
        rest = {name: value for name, value in os.environ.items() if name not in ("CI", "SSH_AUTH_SOCK")}
        return {**rest, CONFIG: str(config), **({"CI": "true"} if ci else {})}


def new_key(path: Path) -> str:
    """Make a key pair; return its public line."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.with_name(f"{path.name}.pub").read_text(encoding="utf-8").strip()


@contextmanager
def machine(
    folder: Path, environ: Mapping[str, str] = os.environ, images: ImagePolicy = "stand-in"
) -> Iterator[Machine]:
    """Start a machine, with the files of its client in `folder`, on the daemon that `environ` names."""
    public = new_key(folder / "key")
    with Opener()(make_course(), environ=environ, images=images) as sandbox:
        install(sandbox, "openssh-server")
        run(sandbox, "sudo", "sh", "-euc", SET_UP, "set-up", SERVER, public)
        ip = run(sandbox, "sh", "-c", "getent ahostsv4 $(hostname)").split()[0]
        host_key = run(sandbox, "cat", "/etc/ssh/ssh_host_ed25519_key.pub").strip()
        known = "".join(f"[{name}]:{PORT} {host_key}\n" for name in (ip, "127.0.0.1"))
        (folder / "known").write_text(known, encoding="utf-8")
        yield Machine(sandbox, ip, folder)


def run(host: Host, *command: str) -> str:
    """Return what a command shows; it must exit with 0."""
    terminal = host.open_terminal(command, 120, 50)
    shown = b""
    while data := terminal.receive(60):
        shown += data
    assert terminal.exit_code() == 0, shown
    terminal.close()
    return shown.decode()


class OverSsh:
    """A host over SSH, together with its machine. Exit ends both."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._all = ExitStack()
        folder = self._all.enter_context(TemporaryDirectory())
        there = self._all.enter_context(machine(Path(folder), environ))
        self.address = there.address()
        self._host = self._all.enter_context(open_ssh(there.address(), make_course(), make_run(there.environ())))
        self.facts = self._host.facts
        self.open_terminal = self._host.open_terminal
        self.images = self._host.images

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._all.close()
