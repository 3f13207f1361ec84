"""What a deck may publish: pictures that slides show, and files that they link. Decided here and nowhere else.

`types` lists what is allowed, `svg`, `css` and `raster` look into pictures, `reading` opens files, within bounds.
"""

from livedeck.project.publishing.reading import opened, read
from livedeck.project.publishing.refusal import Refusal
from livedeck.project.publishing.types import Kind, pillow_format

__all__ = ["Kind", "Refusal", "opened", "pillow_format", "read"]
