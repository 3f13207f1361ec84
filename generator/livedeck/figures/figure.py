"""`figure` in templates: draws what steps printed."""

from __future__ import annotations

from collections.abc import Sequence

from livedeck.errors import TemplateError
from livedeck.figures import layers
from livedeck.figures.docker_output import Image, containers_in, history_in, images_in
from livedeck.figures.stack_layout import lay_out
from livedeck.figures.stacks import Stack, joined
from livedeck.model import Drawing, FigureLabels

_WIDTHS, _HEIGHTS = range(480, 1185), range(160, 601)
_IDS = ("layer", "directory")


class Figure:
    """The figures of a course, with the words of one language. Equal steps give equal bytes.

    Everything raises TemplateError for steps that do not show what the figure needs, and for sizes that do not fit.
    """

    def __init__(self, labels: FigureLabels) -> None:
        self._labels = labels

    def images(
        self,
        *steps: object,
        history: object = (),
        before: object = (),
        shared: bool = False,
        ids: str = "layer",
        width: int = 1184,
        height: int = 480,
    ) -> Drawing:
        """Draw the layers of the images that `steps` inspected, side by side; shared layers once, across them.

        Args:
            steps: `docker image inspect`.
            history: `docker history` of some of them, for the command and the size of each layer.
            before: `docker image inspect` of an earlier time: layers that no image had then are marked as new.
            shared: insist that there is a layer which all of them share.
            ids: what names a layer: `layer` for its own id, or `directory` for its directory of overlay2.
            width: of the figure, in px of a slide.
            height: the most it may take, in px of a slide.
        """
        images, facts = _shown(steps, history)
        earlier = images_in(_several(before))
        old = frozenset(key for image in earlier for key in image.keys)
        directory = _is_directory(ids)
        stacks = [layers.image_stack(image, facts, old, directory=directory) for image in images]
        if earlier and not any(layer.kind == "new" for stack in stacks for layer in stack.layers):
            raise TemplateError("none of these layers is new", hint="before= wants a step that ran before the change")
        return self._draw("images", stacks, shared, width, height)

    def containers(
        self,
        *steps: object,
        history: object = (),
        shared: bool = False,
        ids: str = "layer",
        width: int = 1184,
        height: int = 480,
    ) -> Drawing:
        """Draw the containers that `steps` list, each with the layer it writes to, on the layers of its image.

        Args:
            steps: `docker ps --no-trunc --format json` or `docker inspect`, and `docker image inspect` of their images.
            history: as for images.
            shared: insist that there is a layer which all of them share.
            ids: as for images; the directory that a container writes to is known from `docker inspect` alone.
            width: as for images.
            height: as for images.
        """
        images, facts = _shown(steps, history)
        containers = {container.id: container for step in steps for container in containers_in(step)}
        if not containers:
            raise TemplateError("these steps show no container", hint="add a step with `docker ps --format json`")
        directory, label = _is_directory(ids), self._labels.read_write
        stacks = [
            layers.container_stack(container, images, facts, label, directory=directory)
            for container in containers.values()
        ]
        return self._draw("containers", stacks, shared, width, height)

    def _draw(self, kind: str, stacks: Sequence[Stack], shared: bool, width: int, height: int) -> Drawing:
        if width not in _WIDTHS or height not in _HEIGHTS:
            limits = f"width is {_WIDTHS[0]} to {_WIDTHS[-1]}, height {_HEIGHTS[0]} to {_HEIGHTS[-1]}"
            raise TemplateError(f"a figure of {width} x {height} px does not fit a slide", hint=limits)
        if shared and (len(stacks) < 2 or len(joined(stacks)[1]) > 1):  # noqa: PLR2004 (alone nothing is shared)
            names = ", ".join(stack.name for stack in stacks)
            raise TemplateError(f"no layer is shared by all of {names}", hint="leave shared= out, or show others")
        from livedeck.figures.drawing import draw  # noqa: PLC0415 (decks without figures do not need the library)

        return draw(kind, lay_out(stacks, width, height), self._labels)


def _is_directory(ids: str) -> bool:
    if ids not in _IDS:
        raise TemplateError(f"ids={ids!r} is not one of {', '.join(_IDS)}")
    return ids == "directory"


def _several(steps: object) -> Sequence[object]:
    return steps if isinstance(steps, list | tuple) else (steps,)


def _shown(steps: Sequence[object], history: object) -> tuple[Sequence[Image], layers.Facts]:
    images = layers.unique(images_in(steps))
    return images, layers.facts_of(images, [history_in(step) for step in _several(history)])
