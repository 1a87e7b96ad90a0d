"""The conventions that spec.toml states; they outrank the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from msgspec.structs import asdict

from apiscribe.diagnostics.codes.settings import unknown_convention, unknown_convention_field
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.lower.conventions.filters import Filter
from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Method, Service
from apiscribe.model.convention_settings import ConventionSettings
from apiscribe.model.conventions import ErrorShape, Paging, Sorting
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.types import MessageRef

_SPAN = Span("spec.toml", 1, 1)
_FIELDS = ("size", "position", "sort", "order", "fields")
_LIMITS = ("default", "maximum", "first")


class StatedConventions:
    """The conventions in spec.toml, by the full name of a method or a service."""

    def __init__(
        self,
        stated: Mapping[str, ConventionSettings],
        services: Mapping[str, Service],
        messages: Messages,
    ) -> None:
        self._stated, self._services, self._messages = stated, services, messages

    def report_unknown(self, report: Report) -> None:
        """Report the names of methods and services that no page declares."""
        known = [f"{name}.{m.name}" for name, s in self._services.items() for m in s.methods]
        known += self._services
        for name in self._stated.keys() - set(known):
            report.add(unknown_convention(name, report.did_you_mean(name, known)), _SPAN)

    def plain_numbers(self, service: str) -> bool | None:
        """Return whether a service has plain numbers; None if nothing states it."""
        return self._stated[service].plain_numbers if service in self._stated else None

    def errors(self, service: str, derived: ErrorShape | None) -> ErrorShape | None:
        """Return the errors of a service: what spec.toml states, or else what is derived."""
        stated = self._stated.get(service, ConventionSettings())
        shape = derived
        if stated.errors is not None:
            shape = ErrorShape(fields=stated.errors) if stated.errors else None
            shape = replace(shape, invalid=derived.invalid) if shape and derived else shape
        if stated.invalid is not None and shape:
            shape = replace(shape, invalid=stated.invalid)
        return shape

    def of_method(self, service: str, method: Method) -> ConventionSettings:
        """Return the conventions of a method. An entry of its service counts for the answers that
        have its paths.
        """
        entries = (self._stated.get(name) for name in (service, f"{service}.{method.name}"))
        values = {
            name: value
            for entry in entries
            if entry
            for name, value in asdict(entry).items()
            if value is not None
        }
        for part in ("rows", "row"):
            if values.get(part) and not self._fits(method.response, part, values[part]):
                del values[part]
        facts = values.get("facts", {}).items()
        fitting = {f: p for f, p in facts if not p or self._fits(method.response, "facts", p)}
        return ConventionSettings(**{**values, "facts": fitting})

    def check_fields(
        self, service: str, method: Method, resource: Resource | None, report: Report
    ) -> None:
        """Report the fields for a method that its messages lack."""
        name = f"{service}.{method.name}"
        entry = self._stated.get(name)
        if entry is None:
            return
        request = fields_of(method.request, self._messages)
        rows = fields_of(resource.message, self._messages) if resource else {}
        wanted = [(part, getattr(entry, part), "request", request) for part in _FIELDS]
        wanted += [("filters", field, "request", request) for field in entry.filters or ()]
        conditions = (entry.filters or {}).values()
        wanted += [("filters", text.rpartition(" ")[0], "row", rows) for text in conditions]
        wanted += [("values", field, "row", rows) for field in entry.values or ()]
        for part, field, owner, known in wanted:
            if field and field not in known:
                suggestion = report.did_you_mean(field, known)
                report.add(unknown_convention_field(field, part, name, owner, suggestion), _SPAN)
        for part, path in _paths(entry):
            if path and not self._fits(method.response, part, path):
                known = fields_of(method.response, self._messages)
                suggestion = report.did_you_mean(path, known)
                message = unknown_convention_field(path, part, name, "response", suggestion)
                report.add(message, _SPAN)

    def _fits(self, message: str, part: str, path: str) -> bool:
        """Return whether a message has a field at a path, and, for rows, one of messages."""
        *parents, last = path.split(".")
        for parent in parents:
            field = fields_of(message, self._messages).get(parent)
            message = field.type.name if field and not field.repeated else ""
        found = fields_of(message, self._messages).get(last)
        if found is None or part == "facts":
            return found is not None
        return found.repeated == (part == "rows") and isinstance(found.type, MessageRef)


def _paths(entry: ConventionSettings) -> Iterator[tuple[str, str]]:
    """Yield the paths in the response that an entry states, with the parts for them."""
    yield "rows", entry.rows or ""
    yield "row", entry.row or ""
    yield from (("facts", path) for path in (entry.facts or {}).values())


def with_stated_paging(
    standard: StandardMethod, stated: ConventionSettings, fields: Iterable[str]
) -> StandardMethod:
    """Return a list with the paging and the order that spec.toml states. An entry of a service
    counts for the methods with its `fields` in their requests.
    """
    known = {*fields, ""}
    paging, sorting = standard.paging, standard.sorting
    names = {part: value for part in _FIELDS if (value := getattr(stated, part)) in known}
    own: dict[str, Any] = {name: names[name] for name in ("size", "position") if name in names}
    limits = {part: value for part in _LIMITS if (value := getattr(stated, part)) is not None}
    if stated.paging == "none":
        paging = None
    elif stated.paging or own or (paging and limits):
        paging = replace(paging or Paging(style="offset"), **own, **limits)
        paging = replace(paging, style=stated.paging or paging.style)
    if "sort" in names or "order" in names:
        sorting = sorting or Sorting()
        sorting = Sorting(by=names.get("sort", sorting.by), order=names.get("order", sorting.order))
    return replace(standard, paging=paging, sorting=sorting)


def with_stated_answer(
    standard: StandardMethod, stated: ConventionSettings, rows: Collection[str]
) -> StandardMethod:
    """Return a standard method with the answer and the values that spec.toml states."""
    if standard.kind in ("create", "update", "replace", "set"):
        own = {name: value for name, value in (stated.values or {}).items() if name in rows}
        standard = replace(standard, values={**standard.values, **own})
    if standard.kind == "list":
        paths = {str(fact): path for fact, path in (stated.facts or {}).items()}
        facts = {**standard.page_facts, **paths}
        has_header = standard.link_header if stated.link_header is None else stated.link_header
        return replace(
            standard,
            results=standard.results if stated.rows is None else stated.rows,
            page_facts={fact: path for fact, path in facts.items() if path},
            link_header=has_header,
        )
    return standard if stated.row is None else replace(standard, returned=stated.row)


def stated_filters(
    stated: ConventionSettings, fields: Iterable[str], rows: Iterable[str]
) -> dict[str, Filter]:
    """Return the filters that spec.toml states, by parameter; one without a condition has an empty
    operator. An entry of a service counts where the request and the rows have its fields.
    """
    known, in_rows = set(fields), {*rows, ""}
    result = {}
    for name, text in (stated.filters or {}).items():
        field, _, operator = text.rpartition(" ")
        if name in known and field in in_rows:
            result[name] = field, operator
    return result
