"""Debian packages on sandboxes: installed on the first that needs them, and copied from there to the others."""

from __future__ import annotations

import io
import tarfile

from livedeck.hosts import Sandbox

INSTALL = """
touch /tmp/before
apt-get update -qq -o Acquire::Check-Valid-Until=false
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$1" > /dev/null 2>&1
find / -xdev '(' -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path '/var/cache/*' -o -path '/var/log/*' \
    -o -path '/var/lib/apt/*' ')' -prune -o -cnewer /tmp/before -print0 > /tmp/new
tar --create --file /tmp/new.tar --directory / --no-recursion --null --files-from /tmp/new
rm /tmp/before /tmp/new
"""
_installed: dict[str, bytes] = {}


def install(sandbox: Sandbox, package: str) -> None:
    """Add a Debian package, with everything that its installation changes except logs."""
    machine = sandbox._machine
    if package not in _installed:
        machine.run("sh", "-euc", INSTALL, "install", package, timeout=120)
        parts, _ = machine.api.get_archive(machine.container, "/tmp/new.tar")
        with tarfile.open(fileobj=io.BytesIO(b"".join(parts))) as outer:
            (member,) = outer.getmembers()
            _installed[package] = outer.extractfile(member).read()  # type: ignore[union-attr]
        return
    machine.put("/", _installed[package])
