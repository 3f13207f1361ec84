"""Capture: type commands into a real bash in a real terminal, and keep what its screen showed."""

from livedeck.capture.session import Session

__all__ = ["Session"]
