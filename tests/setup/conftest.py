"""Machines made of stubs: one with nothing on it, and one that is set up."""

import pytest

from tests.setup.stubs import Machine


@pytest.fixture
def fresh(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def ready(fresh):
    done = fresh.set_up("test")
    assert done.returncode == 0, done.stdout
    return fresh
