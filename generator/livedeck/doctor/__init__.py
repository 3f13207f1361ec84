"""What this machine and this course have, what they lack, which commands that affects, and how to fix it."""

from livedeck.doctor.docker_checks import boot
from livedeck.doctor.examination import examine
from livedeck.doctor.output import as_lines, as_values, exit_code
from livedeck.doctor.probe import Finding

__all__ = ["Finding", "as_lines", "as_values", "boot", "examine", "exit_code"]
