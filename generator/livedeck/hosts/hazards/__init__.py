"""Find the commands of a deck that would destroy something on a machine that is still needed.

The list is for people to read before they add `--disposable`. It is not a fence: a program can always do more than its
name says.
"""

from livedeck.hosts.hazards.refusing import Hazard, refusal
from livedeck.hosts.hazards.scanning import destructive

__all__ = ["Hazard", "destructive", "refusal"]
