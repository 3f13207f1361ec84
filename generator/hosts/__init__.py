"""Hosts: machines on which a deck's commands are typed."""

from generator.hosts.cleaning import clean
from generator.hosts.memory import fitting
from generator.hosts.sandbox import Sandbox, open_sandbox

__all__ = ["Sandbox", "clean", "fitting", "open_sandbox"]
