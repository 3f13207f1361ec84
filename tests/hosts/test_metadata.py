"""What clouds give away at metadata addresses, asked for from a sandbox in every way.

A container beside the sandbox plays the cloud: it has the addresses, though not on the bridge, it answers on them, and
the sandbox's way out leads through it. So no request leaves this machine. Each attempt is repeated without the rules,
to show that it would have got an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import docker
import pytest
from livedeck import hosts
from livedeck.hosts.sandbox.image import PROOF

from tests.hosts.opener import Opener, Screen

IMAGE = "livedeck/sandbox:current"
SECRET = "the machine's credentials"
V4 = {
    "all clouds": "169.254.169.254",
    "containers of AWS": "169.254.170.2",
    "pods of AWS": "169.254.170.23",
    "Tencent": "169.254.0.23",
    "the last link-local one": "169.254.255.254",
    "Oracle Classic": "192.0.0.192",
    "Alibaba": "100.100.100.200",
    "Azure's agent": "168.63.129.16",
}
V6 = {
    "AWS, IPv6": "fd00:ec2::254",
    "pods of AWS, IPv6": "fd00:ec2::23",
    "Google, IPv6": "fd20:ce::254",
    "Oracle, IPv6": "fd00:c1::a9fe:a9fe",
    "Scaleway, IPv6": "fd00:42::42",
}
URLS = {name: f"http://{address}/" for name, address in V4.items()}
URLS |= {name: f"http://[{address}]/" for name, address in V6.items()}
CLOUD = f"""
sysctl -q -w net.ipv6.conf.all.disable_ipv6=0
sysctl -q -w net.ipv4.conf.all.arp_ignore=1
mkdir /www
echo "{SECRET}" > /www/index.html
for address in {" ".join(V4.values())}; do ip addr add "$address/32" dev lo; done
for address in {" ".join(V6.values())}; do ip addr add "$address/128" dev lo nodad; done
ip addr add fd99::1/64 dev eth0 nodad
for port in 53 8080; do busybox httpd -p "$port" -h /www; done
exec busybox httpd -f -p 80 -h /www
"""
WAY_OUT = """
ip route replace default via "$1"
sysctl -q -w net.ipv6.conf.all.disable_ipv6=0
ip addr add fd99::2/64 dev eth0 nodad
ip -6 route replace default via fd99::1
"""
NETWORKS = """
docker network create own
docker network create --ipv6 --subnet fd98::/64 six
docker run --detach --name other proof /busybox sleep 3600
"""
UNBLOCK = """
for family in -4 -6; do
    for priority in 100 101 102; do
        while ip $family rule del priority $priority 2> /dev/null; do :; done
    done
done
"""
SEEN = """
ip route | sed 's/ linkdown//'
ip -4 -o addr
sudo iptables -S
docker network ls
docker network inspect bridge own
"""

BUSYBOX = "/busybox wget -q -T 5 -O - http://169.254.169.254/"
WAYS = {
    "a user": "curl -sS -m 5 http://169.254.169.254/",
    "root": "sudo curl -sS -m 5 http://169.254.169.254/",
    "a shell's own connection": r"exec 3<>/dev/tcp/169.254.169.254/80; printf 'GET / HTTP/1.0\r\n\r\n' >&3; cat <&3",
    "an interface by name": "sudo curl -sS -m 5 --interface eth0 http://169.254.169.254/",
    "another port": "curl -sS -m 5 http://169.254.169.254:8080/",
    "the port of name servers": "curl -sS -m 5 http://169.254.169.254:53/",
    "a decimal number": "curl -sS -m 5 http://2852039166/",
    "a hexadecimal number": "curl -sS -m 5 http://0xA9FEA9FE/",
    "octal numbers": "curl -sS -m 5 http://0251.0376.0251.0376/",
    "two numbers": "curl -sS -m 5 http://169.16689662/",
    "an IPv6 form of it": "curl -sS -m 5 'http://[::ffff:169.254.169.254]/'",
    "Google's name for it": "curl -sS -m 5 --resolve metadata.google.internal:80:169.254.169.254 "
    "http://metadata.google.internal/",
    "a namespace of its own user": "unshare -rU curl -sS -m 5 http://169.254.169.254/",
    "a container": f"docker run --rm proof {BUSYBOX}",
    "the host's network": f"docker run --rm --network host proof {BUSYBOX}",
    "a network of one's own": f"docker run --rm --network own proof {BUSYBOX}",
    "another container's network": f"docker run --rm --network container:other proof {BUSYBOX}",
    "a name in a container": f"docker run --rm --add-host metadata:169.254.169.254 proof "
    f"{BUSYBOX.replace('169.254.169.254', 'metadata')}",
    "a step of a build": f'printf \'FROM proof\\nRUN ["/busybox", "sh", "-c", "/busybox {BUSYBOX[9:]}"]\\n\' | '
    "DOCKER_BUILDKIT=0 docker build --no-cache -",
}
FROM_CONTAINERS = {
    name: f"docker run --rm --network {'six' if name in V6 else 'bridge'} proof /busybox wget -q -T 5 -O - {url}"
    for name, url in URLS.items()
}
QUICK = ("a user", "root", "a container")


def table(attempts: dict[str, str], *, quick: Sequence[str] = ()) -> list[Any]:
    return [
        pytest.param(command, id=name, marks=() if name in quick else pytest.mark.soak)
        for name, command in attempts.items()
    ]


@dataclass(frozen=True)
class Cloud:
    """A sandbox whose way out leads to metadata addresses that answer."""

    host: hosts.Sandbox
    screen: Screen

    def says(self, command: str) -> str:
        """Return what the course's user sees of a command, in a few seconds at most."""
        return self.screen(self.host, "timeout", "20", "bash", "-c", command).text

    @contextmanager
    def unblocked(self) -> Iterator[None]:
        """Take the rules away meanwhile."""
        run = self.host._machine.run
        run("sh", "-c", UNBLOCK)
        yield
        assert run("block-metadata") == "rules\n"


Beside = Callable[..., str]
Asked = Callable[..., str]


@pytest.fixture(scope="module")
def beside(api: docker.APIClient, sandbox: hosts.Sandbox) -> Iterator[Beside]:
    """Start a container of the operator's daemon from the sandbox image, which only runs a script; return its id."""
    made: list[str] = []

    def start(script: str, **options: Any) -> str:
        config = api.create_host_config(**({"cap_add": ["NET_ADMIN"]} | options))
        container = api.create_container(
            IMAGE,
            entrypoint=["/bin/sh", "-euc", script],
            labels={"livedeck": "test"},
            host_config={**config, "ReadonlyPaths": []},  # Docker switches IPv6 off in /proc/sys
        )["Id"]
        made.append(container)
        api.start(container)
        return str(container)

    yield start
    for container in made:
        api.remove_container(container, force=True)


@pytest.fixture(scope="module")
def asked(api: docker.APIClient) -> Asked:
    """Return what a command says in a container of the operator's daemon, as root there."""

    def run(container: str, *command: str) -> str:
        started = api.exec_create(container, ["timeout", "20", *command])["Id"]
        return str(api.exec_start(started).decode())

    return run


@pytest.fixture(scope="module")
def address(api: docker.APIClient, beside: Beside, asked: Asked) -> str:
    """The address, on the bridge, of the container that plays the cloud."""
    container = beside(CLOUD)
    found = str(api.inspect_container(container)["NetworkSettings"]["IPAddress"])
    until_ready = f"until curl -s http://{found}/ && curl -s http://{found}:53/; do :; done"
    assert SECRET in asked(container, "sh", "-c", until_ready)
    return found


@pytest.fixture(scope="module")
def cloud(address: str, screen: Screen) -> Iterator[Cloud]:
    with Opener()() as host:
        host._machine.run("sh", "-euc", WAY_OUT, "sh", address)
        host._machine.run("sh", "-euc", PROOF + NETWORKS)
        yield Cloud(host, screen)


def waits(beside: Beside, address: str, **options: Any) -> str:
    """Start a container whose way out leads to the cloud."""
    return beside(f"ip route replace default via {address}; exec sleep 3600", **options)


@pytest.mark.soak
def test_a_container_of_the_operators_gets_an_answer(beside: Beside, asked: Asked, address: str) -> None:
    plain = waits(beside, address)
    until = "until ip route | grep -q 'via $1'; do :; done; curl -sS -m 5 http://169.254.169.254/"
    assert SECRET in asked(plain, "sh", "-c", until.replace("$1", address))


@pytest.mark.hostile("a metadata address", "no connection", "what a cloud answers")
@pytest.mark.parametrize("command", table(WAYS, quick=QUICK))
def test_no_way_leads_to_it(cloud: Cloud, command: str) -> None:
    assert SECRET not in cloud.says(command)
    with cloud.unblocked():
        assert SECRET in cloud.says(command), "the attempt proves nothing"


@pytest.mark.hostile("a metadata address, as root", "no connection", "what a cloud answers")
@pytest.mark.parametrize("url", table(URLS))
def test_no_address_of_the_kind_answers(cloud: Cloud, url: str) -> None:
    command = f"sudo curl -sS -m 5 -g {url}"
    assert SECRET not in cloud.says(command)
    with cloud.unblocked():
        assert SECRET in cloud.says(command), "the attempt proves nothing"


@pytest.mark.hostile("a metadata address, in a container", "no connection", "what a cloud answers")
@pytest.mark.parametrize("command", table(FROM_CONTAINERS))
def test_nor_from_a_container(cloud: Cloud, command: str) -> None:
    assert SECRET not in cloud.says(command)
    with cloud.unblocked():
        assert SECRET in cloud.says(command), "the attempt proves nothing"


def test_a_class_sees_nothing_of_it(cloud: Cloud) -> None:
    seen = cloud.says(SEEN)
    assert "prohibit" not in seen
    with cloud.unblocked():
        assert cloud.says(SEEN) == seen


@pytest.mark.soak
def test_an_own_network_with_such_addresses_works(cloud: Cloud) -> None:
    run = cloud.host._machine.run
    run("docker", "network", "create", "--subnet", "169.254.77.0/24", "linklocal")
    serve = "/busybox mkdir /w; echo hello > /w/index.html; exec /busybox httpd -f -p 80 -h /w"
    run("docker", "run", "--detach", "--network=linklocal", "--ip=169.254.77.7", "proof", "/busybox", "sh", "-c", serve)
    assert "hello" in cloud.says("until curl -sf -m 5 http://169.254.77.7/; do :; done")


@pytest.mark.soak
def test_a_name_server_at_such_an_address_stays(beside: Beside, asked: Asked, address: str) -> None:
    machine = waits(beside, address, dns=["169.254.169.254"])
    assert asked(machine, "block-metadata") == "rules\n"
    assert SECRET in asked(machine, "curl", "-sS", "-m", "5", "http://169.254.169.254:53/")
    assert SECRET not in asked(machine, "curl", "-sS", "-m", "5", "http://169.254.169.254/")


@pytest.mark.soak
def test_where_there_are_no_rules_routes_do_it(beside: Beside, asked: Asked, address: str) -> None:
    machine = waits(beside, address)
    script = '#!/bin/sh\nread -r first\n[ "${first%% *}" != rule ] || exit 1\n{ echo "$first"; cat; } | /sbin/ip "$@"'
    asked(machine, "sh", "-c", 'echo "$1" > /usr/local/sbin/ip; chmod 755 /usr/local/sbin/ip', "sh", script)
    assert asked(machine, "block-metadata") == "routes\n"
    assert SECRET not in asked(machine, "curl", "-sS", "-m", "5", "http://169.254.169.254/")


def test_what_cannot_be_blocked_is_reported(beside: Beside, asked: Asked) -> None:
    machine = beside("exec sleep 3600", cap_add=[])
    said = asked(machine, "block-metadata")
    assert said.startswith("open ")
    assert "not permitted" in said
