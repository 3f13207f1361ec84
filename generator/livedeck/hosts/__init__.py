"""The machines on which the commands of a deck are typed."""

from livedeck.hosts.sandbox.cleaning import clean
from livedeck.hosts.sandbox.memory import fitting
from livedeck.hosts.sandbox.sandbox import Sandbox, open_sandbox

__all__ = ["Sandbox", "clean", "fitting", "open_sandbox"]
