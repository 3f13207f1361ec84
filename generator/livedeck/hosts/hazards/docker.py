"""What Docker's commands remove or stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise

from livedeck.hosts.hazards.arguments import Arguments, after_options, arguments, path_hazard
from livedeck.hosts.hazards.words import Word, joined

GLOBAL = ("-H", "--host", "-l", "--log-level", "-c", "--context", "--config", "--tlscacert", "--tlscert", "--tlskey")
COMPOSE = (
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--ansi",
    "--progress",
    "--parallel",
)
TAKES = ("-s", "--signal", "-t", "--time", "--timeout", "--filter", "--rmi")
REMOVES = {
    "builder": "build caches",
    "buildx": "builders",
    "config": "Docker configs",
    "container": "Docker containers",
    "context": "Docker contexts",
    "image": "Docker images",
    "network": "Docker networks",
    "node": "nodes of the swarm",
    "plugin": "Docker plugins",
    "pod": "pods",
    "secret": "Docker secrets",
    "service": "services of the swarm",
    "stack": "stacks of the swarm",
    "volume": "Docker volumes",
}
STOPS = {
    "kill": "kills Docker containers",
    "stop": "stops Docker containers",
    "restart": "restarts Docker containers",
}
PRUNES = {
    "builder": "removes the build cache",
    "buildx": "removes the build cache",
    "container": "removes all stopped Docker containers",
    "image": "removes Docker images that have no name",
    "network": "removes all unused Docker networks",
    "system": "removes stopped Docker containers, unused networks, images that have no name and the build cache",
    "volume": "removes unused Docker volumes that have no name",
}
PRUNES_ALL = {
    "image": "removes all Docker images that no container uses",
    "system": "removes stopped Docker containers, unused networks, all unused images and the build cache",
    "volume": "removes all unused Docker volumes",
}
OTHERS = {
    ("swarm", "leave"): "takes this machine out of its swarm",
    ("system", "reset"): "removes all containers, images, networks and volumes",
    ("plugin", "disable"): "disables Docker plugins",
}


def docker(words: Sequence[Word]) -> str | None:
    """Return what `docker` with these arguments would destroy, None if nothing."""
    rest = after_options(words, GLOBAL)
    if not rest:
        return None
    noun, given = rest[0].text, rest[1:]
    if noun in SHORT:
        return SHORT[noun](given)
    more = after_options(given)
    return _managed(noun, more[0].text, arguments(more[1:], TAKES)) if more else None


def compose(words: Sequence[Word]) -> str | None:
    """Return what `docker compose` with these arguments would destroy, None if nothing."""
    rest = after_options(words, COMPOSE)
    if not rest:
        return None
    verb, given = rest[0].text, arguments(rest[1:], TAKES)
    which = f": {joined(given.operands)}" if given.operands else ""
    if given.has("--help"):
        return None
    if verb in ("down", "rm"):
        kinds = ["containers", *(["networks"] if verb == "down" else [])]
        kinds += ["volumes"] if given.has("-v", "--volumes") else []
        kinds += ["images"] if given.has("--rmi") else []
        listed = f"{', '.join(kinds[:-1])} and {kinds[-1]}" if kinds[1:] else kinds[0]
        return f"stops and removes {listed} of a Compose project{which}"
    return f"{verb}s the containers of a Compose project{which}" if verb in STOPS else None


def _managed(noun: str, verb: str, given: Arguments) -> str | None:
    if given.has("--help"):
        return None
    if verb == "prune":
        return _prunes(noun, given)
    if noun == "container" and verb in STOPS:
        return _stops(verb, given)
    if verb in ("rm", "remove") or (noun, verb) == ("stack", "down"):
        return _removes(noun, given)
    phrase = OTHERS.get((noun, verb))
    return f"{phrase}: {joined(given.operands)}" if phrase and given.operands else phrase


def _prunes(noun: str, given: Arguments) -> str | None:
    phrases = PRUNES | PRUNES_ALL if given.has("-a", "--all") else PRUNES
    volumes = ", and unused volumes" if noun == "system" and given.has("--volumes") else ""
    return f"{phrases[noun]}{volumes}" if noun in phrases else None


def _removes(noun: str, given: Arguments) -> str | None:
    if noun not in REMOVES or not given.operands or given.has("--help"):
        return None
    volumes = " and their volumes" if noun == "container" and given.has("-v", "--volumes") else ""
    return f"removes {REMOVES[noun]}{volumes}: {joined(given.operands)}"


def _mounts(words: Sequence[Word]) -> str | None:
    """Return which folders of the machine a new container may write to."""
    hit = []
    for before, after in pairwise((Word("", ""), *words)):
        value = after.text if before.text in ("-v", "--volume", "--mount") else after.text.partition("=")[2]
        if before.text == "--mount" or after.text.startswith("--mount="):
            fields = dict(field.split("=", 1) for field in value.split(",") if "=" in field)
            place = fields.get("source", fields.get("src", ""))
            read_only = "readonly" in value
        elif before.text in ("-v", "--volume") or after.text.startswith("--volume="):
            place, *rest = value.split(":")
            read_only = rest[1:] == ["ro"]
        else:
            continue
        if place.startswith("/") and not read_only and path_hazard(Word(place, place)):
            hit.append(place)
    return f"lets a container write to {', '.join(hit)}" if hit else None


def _stops(verb: str, given: Arguments) -> str | None:
    return f"{STOPS[verb]}: {joined(given.operands)}" if given.operands and not given.has("--help") else None


SHORT: Mapping[str, Callable[[Sequence[Word]], str | None]] = {
    "compose": compose,
    "rmi": lambda words: _removes("image", arguments(words)),
    "rm": lambda words: _removes("container", arguments(words)),
    **{verb: partial(lambda verb, words: _stops(verb, arguments(words, TAKES)), verb) for verb in STOPS},
    "run": _mounts,
    "create": _mounts,
}
