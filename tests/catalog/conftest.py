"""The small project of the command-line tests, here too."""

from tests.flow.conftest import project

__all__ = ["project"]
