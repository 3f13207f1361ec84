"""Clients of daemons that the Docker SDK cannot reach without help: over TLS, and over ssh."""

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
from livedeck.hosts.daemon.endpoint import DEFAULT, SSH, UNIX, Endpoint, refusal
from livedeck.hosts.daemon.errors import NO_DAEMON, failures
from livedeck.hosts.ssh.address import parse
from livedeck.hosts.ssh.connection import Connection

AT = re.compile(rf"(?P<machine>{SSH}[^/]*)/?(?P<socket>/.+)?")
# The docker command there knows where its daemon listens, even a rootless one. Without it the default is assumed.
ASK = f"""
echo {facts.HELLO}
docker context inspect --format '{{{{.Endpoints.docker.Host}}}}' 2>/dev/null
"""


class OverSsh(APIClient):
    """A client that uses an ssh connection of its own, and ends it when closed.

    Raises:
        HostError: ssh cannot log in, or no daemon answers; the detail is what ssh printed.
        UsageError: the address is not valid.
    """

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str], patience: int) -> None:
        found = AT.fullmatch(endpoint.address)
        machine, socket = (found["machine"], found["socket"]) if found else (endpoint.address, None)
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
        """Close the client and the connection, with every stream that is attached to a container."""
        super().close()
        self.connection.close()


def direct(endpoint: Endpoint, patience: int) -> APIClient:
    """Return a client of a daemon at a socket of this machine or of the network.

    Raises:
        HostError: nothing listens at that socket.
        Exception: what the SDK raises if nothing answers.
    """
    if error := refusal(endpoint.address):  # in plain words: the SDK wraps this error twice
        raise HostError(f"no Docker daemon answers at {endpoint}: {error.strerror or error}", hint=NO_DAEMON)
    tls = endpoint.tls and _Config(client_cert=endpoint.tls.own, ca_cert=endpoint.tls.ca, verify=endpoint.tls.verify)
    return APIClient(base_url=endpoint.address, version="auto", timeout=patience, tls=tls or False)


class _Config(TLSConfig):
    def configure_client(self, client: Any) -> None:
        super().configure_client(client)
        client.mount("https://", _Adapter(client.verify))


class _Adapter(HTTPAdapter):
    """Verifies with the certificates of this daemon; requests would prefer REQUESTS_CA_BUNDLE, meant for the web."""

    def __init__(self, verify: bool | str) -> None:
        self._verify = verify
        if verify is False:  # the operator chose this, and the docker command warned of it
            urllib3.disable_warnings(InsecureRequestWarning)
        super().__init__()

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        return super().send(request, *arguments, **{**options, "verify": self._verify})


def _ask(connection: Connection) -> str:
    """Return the path of the socket that the docker command of that machine uses."""
    said = "".join(connection.run(ASK).lines()[:1]).strip() or DEFAULT
    if not said.startswith(UNIX):
        raise HostError(
            f"the docker command of {connection.address} uses {said}, which is not a socket of that machine",
            hint=f"name the socket of a daemon there: {connection.address}/path/to/docker.sock",
        )
    return said.removeprefix(UNIX)


def _why(connection: Connection, socket: str) -> str:
    """Return the likely reason why nothing answers at that socket; ssh does not say."""
    path = shlex.quote(socket)
    said = connection.run(f"echo {facts.HELLO}; id -un; test -e {path} && echo there; test -w {path} && echo allowed")
    user, *found = said.lines()
    if not found:
        return f"there is no {socket}"
    return f"nothing speaks Docker at {socket}" if "allowed" in found else f"{user} may not use {socket}"
