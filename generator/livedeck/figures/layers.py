"""Stacks out of what Docker printed: which layers an image or a container has, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from livedeck.errors import TemplateError
from livedeck.figures import docker
from livedeck.figures.docker import Container, Image, Listed, Past
from livedeck.figures.stacks import Layer, Stack

_SHORT = 12
_NO_LAYER = re.compile(
    r"(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b"
)
_SHELL = re.compile(r"^(?:\|\d+ .*?)?/bin/sh -c ")
_LONG_ID = re.compile(r"(?<![0-9a-f])([0-9a-f]{12})[0-9a-f]{52}(?![0-9a-f])")
_DIRECTORIES = 'only overlay2 has a directory for each layer: leave ids="directory" out'


@dataclass(frozen=True, slots=True)
class Known:
    """What a history says of a layer."""

    command: str
    size: str


def named(images: Sequence[Image]) -> tuple[Image, ...]:
    """The images, each once. Raises TemplateError where there is none, or one has no layers."""
    if not images:
        raise TemplateError("these steps show no image", hint="add a step with `docker image inspect`")
    once = {image.id: image for image in images}
    for image in once.values():
        if not image.root_fs.layers:
            raise TemplateError(f"the image {_title(image)} has no layers")
    return tuple(once.values())


def known(images: Sequence[Image], histories: Sequence[Sequence[Past]]) -> Mapping[str, Known]:
    """What histories say of layers, by their keys. Raises TemplateError for a history that is of none of the images."""
    found: dict[str, Known] = {}
    for history in histories:
        image = next((image for image in images if _same(image, history[0].id)), None)
        if image is None:
            raise TemplateError(
                f"this history is of none of the images shown: it begins with {history[0].id}",
                hint="inspect that image too, and have `docker history` print whole ids (--no-trunc)",
            )
        keys = docker.chain(image.root_fs.layers or ())
        for key, line in zip(keys, _with_layer(history, len(keys)), strict=True):
            found[key] = Known(_command(line), _size(line.size))
    return found


def image_stack(image: Image, facts: Mapping[str, Known], before: frozenset[str], *, directory: bool) -> Stack:
    """An image; layers whose keys are not among `before` are new, where that holds anything."""
    layers = [
        replace(layer, kind="new") if before and layer.key not in before else layer
        for layer in _layers(image, facts, directory=directory)
    ]
    return Stack(_title(image), (_short(image.id) + _unpacked(image),), tuple(layers))


def _unpacked(image: Image) -> str:
    """What the layers take up together, where Docker says it; compressed they are less than the sizes of the rows."""
    compressed = image.graph_driver is not None and image.graph_driver.data is None
    return "" if compressed else f" · {_bytes(image.size)}"


def container_stack(
    container: Container | Listed, images: Sequence[Image], facts: Mapping[str, Known], label: str, *, directory: bool
) -> Stack:
    """A container on its image, the layer it writes to on top. Raises TemplateError where its image is not shown."""
    image = next((image for image in images if _is_called(image, container.image)), None)
    title = container.names if isinstance(container, Listed) else container.name.removeprefix("/")
    if image is None:
        hint = "give the figure a step with `docker image inspect` of that image too"
        raise TemplateError(f"the image {container.image} of the container {title} is not shown", hint=hint)
    if isinstance(container, Listed):
        labels = dict(pair.partition("=")[::2] for pair in container.labels.split(",") if pair)
        size, state = container.size.partition(" (")[0], container.state
        own: tuple[str, ...] = ()
    else:
        labels = dict(container.config.labels or {})
        size = "" if container.size_rw is None else _bytes(container.size_rw)
        state, own = container.state.status, docker.directories(container.graph_driver)
    inherited = (image.config.labels if image.config else None) or {}
    words = [f"{name}={value}" if value else name for name, value in labels.items() if inherited.get(name) != value]
    name, command = (_short(own[-1]), label) if directory and own else (label, "")
    top = Layer(container.id, name, command, size, "read-write")
    details = [_short(container.id) + (f" · {state}" if state != "running" else ""), " ".join(words)]
    layers = (*_layers(image, facts, directory=directory), top)
    return Stack(title, tuple(detail for detail in details if detail), layers)


def _layers(image: Image, facts: Mapping[str, Known], *, directory: bool) -> list[Layer]:
    ids = image.root_fs.layers or ()
    names: Sequence[str] = docker.directories(image.graph_driver) if directory else ids
    if len(names) != len(ids):
        raise TemplateError(f"nothing says in which directories the layers of {_title(image)} lie", hint=_DIRECTORIES)
    unknown = Known("", "")
    return [
        Layer(key, _short(name), facts.get(key, unknown).command, facts.get(key, unknown).size)
        for key, name in zip(docker.chain(ids), names, strict=True)
    ]


def _with_layer(history: Sequence[Past], layers: int) -> list[Past]:
    """The lines of a history that made a layer, oldest first. Docker does not say which did, but how many layers."""
    lines = list(reversed(history))
    lasting = [line for line in lines if not _NO_LAYER.match(_command(line))]
    candidates = (
        lasting,
        [line for line in lasting if not _command(line).startswith("WORKDIR") or not _is_empty(line.size)],
        [line for line in lines if not _is_empty(line.size)],
    )
    for candidate in candidates:
        if len(candidate) == layers:
            return candidate
    counts = f"{len(lasting)} of its {len(lines)} lines can have made a layer, and the image has {layers}"
    raise TemplateError(f"this history does not fit its image: {counts}", hint="leave history= out")


def _command(line: Past) -> str:
    """The instruction of a Dockerfile, or what else made a layer, in one line."""
    text = " ".join(line.created_by.split()).removesuffix(" # buildkit")
    if _SHELL.match(text):
        text = _SHELL.sub("", text)
        text = text.removeprefix("#(nop)").strip() if text.startswith("#(nop)") else f"RUN {text}"
    elif text.startswith("RUN "):
        text = "RUN " + _SHELL.sub("", text.removeprefix("RUN "))
    return _LONG_ID.sub(r"\1", text) or line.comment


def _is_empty(size: str) -> bool:
    return size in ("0", "0B")


def _size(size: str) -> str:
    return _bytes(int(size)) if size.isascii() and size.isdigit() else size


def _bytes(number: float) -> str:
    """A size as Docker writes it: three digits, decimal units."""
    units = ("B", "kB", "MB", "GB", "TB")
    unit = 0
    while number >= 1000 and unit < len(units) - 1:  # noqa: PLR2004 (decimal units)
        number, unit = number / 1000, unit + 1
    return f"{number:.3g}{units[unit]}" if number < 1000 else f"{number:.0f}{units[unit]}"  # noqa: PLR2004


def _short(name: str) -> str:
    return name.rpartition(":")[2][:_SHORT]


def _title(image: Image) -> str:
    return ", ".join(image.repo_tags or ()) or _short(image.id)


def _same(image: Image, name: str) -> bool:
    return image.id.removeprefix("sha256:") == name.removeprefix("sha256:")


def _is_called(image: Image, name: str) -> bool:
    """Whether `name`, as a container has it, is this image: its id, also a short one, or a name of it."""
    names = {*(image.repo_tags or ()), *(image.repo_digests or ())}
    digits = name.removeprefix("sha256:")
    is_id = len(digits) >= _SHORT and image.id.removeprefix("sha256:").startswith(digits)
    return is_id or name in names or f"{name}:latest" in names
