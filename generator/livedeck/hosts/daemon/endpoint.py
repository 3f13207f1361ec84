"""The address of the daemon that sandboxes run on: the one that the docker command would use."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import HostError

DEFAULT = "unix:///var/run/docker.sock"
UNIX = "unix://"
SSH = "ssh://"
SECONDS = 5
CA, CERT, KEY = "ca.pem", "cert.pem", "key.pem"


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS files for a daemon: the authority that signed its certificate, and this side's certificate and key."""

    ca: str | None
    own: tuple[str, str] | None
    verify: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a daemon, and the context of the docker command that names it (empty if none does)."""

    address: str
    context: str = ""
    tls: Tls | None = None

    def __str__(self) -> str:
        return f"{self.address} (the docker command's context {self.context})" if self.context else self.address


def find(environ: Mapping[str, str]) -> Endpoint:
    """Return the endpoint of DOCKER_HOST, else of DOCKER_CONTEXT, else of the docker command's current context.

    Raises:
        HostError: the context does not exist, or its files are damaged or incomplete.
    """
    folder = Path(environ.get("DOCKER_CONFIG") or _home(environ) / ".docker")
    given = environ.get("DOCKER_HOST")
    name = "" if given else environ.get("DOCKER_CONTEXT") or _current(folder / "config.json")
    if name and name != "default":
        return _of_context(folder / "contexts", name)
    address = given or DEFAULT
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not _in_the_open(address) or not (verify or environ.get("DOCKER_TLS")):
        return Endpoint(address)
    hint = "DOCKER_CERT_PATH names the folder of the certificates; without DOCKER_TLS_VERIFY none are used"
    tls = _tls(Path(environ.get("DOCKER_CERT_PATH") or folder), verify=verify, hint=hint)
    if verify and not tls.ca:
        raise HostError(f"there is no {CA} for the Docker daemon at {address}", hint=hint)
    return Endpoint(address, tls=tls)


def refusal(address: str) -> OSError | None:
    """Return why nothing can be reached at a Unix socket; None if something can, and for other addresses."""
    if not address.startswith(UNIX):
        return None
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(SECONDS)
        try:
            caller.connect(address.removeprefix(UNIX) or DEFAULT.removeprefix(UNIX))
        except OSError as error:
            return error
    return None


def _of_context(folder: Path, name: str) -> Endpoint:
    hint = "`docker context ls` lists the contexts, `docker context use` chooses one, DOCKER_CONTEXT overrides it"
    digest = hashlib.sha256(name.encode()).hexdigest()
    try:
        meta = json.loads((folder / "meta" / digest / "meta.json").read_text(encoding="utf-8"))
        found = meta["Endpoints"]["docker"]
        address, verify = str(found["Host"]), not found.get("SkipTLSVerify")
    except FileNotFoundError:
        raise HostError(f"the docker command has no context {name}", hint=hint) from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise HostError(f"the docker command's context {name} does not name a daemon", hint=hint) from error
    tls = _tls(
        folder / "tls" / digest / "docker", verify=verify, hint=f"give it both with `docker context update {name}`"
    )
    used = _in_the_open(address) and (tls.ca or tls.own or not verify)
    return Endpoint(address, name, tls if used else None)


def _tls(folder: Path, *, verify: bool, hint: str) -> Tls:
    """Return the TLS files of a folder.

    Raises:
        HostError: there is a certificate without its key, or a key without its certificate.
    """
    ca, cert, key = folder / CA, folder / CERT, folder / KEY
    if cert.is_file() != key.is_file():
        there, missing = (CERT, KEY) if cert.is_file() else (KEY, CERT)
        raise HostError(f"{folder} has {there} but no {missing}", hint=hint)
    return Tls(str(ca) if ca.is_file() else None, (str(cert), str(key)) if key.is_file() else None, verify)


def _in_the_open(address: str) -> bool:
    """Return whether the connection has no protection of its own."""
    return not address.startswith((UNIX, SSH))


def _home(environ: Mapping[str, str]) -> Path:
    """Return the home of the user; a user whom the system does not know, as in some containers, has `/` as there."""
    try:
        return Path(environ.get("HOME") or Path.home())
    except RuntimeError:
        return Path("/")


def _current(path: Path) -> str:
    """Return the current context; empty, as for the docker command, if the configuration does not name one."""
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(path.read_text(encoding="utf-8")).get("currentContext")
        return found if isinstance(found, str) else ""
    return ""
