"""Which commands of a deck would destroy what on a machine that somebody needs.

The list is for people to read before they say `--disposable`, and no fence: a program may always do more than its name
says. What is known to remove, stop or overwrite is listed; so is what cannot be known before it runs.
"""

from livedeck.hosts.hazards.finding import destructive
from livedeck.hosts.hazards.refusing import Hazard, refusal

__all__ = ["Hazard", "destructive", "refusal"]
