"""The layers of an image or a container, and what Docker printed about each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from livedeck.errors import TemplateError
from livedeck.figures.docker_output import Container, HistoryLine, Image, ListedContainer, directories
from livedeck.figures.stacks import Layer, Stack

Facts = Mapping[str, tuple[str, str]]
"""The command and the size of layers, by key."""

_SHORT = 12
_NO_LAYER = re.compile(
    r"(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b"
)
_SHELL = re.compile(r"^(?:\|\d+ .*?)?/bin/sh -c ")
_LONG_ID = re.compile(r"(?<![0-9a-f])([0-9a-f]{12})[0-9a-f]{52}(?![0-9a-f])")
_EMPTY = ("0", "0B")
_UNITS = ("B", "kB", "MB", "GB", "TB")


def unique(images: Sequence[Image]) -> tuple[Image, ...]:
    """Return the images, each once. Raises TemplateError if there are none, or one has no layers."""
    if not images:
        raise TemplateError("these steps show no image", hint="add a step with `docker image inspect`")
    for image in images:
        if not image.keys:
            raise TemplateError(f"the image {_title(image)} has no layers")
    return tuple({image.id: image for image in images}.values())


def facts_of(images: Sequence[Image], histories: Sequence[Sequence[HistoryLine]]) -> Facts:
    """Return what histories say about layers. Raises TemplateError for a history of an image that is not among them."""
    by_id = {image.id.removeprefix("sha256:"): image for image in images}
    found: dict[str, tuple[str, str]] = {}
    for history in histories:
        image = by_id.get(history[0].id.removeprefix("sha256:"))
        if image is None:
            raise TemplateError(
                f"this history is not of an image shown: it begins with {history[0].id}",
                hint="inspect that image too, and have `docker history` print whole ids (--no-trunc)",
            )
        for key, line in zip(image.keys, _with_layer(history, len(image.keys)), strict=True):
            size = _bytes(int(line.size)) if line.size.isascii() and line.size.isdigit() else line.size
            found[key] = (_command(line), size)
    return found


def image_stack(image: Image, facts: Facts, before: frozenset[str], *, directory: bool) -> Stack:
    """Return an image as a stack; layers whose keys are not in `before` are new, unless `before` is empty."""
    layers = [
        replace(layer, kind="new") if before and layer.key not in before else layer
        for layer in _layers(image, facts, directory=directory)
    ]
    # With containerd's image store the size is that of compressed layers, less than the sizes of the rows.
    compressed = image.graph_driver is not None and image.graph_driver.data is None
    size = "" if compressed else f" · {_bytes(image.size)}"
    return Stack(_title(image), (_short(image.id) + size,), tuple(layers))


def container_stack(
    container: Container | ListedContainer, images: Sequence[Image], facts: Facts, label: str, *, directory: bool
) -> Stack:
    """Return a container as a stack: on its image, with the layer it writes to on top.

    Raises TemplateError if its image is not among `images`.
    """
    image = next((image for image in images if _is_called(image, container.image)), None)
    title = container.name.removeprefix("/")
    if image is None:
        hint = "give the figure a step with `docker image inspect` of that image too"
        raise TemplateError(f"the image {container.image} of the container {title} is not shown", hint=hint)
    own: list[str] = []
    if isinstance(container, ListedContainer):
        labels = dict(pair.partition("=")[::2] for pair in container.labels.split(",") if pair)
        size, state = container.size.partition(" (")[0], container.state
    else:
        labels = dict(container.config.labels or {})
        size = "" if container.size_rw is None else _bytes(container.size_rw)
        state, own = container.state.status, directories(container.graph_driver)
    inherited = (image.config.labels if image.config else None) or {}
    words = [f"{name}={value}" if value else name for name, value in labels.items() if inherited.get(name) != value]
    name, command = (_short(own[-1]), label) if directory and own else (label, "")
    top = Layer(container.id, name, command, size, "read-write")
    details = [_short(container.id) + (f" · {state}" if state != "running" else ""), " ".join(words)]
    return Stack(title, tuple(filter(None, details)), (*_layers(image, facts, directory=directory), top))


def _layers(image: Image, facts: Facts, *, directory: bool) -> list[Layer]:
    names = directories(image.graph_driver) if directory else image.root_fs.layers or ()
    if len(names) != len(image.keys):
        hint = 'only overlay2 has a directory for each layer: leave ids="directory" out'
        raise TemplateError(f"nothing says in which directories the layers of {_title(image)} lie", hint=hint)
    return [Layer(key, _short(name), *facts.get(key, ("", ""))) for key, name in zip(image.keys, names, strict=True)]


def _with_layer(history: Sequence[HistoryLine], layers: int) -> list[HistoryLine]:
    """Return the lines that made a layer, oldest first. Docker says only how many there are, not which."""
    lines = list(reversed(history))
    lasting = [line for line in lines if not _NO_LAYER.match(_command(line))]
    candidates = (
        lasting,
        [line for line in lasting if not _command(line).startswith("WORKDIR") or line.size not in _EMPTY],
        [line for line in lines if line.size not in _EMPTY],
    )
    for candidate in candidates:
        if len(candidate) == layers:
            return candidate
    counts = f"{len(lasting)} of its {len(lines)} lines can have made a layer, and the image has {layers}"
    raise TemplateError(f"this history does not fit its image: {counts}", hint="leave history= out")


def _command(line: HistoryLine) -> str:
    """Return the instruction of a Dockerfile, or what else made a layer, in one line."""
    text = " ".join(line.created_by.split()).removesuffix(" # buildkit")
    if _SHELL.match(text):
        text = _SHELL.sub("", text)
        text = text.removeprefix("#(nop)").strip() if text.startswith("#(nop)") else f"RUN {text}"
    elif text.startswith("RUN "):
        text = "RUN " + _SHELL.sub("", text.removeprefix("RUN "))
    return _LONG_ID.sub(r"\1", text) or line.comment


def _bytes(number: float) -> str:
    """Return a size as Docker writes it: three digits, decimal units."""
    unit = 0
    while number >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 (decimal units)
        number, unit = number / 1000, unit + 1
    return f"{number:.3g}{_UNITS[unit]}"


def _short(name: str) -> str:
    return name.rpartition(":")[2][:_SHORT]


def _title(image: Image) -> str:
    return ", ".join(image.repo_tags or ()) or _short(image.id)


def _is_called(image: Image, name: str) -> bool:
    """Return whether `name`, as a container has it, is this image: its id, also a short one, or one of its names."""
    names = {*(image.repo_tags or ()), *(image.repo_digests or ())}
    digits = name.removeprefix("sha256:")
    is_id = len(digits) >= _SHORT and image.id.removeprefix("sha256:").startswith(digits)
    return is_id or name in names or f"{name}:latest" in names
