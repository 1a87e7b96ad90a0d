"""The names of a client's methods, without the noun that their service has already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from apiscribe.lower.roles import plurals
from apiscribe.model.api import Service
from apiscribe.model.names import ANNOTATIONS, python_module, snake, unique
from apiscribe.model.plurals import singular

# The first words of methods that return several rows: with these, the noun may be a plural.
_OF_SEVERAL = ("list", "search", "count")
# Attributes that services have from the runtime.
_OTHERS = frozenset({"habits"})


def method_names(service: Service) -> Mapping[str, str]:
    """Return method → its name in a client.

    It is the documented name in snake case, without the service's noun at its end:
    `create_invoice` of `Invoices` is `create`. A plural noun is dropped only after `list`, `search`
    and `count`: `list_invoices` is `list`, but `delete_invoices` keeps its name. If two methods
    would have the same name, both keep the noun, so that no method takes the name of another.
    """
    nouns = _nouns(snake(service.name))
    short = {method.name: _without_noun(snake(method.name), *nouns) for method in service.methods}
    counts = Counter(short.values())
    result: dict[str, str] = {}
    for method in service.methods:
        wanted = short[method.name]
        if counts[wanted] > 1:
            wanted = snake(method.name)
        result[method.name] = unique(_attribute(wanted), {*result.values(), *_OTHERS})
    return result


def _nouns(service: str) -> tuple[set[str], set[str]]:
    """Return the noun of a service in the singular and in the plural."""
    one = singular(service)
    return {one}, {service, *plurals(one)}


def _without_noun(name: str, one: set[str], several: set[str]) -> str:
    nouns = one | several if name.startswith(tuple(f"{word}_" for word in _OF_SEVERAL)) else one
    for noun in sorted(nouns, key=len, reverse=True):
        if name.endswith(f"_{noun}"):
            return name.removesuffix(f"_{noun}")
    return name


def _attribute(name: str) -> str:
    """Return an attribute for a name; `list` is the only one that hides a built-in type."""
    name = name.lstrip("_") or "call"
    return f"{name}_" if name in ANNOTATIONS - {"list"} else python_module(name)
