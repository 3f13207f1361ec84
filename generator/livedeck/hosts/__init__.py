"""Hosts: machines on which a deck's commands are typed."""

from livedeck.hosts.sandbox.cleaning import clean
from livedeck.hosts.sandbox.memory import fitting
from livedeck.hosts.sandbox.sandbox import Sandbox, open_sandbox

__all__ = ["Sandbox", "clean", "fitting", "open_sandbox"]
