"""The price of a captured command stays within its limit."""

from __future__ import annotations

import os

from tests.benchmarks.session_overhead import LIMIT, measure
from tests.capture.kinds import sandbox


def test_a_command_costs_at_most_its_limit() -> None:
    with sandbox(dict(os.environ)) as host:
        for command in ("true", "false"):
            result = measure(host, command)
            assert result.times <= LIMIT, result
