"""Find what differs between the machines and images of two records: reported once, and not as drift of a step."""

from __future__ import annotations

import re

from livedeck.model import FOUND, DockerSource, ImageSource, Record, World, WorldChange

_FACTS = {
    "docker_version": "docker",
    "storage_driver": "storage driver",
    "architecture": "architecture",
    "operating_system": "operating system",
    "kernel": "kernel",
    "docker_root": "Docker's folder",
    "layer_dir": "folder of layers",
    "hostname": "host name",
    "user": "user",
    "kind": "host",
}
_EXPLAINED = ("docker_version", "storage_driver", "operating_system", "kernel", "hostname", "architecture")
_MAKING = re.compile(r"\bdocker\s+(?:(?:image|container|buildx)\s+)?(build|commit|import|load|tag)\b")
_SHORTEST = 3
_SHOWN = 12

_IMAGES_FROM = "images from"
_DOCKER_FROM = "docker from"
_SOURCES = {"debian": "Debian", "archive": "an archive", FOUND.name: "the machine itself"}


def changes(old: Record, new: Record) -> tuple[WorldChange, ...]:
    """Return what differs, the most important first. The images of a failed capture are not known."""
    pairs = [("engine", old.engine, new.engine), (_DOCKER_FROM, *_dockers(old.docker_source, new.docker_source))]
    pairs += [(what, getattr(old.host, name), getattr(new.host, name)) for name, what in _FACTS.items()]
    pairs += _packages(old, new)
    pairs.append((_IMAGES_FROM, _images(old.images.source), _images(new.images.source)))
    pairs += [("columns", str(old.columns), str(new.columns)), ("rows", str(old.rows), str(new.rows))]
    names = set() if new.failure else old.images.digests.keys() | new.images.digests.keys()
    names = {name for name in names if not (_made(old, name) or _made(new, name))}
    pairs += [(name, _digest(old, name), _digest(new, name)) for name in sorted(names)]
    pairs.append(("files/", _short(old.files), _short(new.files)))
    if old.stand_ins and new.stand_ins:
        pairs.append(("_stand-ins/", _short(old.stand_ins), _short(new.stand_ins)))
    return tuple(WorldChange(*pair) for pair in pairs if pair[1] != pair[2])


def world_of(record: Record) -> World:
    """Return the world of a record."""
    return World(record.host.architecture, record.images.source, record.docker_source)


def apart(old: Record, new: World) -> tuple[WorldChange, ...]:
    """Return the reasons not to compare a record with one of that world unless the user asks for it."""
    found = []
    if new.docker and another_docker(old, new):
        found.append(WorldChange(_DOCKER_FROM, *_dockers(old.docker_source, new.docker)))
    if new.architecture and new.architecture != old.host.architecture:
        found.append(WorldChange("architecture", old.host.architecture, new.architecture))
    if new.images and new.images != old.images.source:
        found.append(WorldChange(_IMAGES_FROM, _images(old.images.source), _images(new.images)))
    return tuple(found)


def another_docker(old: Record, new: World) -> bool:
    """Return whether Docker comes from another source; a Docker that Livedeck found there may be from any."""
    return new.docker is not None and len({old.docker_source.name, new.docker.name} - {FOUND.name}) > 1


def facts(record: Record, other: Record) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return patterns of texts, wherever a command shows them, that only repeat a change of the world."""
    found = []
    for name in _EXPLAINED:
        text = getattr(record.host, name)
        if text != getattr(other.host, name) and len(text) >= _SHORTEST:
            found.append((_FACTS[name], re.compile(rf"(?<![\w.]){re.escape(text)}(?![\w]|\.\w)")))
    return tuple(sorted(found, key=lambda fact: -len(fact[1].pattern)))


def _images(source: ImageSource) -> str:
    return "Docker Hub" if source == "hub" else "stand-ins"


def _dockers(old: DockerSource, new: DockerSource) -> tuple[str, str]:
    """Name both sources of Docker; if they are the same, their suites, addresses or checksums as far as known."""
    if old.name != new.name:
        return _SOURCES.get(old.name, old.name), _SOURCES.get(new.name, new.name)
    if old.origin and new.origin and old.origin != new.origin:
        return old.origin, new.origin
    mine, other = (_short(f"sha256:{docker.sha256}" if docker.sha256 else "") for docker in (old, new))
    return mine, other


def _packages(old: Record, new: Record) -> list[tuple[str, str, str]]:
    """Return the packages with other versions, except those that have Docker's own, which is reported already."""
    before, after = old.docker_source, new.docker_source
    if before.name != after.name:
        return []
    names = sorted(before.packages.keys() & after.packages.keys())
    pairs = [(f"package {name}", before.packages[name], after.packages[name]) for name in names]
    docker = (old.host.docker_version, new.host.docker_version)
    return [pair for pair in pairs if docker[0] == docker[1] or docker[0] not in pair[1] or docker[1] not in pair[2]]


def _made(record: Record, name: str) -> bool:
    """Return whether a command of the deck made that image; then its digest differs each time."""
    words = {name, name.removesuffix(":latest")}
    commands = [capture.command for step in record.steps for capture in step.captures]
    return any(
        words & set(command.split()[-1:] if made[1] == "tag" else command.split())  # the first name of `tag` was there
        for command in commands
        if (made := _MAKING.search(command))
    )


def _digest(record: Record, name: str) -> str:
    return _short(record.images.digests.get(name, ""))


def _short(digest: str) -> str:
    kind, _, value = digest.partition(":")
    return f"{kind}:{value[:_SHOWN]}" if value else digest or "none"
