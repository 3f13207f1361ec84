"""What a made-up project needs of this repository to build slides."""

from __future__ import annotations

from pathlib import Path

SOURCE = Path(__file__).parents[1]
FONTS = Path("build", ".marp", "fonts")
SHELF = SOURCE / FONTS.with_name("fonts-of-tests")
"""Apart from the fonts of this repository's own decks, for which tests would leave no place."""


def furnish(root: Path) -> None:
    """Give the project at `root` the themes and the Node packages of this repository, and the fonts that tests cut."""
    equip(root)
    share_fonts(root)


def equip(root: Path) -> None:
    """Give the project at `root` the themes and the Node packages of this repository, and nothing in `build/`."""
    for name in ("themes", "node_modules"):
        (root / name).symlink_to(SOURCE / name)


def share_fonts(root: Path) -> None:
    """Fonts once cut serve all tests; what they are called says all about them."""
    SHELF.mkdir(parents=True, exist_ok=True)
    (root / FONTS).parent.mkdir(parents=True)
    (root / FONTS).symlink_to(SHELF)
