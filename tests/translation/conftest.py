"""The small project of the command-line tests, and the browser of the export's, here too."""

from tests.export.conftest import browser
from tests.flow.conftest import project

__all__ = ["browser", "project"]
