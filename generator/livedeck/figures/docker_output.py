"""What Docker prints about images and containers, as JSON, as far as figures need it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, TypeVar

import msgspec

from livedeck.errors import TemplateError, refusing

_HINT = "figures want the JSON of `docker image inspect`, `docker inspect` or `docker ps --no-trunc --format json`"
_HISTORY_HINT = "history= wants `docker history --no-trunc --format json IMAGE`"


class RootFS(msgspec.Struct, frozen=True, rename="pascal"):
    """The layers of an image, bottom first."""

    layers: tuple[str, ...] | None = None


class GraphData(msgspec.Struct, frozen=True, rename="pascal"):
    """Directories of overlay2: the uppermost, and those below it, top first, separated by colons."""

    lower_dir: str = ""
    upper_dir: str = ""


class GraphDriver(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a storage driver keeps the layers; with containerd's image store there is no `data`."""

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

    @property
    def keys(self) -> tuple[str, ...]:
        """For each layer what it is together with all below it: two layers are the same only if these are."""
        return tuple(accumulate(self.root_fs.layers or (), "{}>{}".format))


class ContainerState(msgspec.Struct, frozen=True, rename="pascal"):
    """What a container does now."""

    status: str


class Container(msgspec.Struct, frozen=True, rename="pascal"):
    """An element of `docker inspect CONTAINER`; the size, in bytes, is there with `--size`."""

    id: str
    name: str
    image: str
    created: str
    state: ContainerState
    config: Config
    size_rw: int | None = None
    graph_driver: GraphDriver | None = None


class ListedContainer(msgspec.Struct, frozen=True, rename="pascal"):
    """A line of `docker ps --format json`; labels and size as it prints them. Old Dockers leave the state out."""

    id: str = msgspec.field(name="ID")
    name: str = msgspec.field(name="Names")
    image: str
    created: str = msgspec.field(name="CreatedAt")
    state: str = "running"
    labels: str = ""
    size: str = ""


class HistoryLine(msgspec.Struct, frozen=True, rename="pascal"):
    """A line of `docker history --no-trunc --format json`, newest first; the size as it prints it."""

    id: str = msgspec.field(name="ID")
    created_by: str
    size: str
    comment: str = ""


_T = TypeVar("_T")
_Item = Image | ListedContainer | Container
# The first of these keys that an object has tells what it is.
_KINDS: Mapping[str, type[_Item]] = {"RootFS": Image, "Names": ListedContainer, "State": Container}


def images_in(results: Iterable[object]) -> list[Image]:
    """Return the images that steps printed, in their order. Raises TemplateError for anything but JSON of Docker."""
    return [item for result in results for item in _objects(result) if isinstance(item, Image)]


def containers_in(result: object) -> list[Container | ListedContainer]:
    """Return the containers that a step printed, oldest first. Raises TemplateError for anything but JSON of Docker."""
    found = [item for item in _objects(result) if isinstance(item, Container | ListedContainer)]
    found.reverse()  # Docker lists the newest first, and times may be whole seconds
    return sorted(found, key=lambda each: each.created)


def history_in(result: object) -> list[HistoryLine]:
    """Return the lines of a history, newest first. Raises TemplateError for anything else."""
    return [_typed(document, HistoryLine, _HISTORY_HINT) for document in _documents(result, _HISTORY_HINT)]


def _objects(result: object) -> Iterator[_Item]:
    for document in _documents(result, _HINT):
        kind = next((kind for key, kind in _KINDS.items() if key in document), None)
        if kind is None:
            raise TemplateError("this step shows neither images nor containers", hint=_HINT)
        yield _typed(document, kind, _HINT)


def _documents(result: object, hint: str) -> list[dict[str, Any]]:
    """Return the JSON objects of a step: one array, or one after the other."""
    text = getattr(result, "text", None)
    if not isinstance(text, str):
        raise TemplateError(f"a figure is drawn from steps, not from {type(result).__name__}", hint="write steps.NAME")
    found: list[object] = []
    rest = text.lstrip()
    with refusing(lambda reason: TemplateError(f"the output of this step is not JSON: {reason}", hint=hint)):
        while rest:
            document, end = json.JSONDecoder().raw_decode(rest)
            found += document if isinstance(document, list) else [document]
            rest = rest[end:].lstrip()
    objects = [each for each in found if isinstance(each, dict)]
    if not found or len(objects) != len(found):
        raise TemplateError("the output of this step holds " + ("other JSON" if found else "nothing"), hint=hint)
    return objects


def _typed(document: Mapping[str, Any], kind: type[_T], hint: str) -> _T:
    with refusing(lambda reason: TemplateError(f"this is not what Docker prints: {reason}", hint=hint)):
        return msgspec.convert(document, kind)


def directories(driver: GraphDriver | None) -> list[str]:
    """Return the names of the directories of overlay2, bottom first; none for another storage driver."""
    data = driver.data if driver else None
    if data is None or not data.upper_dir:
        return []
    paths = [data.upper_dir, *filter(None, data.lower_dir.split(":"))]
    return [path.removesuffix("/diff").rpartition("/")[2] for path in reversed(paths)]
