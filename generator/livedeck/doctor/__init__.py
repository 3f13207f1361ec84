"""What is there on this machine and in this course, what is missing, which commands that affects, and what mends it."""

from livedeck.doctor.examination import examine
from livedeck.doctor.finding import Finding
from livedeck.doctor.report import as_json, as_lines, exit_code
from livedeck.doctor.sources import boot

__all__ = ["Finding", "as_json", "as_lines", "boot", "examine", "exit_code"]
