"""Conventions: the habits of an API over HTTP, each a named rule in a module of its own.

They come from names, types and documented answers, and are facts of the model: the server acts on
them, and does not know the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from apiscribe.diagnostics.report import Report
from apiscribe.lower.conventions.errors import error_shapes
from apiscribe.lower.conventions.filters import FILTER_RULES, filters_of, selected_fields
from apiscribe.lower.conventions.list_shape import ListShape
from apiscribe.lower.conventions.numbers import plain_numbers
from apiscribe.lower.conventions.page_facts import page_facts
from apiscribe.lower.conventions.page_links import link_header, page_addresses
from apiscribe.lower.conventions.paging import PAGING_RULES, page_size, paging_of
from apiscribe.lower.conventions.row_values import new_values, stated_state
from apiscribe.lower.conventions.sorting import sort_parameters
from apiscribe.lower.conventions.stated import StatedConventions, with_stated
from apiscribe.lower.conventions.status import documented_status
from apiscribe.lower.conventions.unused_fields import (
    page_parameters,
    refused_fields,
    unused_fields,
)
from apiscribe.lower.inference import rule_name
from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Method, Service
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.settings import ConventionSettings, Settings

CONVENTIONS: tuple[Callable[..., Any], ...] = (
    documented_status,
    plain_numbers,
    error_shapes,
    *PAGING_RULES,
    page_size,
    page_facts,
    page_addresses,
    link_header,
    sort_parameters,
    *FILTER_RULES.values(),
    selected_fields,
    new_values,
    stated_state,
    unused_fields,
    refused_fields,
)


def apply_conventions(
    services: Mapping[str, Service],
    dialects: Mapping[str, str],
    messages: Messages,
    settings: Settings,
    report: Report,
) -> dict[str, Service]:
    """Return the services with their conventions; facts in spec.toml outrank the rules.
    `dialects`: full name → dialect of the page.
    """
    stated = StatedConventions(settings.conventions, services)
    stated.report_unknown(report)
    errors = error_shapes(services, messages)
    result = {}
    for name, service in services.items():
        methods = []
        for method in service.methods:
            stated.check_fields(name, method, messages, report)
            own = stated.of_method(name, method)
            methods.append(_method(method, service, messages, own))
        numbers = stated.plain_numbers(name)
        result[name] = replace(
            service,
            methods=tuple(methods),
            plain_numbers=plain_numbers(dialects[name]) if numbers is None else numbers,
            errors=errors[name],
        )
    return result


def _method(
    method: Method, service: Service, messages: Messages, stated: ConventionSettings
) -> Method:
    rules, resource = {}, service.resource
    if status := documented_status(method):
        rules["status"] = rule_name(documented_status)
    if stated.status is not None:
        status, rules = stated.status, {}
    standard = method.standard
    if standard is None and resource and not (method.request_streams or method.response_streams):
        standard = stated_state(method, service, resource, messages)
        rules |= {"standard": rule_name(stated_state)} if standard else {}
    if standard and resource:
        standard, own = _standard(method, standard, resource, messages, stated)
        rules |= own
    if not rules and standard == method.standard:
        return method
    provenance = {**method.provenance, **rules}
    return replace(method, status=status, standard=standard, provenance=provenance)


def _standard(
    method: Method,
    standard: StandardMethod,
    resource: Resource,
    messages: Messages,
    stated: ConventionSettings,
) -> tuple[StandardMethod, dict[str, str]]:
    """Return a standard method with its conventions, and fact → rule."""
    rules: dict[str, str] = {}
    # A query has a page and an order of its own.
    if standard.kind == "list" and not standard.query:
        shape = ListShape.of(method, standard, resource, messages)
        paging, rule = paging_of(shape)
        sorting, facts = sort_parameters(shape), page_facts(shape)
        standard = replace(standard, paging=paging, sorting=sorting, page_facts=facts)
        standard = with_stated(standard, stated, fields_of(method.request, messages))
        rules |= {"paging": rule} if paging and paging == standard.paging else {}
        if sorting and sorting == standard.sorting:
            rules["sorting"] = rule_name(sort_parameters)
        rules |= {"page": rule_name(page_facts)} if facts else {}
        standard, linked = _linked(method, standard, shape)
        rules |= linked
        filters = dict(filters_of(shape, page_parameters(standard)))
        conditions = {name: one for own in filters.values() for name, one in own.items()}
        standard = replace(standard, filters=conditions)
        rules |= {fact: rule_name(FILTER_RULES[fact]) for fact in filters}
    if standard.kind in ("list", "get") and not standard.query:
        rows, request = fields_of(resource.message, messages), fields_of(method.request, messages)
        others = {name: field for name, field in request.items() if name not in rows}
        if selection := selected_fields(others, standard.kind == "get"):
            standard = replace(standard, selection=selection)
            rules["selection"] = rule_name(selected_fields)
    if values := new_values(method, standard, resource, messages):
        standard = replace(standard, values=values)
        rules["values"] = rule_name(new_values)
    unused = tuple(unused_fields(method, standard, resource, messages))
    refused = tuple(refused_fields(standard, unused))
    unused = tuple(name for name in unused if name not in refused)
    return replace(standard, unused=unused, refused=refused), rules


def _linked(
    method: Method, standard: StandardMethod, shape: ListShape
) -> tuple[StandardMethod, dict[str, str]]:
    """Return a list with the addresses of pages in its answers, and fact → rule."""
    rules: dict[str, str] = {}
    if addresses := page_addresses(method, shape, standard.paging):
        # What has an address has no token.
        facts = {fact: p for fact, p in standard.page_facts.items() if p not in addresses.values()}
        standard = replace(standard, page_facts={**facts, **addresses})
        rules["addresses"] = rule_name(page_addresses)
    if link_header(method, shape, standard.paging):
        standard = replace(standard, link_header=True)
        rules["link_header"] = rule_name(link_header)
    return standard, rules
