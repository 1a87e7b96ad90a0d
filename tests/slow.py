"""The marker `slow`: `make check` leaves these tests out, and only they may start a server.

A server, a browser, PostgreSQL, a build in a process of its own and an installation with pip or npm
take seconds each. The pages of the corpus are slow too: there are many.
"""

from __future__ import annotations

import pytest


class _Run:
    test: pytest.Item | None = None  # None outside of pytest: `make load`, benchmarks


def enter_test(test: pytest.Item) -> None:
    """Remember the test whose fixtures are set up next."""
    _Run.test = test


def require_slow() -> None:
    """Fail the current test unless it is marked `slow`."""
    if _Run.test is not None and _Run.test.get_closest_marker("slow") is None:
        pytest.fail("starts a server, a database or an installation: mark it pytest.mark.slow")
