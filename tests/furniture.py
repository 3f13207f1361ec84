"""What a made-up project needs of this repository to build slides."""

from __future__ import annotations

from pathlib import Path

SOURCE = Path(__file__).parents[1]
FONTS = Path("build", ".marp", "fonts")


def furnish(root: Path) -> None:
    """Give the project at `root` the themes, the Node packages and the cut fonts of this repository."""
    for name in ("themes", "node_modules"):
        (root / name).symlink_to(SOURCE / name)
    share_fonts(root)


def share_fonts(root: Path) -> None:
    """Fonts once cut serve all tests; what they are called says all about them."""
    for project in (SOURCE, root):
        (project / FONTS.parent).mkdir(parents=True, exist_ok=True)
    (SOURCE / FONTS).mkdir(exist_ok=True)
    (root / FONTS).symlink_to(SOURCE / FONTS)
