"""The small project of tests/flow, and its command line."""

from __future__ import annotations

from tests.flow.conftest import project

__all__ = ["project"]
