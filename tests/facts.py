"""The machine on which made-up records were captured."""

from __future__ import annotations

from livedeck.model import HostFacts

FACTS = HostFacts(
    kind="sandbox",
    docker_version="28.5.2",
    storage_driver="overlay2",
    docker_root="/var/lib/docker",
    layer_dir="/var/lib/docker/overlay2",
    architecture="x86_64",
    operating_system="Debian GNU/Linux forky/sid",
    kernel="6.1.0",
    hostname="ip-10-0-1-14",
    user="ubuntu",
)
