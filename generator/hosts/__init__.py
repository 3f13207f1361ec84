"""Hosts: machines on which a deck's commands are typed."""

from generator.hosts.cleaning import clean
from generator.hosts.sandbox import Sandbox, open_sandbox

__all__ = ["Sandbox", "clean", "open_sandbox"]
