"""Roles: which methods of a service list, get, create, change and delete its rows, by their names
and routes. Whether their messages fit is decided in `lower.standard_methods`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from apiscribe.lower.inference import rule_name
from apiscribe.model.api import Method, Route, Service
from apiscribe.model.names import snake, words
from apiscribe.model.plurals import singular
from apiscribe.model.resources import StandardKind

_TABLES = tomllib.loads(Path(__file__).with_name("method_words.toml").read_text("utf-8"))
_PARAMETER = re.compile(r"\{([^{}=]+)\}")
_BELOW = re.compile(r"(?:([^/{}]+)/)?\{([^{}=]+)\}")  # a parameter, and the name before it
_FORMAT = re.compile(r"\.json$")  # `/books.json` and `/books/{isbn}.json`
_IRREGULAR = re.compile("(?:fe?|ve)$")  # `shelf` and `shelves`
# Verb, and whether the path ends in a parameter → what the method does. Source: AIP-131 to AIP-135,
# RFC 9110.
_BY_ROUTE: Mapping[tuple[str, bool], StandardKind] = {
    ("GET", False): "list",
    ("POST", False): "create",
    ("GET", True): "get",
    ("PATCH", True): "update",
    ("PUT", True): "replace",
    ("DELETE", True): "delete",
}


def kinds_of_word(table: str, word: str) -> list[StandardKind]:
    """Return the kinds that a word has in a table of method_words.toml."""
    return [kind for kind, known in _TABLES[table].items() if word in known]


class Role(NamedTuple):
    """What a method does by its name or route, the rule, and the parameters of its path: the one
    for the key, and `parents`, those before it, each with the singular of the name before it.
    """

    kind: StandardKind
    rule: str
    parameter: str = ""
    parents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The roles of a service's methods, by name; those on its resource only. `noun` is the name of
    a row in the routes or methods: `invoice`.
    """

    methods: Mapping[str, Role] = field(default_factory=dict)
    noun: str = ""

    def method(self, service: Service, kind: StandardKind) -> Method | None:
        """Return the first method with a kind; first of all one with this name."""
        found = [m for m in service.methods if m.name in self.methods]
        found = [m for m in found if self.methods[m.name].kind == kind]
        return next((m for m in found if m.name == kind), found[0] if found else None)

    @property
    def parameter(self) -> str:
        """The parameter for the key in the path of an item."""
        return next((role.parameter for role in self.methods.values() if role.parameter), "")


def standard_name(method: Method) -> StandardKind | None:
    """Methods that are named `list`, `get`, `create`, `register`, `add`, `update`, `set`, `delete`,
    `deregister`, `enable`, `disable`, `stat` or `analyze` do that for the rows of their service, if
    their messages have the fields that they need.
    """
    return next(iter(kinds_of_word("names", method.name)), None)


def collection_route(method: Method, route: Route) -> StandardKind | None:
    """Paths that end in a name, such as `/books`, are collections; with a parameter after it, as in
    `/books/{isbn}`, they are items. GET and POST on a collection list and create rows; GET,
    PATCH, PUT and DELETE on an item get, update, replace and delete a row, and POST updates one if
    the method's name says so. The service must have routes of both kinds, or methods with such
    names, as `list_countries` or `create_order`. Streaming methods other than `list` do not count.
    A collection below an item, as `/shelves/{shelf_id}/books`, is that of `/books` if the service
    has it, or has its items. If a service has several collections, the one with the most methods
    counts. `.json` at the end of a path does not count.
    """
    is_item = _ends_in_parameter(route.path)
    kind = _BY_ROUTE.get((route.verb, is_item))
    if route.verb == "POST" and is_item:
        kind = "update" if _is_named(method, "update") else None
    return kind if kind == "list" or not method.response_streams else None


def aip_name(method: Method) -> tuple[StandardKind, str] | None:
    """Methods without a route that are named `ListInvoices`, `GetInvoice`, `CreateInvoice`,
    `UpdateInvoice` or `DeleteInvoice` do that for the message `Invoice`, if a service has two or
    more of them. Get, create and update must return the message. Source: AIP-131 to AIP-135.
    """
    first, *rest = [word.lower() for word in words(method.name) if word] or [""]
    kind = next(iter(kinds_of_word("aip", first)), None)
    if kind is None or not rest or method.routes:
        return None
    noun = "_".join(rest)
    if kind in ("list", "delete"):
        return kind, singular(noun) if kind == "list" else noun
    return (kind, noun) if snake(method.response.rpartition(".")[2]) == noun else None


def roles_of(service: Service) -> Roles:
    """Return the roles of a service's methods. If it has a method `list` or `get`, only names like
    these count; otherwise, routes and names with a noun.
    """
    named = {
        method.name: Role(kind, rule_name(standard_name), *_item_parameters(method))
        for method in service.methods
        if (kind := standard_name(method))
    }
    if "list" in named or "get" in named:
        return Roles(methods=named, noun=snake(service.name))
    groups = [*_by_collection(service), *_by_noun(service).items()]
    best = max(groups, key=lambda group: (len(group[1]), not only_creates(group[1])), default=None)
    return Roles(methods=best[1], noun=best[0]) if best else Roles()


def only_creates(roles: Mapping[str, Role]) -> bool:
    """Return whether methods only create rows: nothing but an answer shows the rows."""
    return {role.kind for role in roles.values()} == {"create"}


def plurals(noun: str) -> tuple[str, ...]:
    """Return the possible plurals of a noun, by English endings."""
    return (f"{noun}s", f"{noun}es", f"{noun.removesuffix('y')}ies")


def _by_collection(service: Service) -> Iterator[tuple[str, dict[str, Role]]]:
    """Yield the noun of each collection, and the roles of the methods on it and its items."""
    groups: dict[str, dict[str, Role]] = {}
    for method in service.methods:
        for route in method.routes:
            kind = collection_route(method, route)
            if kind is None:
                continue
            *parents, last = [*_parameters(route.path)] or [("", "")]
            is_item = _ends_in_parameter(route.path)
            path = _FORMAT.sub("", route.path)
            path = path.rpartition("/")[0] if is_item else path
            parents = parents if is_item or not last[0] else [*parents, last]
            own = last[0] if is_item else ""
            role = Role(kind, rule_name(collection_route), own, tuple(parents))
            groups.setdefault(_PARAMETER.sub("{}", path), {}).setdefault(method.name, role)
    methods = {method.name: method for method in service.methods}
    _join_nested(groups)
    for path, roles in groups.items():
        has_both = len({bool(role.parameter) for role in roles.values()}) == 2
        if has_both or any(_is_named(methods[name], role.kind) for name, role in roles.items()):
            yield singular(snake(path.rpartition("/")[2])), roles


def _join_nested(groups: dict[str, dict[str, Role]]) -> None:
    """Join the collections below items with the collection of their name that is below none."""
    top = {path.rpartition("/")[2]: path for path in groups if "{}" not in path}
    for path in [path for path in groups if "{}" in path]:
        if whole := top.get(path.rpartition("/")[2]):
            groups[whole] = {**groups.pop(path), **groups[whole]}


def _by_noun(service: Service) -> dict[str, dict[str, Role]]:
    """Return noun → roles of the methods named after it."""
    groups: dict[str, dict[str, Role]] = {}
    nouns: dict[str, str] = {}
    for method in service.methods:
        if result := aip_name(method):
            kind, noun = result
            stem = _IRREGULAR.sub("v", noun)
            groups.setdefault(stem, {})[method.name] = Role(kind, rule_name(aip_name))
            if kind != "list" or stem not in nouns:
                nouns[stem] = noun
    return {nouns[stem]: roles for stem, roles in groups.items() if len(roles) > 1}


def _item_parameters(method: Method) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the last parameter of a path that ends in one, and those before it; else nothing."""
    for route in method.routes:
        if _ends_in_parameter(route.path):
            *parents, (last, _) = _parameters(route.path)
            return last, tuple(parents)
    return "", ()


def _parameters(path: str) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a path, with the singular of the name before each."""
    for name, parameter in _BELOW.findall(path):
        yield parameter, singular(snake(name)) if name else ""


def _ends_in_parameter(path: str) -> bool:
    return _PARAMETER.fullmatch(_FORMAT.sub("", path.rpartition("/")[2])) is not None


def _is_named(method: Method, kind: StandardKind) -> bool:
    """Return whether the first word of a method's name is for a kind."""
    first = next((word.lower() for word in words(method.name) if word), "")
    return kind in kinds_of_word("first", first)
