"""Captures: a real bash in a real terminal, and what its screen showed."""

from generator.capture.session import Session

__all__ = ["Session"]
