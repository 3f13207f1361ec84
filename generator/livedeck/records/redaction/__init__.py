"""What must not reach a record, a slide, a terminal or a log: secrets, and the operator's own name and home."""

from livedeck.records.redaction.commands import secrets_in
from livedeck.records.redaction.found import Found
from livedeck.records.redaction.redactor import INPUT, Operator, Redactor, mark, redactor

__all__ = ["INPUT", "Found", "Operator", "Redactor", "mark", "redactor", "secrets_in"]
