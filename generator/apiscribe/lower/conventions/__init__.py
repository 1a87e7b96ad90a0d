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
from apiscribe.lower.conventions.filters import (
    FILTER_RULES,
    NO_FILTER,
    Filter,
    filters_of,
    selected_fields,
)
from apiscribe.lower.conventions.list_shape import ListShape
from apiscribe.lower.conventions.numbers import plain_numbers
from apiscribe.lower.conventions.page_facts import page_facts
from apiscribe.lower.conventions.page_links import link_header, page_addresses
from apiscribe.lower.conventions.paging import PAGING_RULES, page_size, paging_of
from apiscribe.lower.conventions.row_values import item_key, new_values, stated_state
from apiscribe.lower.conventions.sorting import sort_parameters
from apiscribe.lower.conventions.stated import (
    StatedConventions,
    stated_filters,
    with_stated_answer,
    with_stated_paging,
)
from apiscribe.lower.conventions.status import documented_status
from apiscribe.lower.conventions.unused_fields import (
    page_parameters,
    refused_fields,
    unused_fields,
)
from apiscribe.lower.inference import rule_name
from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Method, Service
from apiscribe.model.convention_settings import ConventionSettings
from apiscribe.model.http import FORMS
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.settings import Settings

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
    stated = StatedConventions(settings.conventions, services, messages)
    stated.report_unknown(report)
    errors = error_shapes(services, messages)
    result = {}
    for name, service in services.items():
        methods = []
        for method in service.methods:
            stated.check_fields(name, method, service.resource, report)
            own = stated.of_method(name, method)
            methods.append(_method(method, service, messages, own))
        numbers = stated.plain_numbers(name)
        result[name] = replace(
            service,
            methods=tuple(methods),
            plain_numbers=plain_numbers(dialects[name]) if numbers is None else numbers,
            errors=stated.errors(name, errors[name]),
        )
    return result


def _method(
    method: Method, service: Service, messages: Messages, stated: ConventionSettings
) -> Method:
    rules, resource = {}, service.resource
    if status := documented_status(method):
        rules["status"] = rule_name(documented_status)
    if stated.media_type is not None:
        method = replace(method, media_type=stated.media_type if stated.media_type in FORMS else "")
    if stated.status is not None:
        status, rules = stated.status, {}
    standard = method.standard
    if standard is None and resource and not (method.request_streams or method.response_streams):
        standard = stated_state(method, service, resource, messages)
        rules |= {"standard": rule_name(stated_state)} if standard else {}
        key = item_key(method, service, messages) if stated.values and not standard else ""
        standard = StandardMethod(kind="update", key=key) if key else standard
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
    rows, request = fields_of(resource.message, messages), fields_of(method.request, messages)
    own: dict[str, Filter] = {}
    # A query has a page and an order of its own.
    if standard.kind == "list" and not standard.query:
        shape = ListShape.of(method, standard, resource, messages)
        paging, rule = paging_of(shape)
        sorting, facts = sort_parameters(shape), page_facts(shape)
        standard = replace(standard, paging=paging, sorting=sorting, page_facts=facts)
        standard = with_stated_paging(standard, stated, request)
        rules |= {"paging": rule} if paging and paging == standard.paging else {}
        if sorting and sorting == standard.sorting:
            rules["sorting"] = rule_name(sort_parameters)
        rules |= {"page": rule_name(page_facts)} if facts else {}
        standard, linked = _linked(method, standard, shape)
        rules |= linked
        own = stated_filters(stated, request, rows)
        filters = dict(filters_of(shape, {*own, *page_parameters(standard)}))
        rules |= {fact: rule_name(FILTER_RULES[fact]) for fact in filters}
        conditions = {name: one for found in filters.values() for name, one in found.items()}
        conditions |= {name: one for name, one in own.items() if one != NO_FILTER}
        standard = replace(standard, filters=conditions)
    if standard.kind in ("list", "get") and not standard.query:
        others = {name: field for name, field in request.items() if name not in rows}
        selection = selected_fields(others, standard.kind == "get")
        rules |= {"selection": rule_name(selected_fields)} if selection else {}
        if stated.fields in {*request, ""}:
            selection = stated.fields or ""
            rules.pop("selection", None)
        standard = replace(standard, selection=selection)
    if values := new_values(method, standard, resource, messages):
        standard = replace(standard, values=values)
        rules["values"] = rule_name(new_values)
    standard = with_stated_answer(standard, stated, rows)
    unused = [*unused_fields(method, standard, resource, messages)]
    unused += [name for name, one in own.items() if one == NO_FILTER and name not in unused]
    refused = tuple(name for name in refused_fields(standard, tuple(unused)) if name not in own)
    unused = [name for name in unused if name not in refused]
    return replace(standard, unused=tuple(unused), refused=refused), rules


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
