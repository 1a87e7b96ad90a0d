"""Check the routes of an API against each other."""

from __future__ import annotations

import re

from apiscribe.diagnostics.codes.methods import duplicate_route
from apiscribe.diagnostics.report import Report
from apiscribe.model.api import Api, Method, Route, Service


def check_duplicate_routes(api: Api, report: Report) -> None:
    """Report routes that two methods have in common: over HTTP, only the first is reachable."""
    first: dict[tuple[str, str], tuple[str, Route]] = {}
    for _, service in api.services():
        for method in service.methods:
            for route in method.routes:
                before = first.setdefault(_shape(route), (f"{service.name}.{method.name}", route))
                if before[1] is not route:
                    _report(service, method, route, before, report)


def _shape(route: Route) -> tuple[str, str]:
    """Return what decides which requests a route matches: all but the names of parameters."""
    return route.verb, re.sub(r"\{[^{}]*\}", "{}", route.path)


def _report(
    service: Service, method: Method, route: Route, before: tuple[str, Route], report: Report
) -> None:
    name, first = before
    other = name.rpartition(".")[0]
    report.add(
        duplicate_route(method.name, route.verb, route.path, name, first.span),
        route.span,
        mark=route.path,
        # A page that was begun as a copy keeps all routes of the other service.
        cause=f"{service.full_name} {other}" if other != service.name else "",
    )
