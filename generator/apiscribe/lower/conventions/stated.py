"""The conventions that spec.toml states; they outrank the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from msgspec.structs import asdict

from apiscribe.diagnostics.codes.settings import unknown_convention, unknown_convention_field
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Method, Service
from apiscribe.model.conventions import Paging, Sorting
from apiscribe.model.resources import StandardMethod
from apiscribe.model.settings import ConventionSettings

_SPAN = Span("spec.toml", 1, 1)
_FIELDS = ("size", "position", "sort", "order")


class StatedConventions:
    """The conventions in spec.toml, by the full name of a method or a service."""

    def __init__(
        self, stated: Mapping[str, ConventionSettings], services: Mapping[str, Service]
    ) -> None:
        self._stated, self._services = stated, services

    def report_unknown(self, report: Report) -> None:
        """Report the names of methods and services that no page declares."""
        known = [f"{name}.{m.name}" for name, s in self._services.items() for m in s.methods]
        known += self._services
        for name in self._stated.keys() - set(known):
            report.add(unknown_convention(name, report.did_you_mean(name, known)), _SPAN)

    def plain_numbers(self, service: str) -> bool | None:
        """Return whether a service has plain numbers; None if nothing states it."""
        return self._stated[service].plain_numbers if service in self._stated else None

    def of_method(self, service: str, method: Method) -> ConventionSettings:
        """Return the conventions of a method."""
        entries = (self._stated.get(name) for name in (service, f"{service}.{method.name}"))
        values = {
            name: value
            for entry in entries
            if entry
            for name, value in asdict(entry).items()
            if value is not None
        }
        return ConventionSettings(**values)

    def check_fields(
        self, service: str, method: Method, messages: Messages, report: Report
    ) -> None:
        """Report the fields for a method that its request lacks."""
        name = f"{service}.{method.name}"
        entry = self._stated.get(name)
        known = fields_of(method.request, messages)
        for part in _FIELDS if entry else ():
            field = getattr(entry, part)
            if field and field not in known:
                suggestion = report.did_you_mean(field, known)
                report.add(unknown_convention_field(field, part, name, suggestion), _SPAN)


def with_stated(
    standard: StandardMethod, stated: ConventionSettings, fields: Iterable[str]
) -> StandardMethod:
    """Return a list with the paging and the order that spec.toml states. An entry of a service
    counts for the methods whose requests have its `fields`.
    """
    known = {*fields, ""}
    paging, sorting = standard.paging, standard.sorting
    names = {part: value for part in _FIELDS if (value := getattr(stated, part)) in known}
    own = {name: names[name] for name in ("size", "position") if name in names}
    if stated.paging == "none":
        paging = None
    elif stated.paging or own or (paging and stated.default is not None):
        paging = replace(paging or Paging(style="offset"), **own)
        paging = replace(
            paging,
            style=stated.paging or paging.style,
            default=paging.default if stated.default is None else stated.default,
        )
    if "sort" in names or "order" in names:
        sorting = sorting or Sorting()
        sorting = Sorting(by=names.get("sort", sorting.by), order=names.get("order", sorting.order))
    return replace(standard, paging=paging, sorting=sorting)
