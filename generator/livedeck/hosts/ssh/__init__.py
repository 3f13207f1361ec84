"""Machines reached over ssh as hosts."""
