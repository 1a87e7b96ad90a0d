"""Checks of a complete Api for mistakes in its documentation.

To add one: a module with a function, a row in `CHECKS`, a code in `diagnostics/codes`, a case
folder.
"""

from __future__ import annotations

from collections.abc import Callable

from apiscribe.diagnostics.report import Report
from apiscribe.lower.checks.cycles import check_package_cycles
from apiscribe.lower.checks.examples import check_examples
from apiscribe.lower.checks.routes import check_duplicate_routes
from apiscribe.model.api import Api

Check = Callable[[Api, Report], None]

CHECKS: tuple[Check, ...] = (check_duplicate_routes, check_package_cycles, check_examples)


def check(api: Api, report: Report) -> None:
    """Run every check."""
    for run in CHECKS:
        run(api, report)
