"""What Docker prints about images and containers, as JSON, key for key as far as figures need it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from livedeck.errors import TemplateError

_HINT = "figures want the JSON of `docker image inspect`, `docker inspect` or `docker ps --no-trunc --format json`"


class Result(Protocol):
    """What a step printed."""

    @property
    def text(self) -> str:
        """All lines."""
        ...


class RootFS(msgspec.Struct, frozen=True, rename="pascal"):
    """The layers of an image, bottom first."""

    layers: tuple[str, ...] | None = None


class GraphData(msgspec.Struct, frozen=True, rename="pascal"):
    """Directories of overlay2: the uppermost, and those below it, top first, divided by colons."""

    lower_dir: str = ""
    upper_dir: str = ""


class GraphDriver(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a storage driver keeps the layers; containerd's image store does not say, and gives none of `data`."""

    data: GraphData | None = None


class Config(msgspec.Struct, frozen=True, rename="pascal"):
    """What an image or a container is configured with."""

    labels: Mapping[str, str] | None = None


class Image(msgspec.Struct, frozen=True, rename="pascal"):
    """An element of `docker image inspect`; the size is in bytes, compressed ones with containerd's image store."""

    id: str
    root_fs: RootFS = msgspec.field(name="RootFS")
    repo_tags: tuple[str, ...] | None = None
    repo_digests: tuple[str, ...] | None = None
    size: int = 0
    config: Config | None = None
    graph_driver: GraphDriver | None = None


class State(msgspec.Struct, frozen=True, rename="pascal"):
    """What a container does now."""

    status: str


class Container(msgspec.Struct, frozen=True, rename="pascal"):
    """An element of `docker inspect CONTAINER`; the size, in bytes, is there with `--size`."""

    id: str
    name: str
    image: str
    created: str
    state: State
    config: Config
    size_rw: int | None = None
    graph_driver: GraphDriver | None = None


class Listed(msgspec.Struct, frozen=True, rename="pascal"):
    """A line of `docker ps --format json`; labels and size as it prints them. Old ones leave the state out."""

    id: str = msgspec.field(name="ID")
    names: str
    image: str
    created_at: str
    state: str = "running"
    labels: str = ""
    size: str = ""


class Past(msgspec.Struct, frozen=True, rename="pascal"):
    """A line of `docker history --no-trunc --format json`, newest first; the size as it prints it."""

    id: str = msgspec.field(name="ID")
    created_by: str
    size: str
    comment: str = ""


_T = TypeVar("_T")


def images_in(result: Result) -> tuple[Image, ...]:
    """The images that a step printed, in its order. Raises TemplateError for anything but JSON of Docker."""
    return tuple(item for item in _objects(result) if isinstance(item, Image))


def containers_in(result: Result) -> tuple[Container | Listed, ...]:
    """The containers that a step printed, oldest first. Raises TemplateError for anything but JSON of Docker."""
    found = [item for item in _objects(result) if isinstance(item, Container | Listed)]
    found.reverse()  # Docker lists the newest first, and times may be whole seconds
    return tuple(sorted(found, key=lambda each: each.created_at if isinstance(each, Listed) else each.created))


def history_in(result: Result) -> tuple[Past, ...]:
    """The lines of a history, newest first. Raises TemplateError for anything else."""
    hint = "history= wants `docker history --no-trunc --format json IMAGE`"
    return tuple(_typed(document, Past, hint) for document in _documents(result, hint))


def _objects(result: Result) -> Iterator[Image | Container | Listed]:
    for document in _documents(result, _HINT):
        if "RootFS" in document:
            yield _typed(document, Image, _HINT)
        elif "Names" in document:
            yield _typed(document, Listed, _HINT)
        elif "State" in document:
            yield _typed(document, Container, _HINT)
        else:
            raise TemplateError("this step shows neither images nor containers", hint=_HINT)


def _documents(result: Result, hint: str) -> list[dict[str, Any]]:
    """The JSON objects of a step: one array, or one after the other."""
    text = getattr(result, "text", None)
    if not isinstance(text, str):
        raise TemplateError(f"a figure is drawn from steps, not from {type(result).__name__}", hint="write steps.NAME")
    decoder = json.JSONDecoder()
    found: list[object] = []
    position = 0
    try:
        while text[position:].strip():
            position += len(text[position:]) - len(text[position:].lstrip())
            document, position = decoder.raw_decode(text, position)
            found += document if isinstance(document, list) else [document]
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"the output of this step is no JSON: {error}", hint=hint) from None
    objects = [each for each in found if isinstance(each, dict)]
    if not found or len(objects) != len(found):
        raise TemplateError("the output of this step holds " + ("other JSON" if found else "nothing"), hint=hint)
    return objects


def _typed(document: Mapping[str, Any], kind: type[_T], hint: str) -> _T:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise TemplateError(f"this is not what Docker prints: {error}", hint=hint) from None


def directories(driver: GraphDriver | None) -> tuple[str, ...]:
    """The directories of overlay2, bottom first, by name; empty where the storage driver has none."""
    data = driver.data if driver else None
    if data is None or not data.upper_dir:
        return ()
    paths = [data.upper_dir, *(data.lower_dir.split(":") if data.lower_dir else ())]
    return tuple(_directory(path) for path in reversed(paths))


def _directory(path: str) -> str:
    return path.removesuffix("/diff").rpartition("/")[2]


def chain(layers: Sequence[str]) -> tuple[str, ...]:
    """For each layer what it is together with all below it: two are the same only where these are."""
    return tuple(">".join(layers[: number + 1]) for number in range(len(layers)))
