"""What differs between the machines and images of two records: told once, and no drift of any step."""

from __future__ import annotations

import re

from generator.model import ImageSource, Record, WorldChange

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
_MAKING = re.compile(r"\bdocker\s+(?:(?:image|container|buildx)\s+)?(?:build|commit|import|load|tag)\b")
_SHORTEST = 3
_SHOWN = 12
_NONE = "none"
_IMAGES_FROM = "images from"


def changes(old: Record, new: Record) -> tuple[WorldChange, ...]:
    """What differs, the gravest first. Of a capture that failed the images are not known."""
    pairs = [("engine", old.engine, new.engine)]
    pairs += [(what, getattr(old.host, name), getattr(new.host, name)) for name, what in _FACTS.items()]
    pairs.append((_IMAGES_FROM, _source(old.images.source), _source(new.images.source)))
    pairs.append(("columns", str(old.columns), str(new.columns)))
    names = set() if new.failure else old.images.digests.keys() | new.images.digests.keys()
    names = {name for name in names if not (_made(old, name) or _made(new, name))}
    pairs += [(name, _digest(old, name), _digest(new, name)) for name in sorted(names)]
    pairs.append(("files/", _short(old.files), _short(new.files)))
    return tuple(WorldChange(*pair) for pair in pairs if pair[1] != pair[2])


def apart(old: Record, architecture: str, source: ImageSource) -> tuple[WorldChange, ...]:
    """What keeps a record from being compared, unless that is asked for, with one of that architecture and images."""
    pairs = (
        ("architecture", old.host.architecture, architecture),
        (_IMAGES_FROM, _source(old.images.source), _source(source)),
    )
    return tuple(WorldChange(*pair) for pair in pairs if pair[1] != pair[2])


def facts(record: Record, other: Record) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Texts that say what is told as a change of the world, wherever a command shows them."""
    found = []
    for name in _EXPLAINED:
        text = getattr(record.host, name)
        if text != getattr(other.host, name) and len(text) >= _SHORTEST:
            found.append((_FACTS[name], re.compile(rf"(?<![\w.]){re.escape(text)}(?![\w]|\.\w)")))
    return tuple(sorted(found, key=lambda fact: -len(fact[1].pattern)))


def _source(source: ImageSource) -> str:
    return "Docker Hub" if source == "hub" else "stand-ins"


def _made(record: Record, name: str) -> bool:
    """Whether a command of the deck made that image, whose digest is another one each time."""
    words = {name, name.removesuffix(":latest")}
    commands = [capture.command for step in record.steps for capture in step.captures]
    return any(_MAKING.search(command) and words & set(command.split()) for command in commands)


def _digest(record: Record, name: str) -> str:
    return _short(record.images.digests.get(name, ""))


def _short(digest: str) -> str:
    kind, _, value = digest.partition(":")
    return f"{kind}:{value[:_SHOWN]}" if value else digest or _NONE
