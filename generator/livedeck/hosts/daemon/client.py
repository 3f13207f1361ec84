"""Clients of the daemons that the Docker SDK reaches only with help: over TLS, and over ssh."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

import urllib3
from docker import APIClient
from docker.tls import TLSConfig
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import InsecureRequestWarning

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.daemon.endpoint import DEFAULT, SSH, UNIX, Endpoint, Tls, refusal
from livedeck.hosts.daemon.errors import NO_DAEMON, failures
from livedeck.hosts.ssh.address import parse
from livedeck.hosts.ssh.connection import Connection

AT = re.compile(rf"(?P<machine>{SSH}[^/]*)/?(?P<socket>/.+)?")
# The docker command there knows where its daemon listens, also one without root. Without that command it is guessed.
ASK = f"""
echo {facts.HELLO}
docker context inspect --format '{{{{.Endpoints.docker.Host}}}}' 2>/dev/null
"""


class OverSsh(APIClient):
    """A client that hangs up when it is closed.

    Raises:
        HostError: ssh cannot log in, or no daemon answers there; the detail is what ssh said.
        UsageError: that is no address of a machine.
    """

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str], patience: int) -> None:
        machine, socket = _split(endpoint.address)
        self.connection = Connection(parse(machine), environ, patience)
        try:
            socket = socket or _ask(self.connection)
            here = self.connection.forward(socket)
            try:
                super().__init__(base_url=f"{UNIX}{here}", version="auto", timeout=patience)
            except failures() as error:
                message = f"no Docker daemon answers at {endpoint}: {_why(self.connection, socket)}"
                raise HostError(message, hint=NO_DAEMON, detail=self.connection.last_words()) from error
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """End the requests, and with the connection what is attached to containers there."""
        super().close()
        self.connection.close()


def direct(endpoint: Endpoint, patience: int) -> APIClient:
    """Return a client of a daemon at a socket of this machine or of the network.

    Raises:
        HostError: nobody listens at that socket.
        Exception: whatever the SDK raises where nobody answers.
    """
    if error := refusal(endpoint.address):  # the SDK would wrap this twice
        raise HostError(f"no Docker daemon answers at {endpoint}: {error.strerror or error}", hint=NO_DAEMON)
    tls = _Config(endpoint.tls) if endpoint.tls else False
    return APIClient(base_url=endpoint.address, version="auto", timeout=patience, tls=tls)


class _Config(TLSConfig):
    def __init__(self, tls: Tls) -> None:
        own = (str(tls.own[0]), str(tls.own[1])) if tls.own else None
        super().__init__(client_cert=own, ca_cert=str(tls.ca) if tls.ca else None, verify=tls.verify)

    def configure_client(self, client: Any) -> None:
        super().configure_client(client)
        client.mount("https://", _Adapter(client.verify))


class _Adapter(HTTPAdapter):
    """Verifies as this daemon asks for; otherwise REQUESTS_CA_BUNDLE, meant for the web, would take its place."""

    def __init__(self, verify: bool | str) -> None:
        self._verify = verify
        if verify is False:  # the operator has said so, and was told by the docker command
            urllib3.disable_warnings(InsecureRequestWarning)
        super().__init__()

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        return super().send(request, *arguments, **{**options, "verify": self._verify})


def _split(address: str) -> tuple[str, str | None]:
    found = AT.fullmatch(address)
    return (found["machine"], found["socket"]) if found else (address, None)


def _ask(connection: Connection) -> str:
    """Return the path of the socket that the docker command of that machine uses."""
    said = "".join(connection.run(ASK).lines()[:1]).strip() or DEFAULT
    if not said.startswith(UNIX):
        raise HostError(
            f"the docker command of {connection.address} uses {said}, which is no socket of that machine",
            hint=f"name a daemon's socket there: {connection.address}/path/to/docker.sock",
        )
    return said.removeprefix(UNIX)


def _why(connection: Connection, socket: str) -> str:
    """Return why nobody may have answered at that socket; ssh itself only says that nobody did."""
    path = shlex.quote(socket)
    told = connection.run(f"echo {facts.HELLO}; id -un; test -e {path} && echo there; test -w {path} && echo allowed")
    user, *found = told.lines()
    if not found:
        return f"there is no {socket}"
    return f"nobody speaks Docker at {socket}" if "allowed" in found else f"{user} may not use {socket}"
