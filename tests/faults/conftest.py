"""What every fault test needs: courses of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.place import Place, new_place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return new_place(tmp_path / "course")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Place]:
    """Makes courses that last as long as the module."""
    folder = tmp_path_factory.mktemp("faults")
    return lambda: new_place(folder / uuid.uuid4().hex[:8])
