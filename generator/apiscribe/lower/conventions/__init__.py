"""Conventions: the habits of an API over HTTP, each a named rule in a module of its own.

They come from names, types and documented answers, and are facts of the model: the server acts on
them, and does not know the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from apiscribe.lower.conventions.list_shape import ListShape
from apiscribe.lower.conventions.numbers import plain_numbers
from apiscribe.lower.conventions.page_facts import page_facts
from apiscribe.lower.conventions.paging import PAGING_RULES, page_size, paging_of
from apiscribe.lower.conventions.sorting import sort_parameters
from apiscribe.lower.conventions.status import documented_status
from apiscribe.lower.conventions.unused_fields import refused_fields, unused_fields
from apiscribe.lower.inference import rule_name
from apiscribe.lower.shapes import Messages
from apiscribe.model.api import Method, Service
from apiscribe.model.resources import Resource, StandardMethod

CONVENTIONS: tuple[Callable[..., Any], ...] = (
    documented_status,
    plain_numbers,
    *PAGING_RULES,
    page_size,
    page_facts,
    sort_parameters,
    unused_fields,
    refused_fields,
)


def apply_conventions(
    services: Mapping[str, Service], dialects: Mapping[str, str], messages: Messages
) -> dict[str, Service]:
    """Return the services with their conventions. `dialects`: full name → dialect of the page."""
    return {
        name: replace(
            service,
            methods=tuple(_method(each, service.resource, messages) for each in service.methods),
            plain_numbers=plain_numbers(dialects[name]),
        )
        for name, service in services.items()
    }


def _method(method: Method, resource: Resource | None, messages: Messages) -> Method:
    rules = {}
    if status := documented_status(method):
        rules["status"] = rule_name(documented_status)
    standard = method.standard
    if standard and resource:
        standard, own = _standard(method, standard, resource, messages)
        rules |= own
    if not rules and standard == method.standard:
        return method
    provenance = {**method.provenance, **rules}
    return replace(method, status=status, standard=standard, provenance=provenance)


def _standard(
    method: Method, standard: StandardMethod, resource: Resource, messages: Messages
) -> tuple[StandardMethod, dict[str, str]]:
    """Return a standard method with its conventions, and fact → rule."""
    rules: dict[str, str] = {}
    # A query has a page and an order of its own.
    if standard.kind == "list" and not standard.query:
        shape = ListShape.of(method, standard, resource, messages)
        paging, rule = paging_of(shape)
        sorting, facts = sort_parameters(shape), page_facts(shape)
        standard = replace(standard, paging=paging, sorting=sorting, page_facts=facts)
        rules |= {"paging": rule} if paging else {}
        rules |= {"sorting": rule_name(sort_parameters)} if sorting else {}
        rules |= {"page": rule_name(page_facts)} if facts else {}
    unused = tuple(unused_fields(method, standard, resource, messages))
    refused = tuple(refused_fields(standard, unused))
    unused = tuple(name for name in unused if name not in refused)
    return replace(standard, unused=unused, refused=refused), rules
