"""The address of a machine that ssh logs in to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from livedeck.errors import UsageError

# A leading hyphen would make an option of ssh, and ProxyCommand passes all three parts to a shell.
ADDRESS = re.compile(
    r"ssh://(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9._+-]*)@)?"
    r"(?:(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)|\[(?P<ip>[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """The machine to log in to. The user's configuration supplies what is None."""

    host: str
    user: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ssh://{user}{host}" + (f":{self.port}" if self.port else "")

    def words(self) -> tuple[str, ...]:
        """Return the arguments of ssh for this address."""
        user = ("-l", self.user) if self.user else ()
        port = ("-p", str(self.port)) if self.port else ()
        return (*user, *port, "--", self.host)


def parse(address: str) -> Address:
    """Return the parts of an address.

    Raises:
        UsageError: it is not valid.
    """
    match = ADDRESS.fullmatch(address)
    port = int(match["port"]) if match and match["port"] else None
    if not match or port == 0 or (port or 0) > HIGHEST_PORT:
        raise UsageError(
            f"{address!r} is not an address of a host", hint="write ssh://user@host or ssh://user@host:port"
        )
    return Address(match["name"] or match["ip"], match["user"], port)
