"""Captures: a real bash in a real terminal, and what its screen showed."""

from livedeck.capture.session import Session

__all__ = ["Session"]
