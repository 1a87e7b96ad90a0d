"""Pairs the declarations of two versions, renamed ones too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from apiscribe.drift.declarations import Declarations, body_types, is_list, last_part, packages
from apiscribe.drift.routes import pair_path_parameters
from apiscribe.drift.shown_keys import keys_of_method
from apiscribe.model.api import Message, Method
from apiscribe.model.types import EnumRef, values_type

# The least similarity of a pair: by the parts alone, and if the same method or field uses both.
_MIN_SIMILARITY = 0.7
_MIN_SIMILARITY_IN_USE = 0.4
_MIN_PARTS = 2
# A part that more candidates have than these is no evidence.
_MAX_HOLDERS = 50


@dataclass
class Pairs:
    """Old full name → new full name of the packages, services, messages and enums that both
    versions have; `methods` is old service → old name → new name of its methods, and
    `path_parameters` old request → old name → new name of the parameters of its routes. `uses` are
    all new names of each old message, by its uses, if messages have no names, and `shown` the keys
    that old methods show for each new response.
    """

    packages: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    enums: dict[str, str] = field(default_factory=dict)
    methods: dict[str, dict[str, str]] = field(default_factory=dict)
    path_parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    uses: dict[str, dict[str, None]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)

    def type_name(self, old: str) -> str:
        """Return the new name of a type of the old version."""
        return self.messages.get(old) or self.enums.get(old) or old


def pair(old: Declarations, new: Declarations) -> Pairs:
    """Return the pairs of two versions: declarations with equal names, then similar ones if no
    other candidate is as similar.
    """
    pairs = Pairs(packages=_pair_packages(old, new))

    def moved(name: str) -> str:
        package = old.files[name].package
        target = pairs.packages.get(package, package)
        return f"{target}.{name.removeprefix(package).lstrip('.')}" if package else name

    pairs.services = _pair_by_name(old.services, new.services, moved)
    pairs.messages = _pair_by_name(old.messages, new.messages, moved)
    pairs.enums = _pair_by_name(old.enums, new.enums, moved)
    _pair_services(old, new, pairs)
    if old.names_messages and new.names_messages:
        _pair_messages(old, new, pairs)
    else:
        _pair_messages_by_use(old, new, pairs)
    _pair_enums(old, new, pairs)
    for name, target in pairs.services.items():
        methods = old.services[name].methods, new.services[target].methods
        pairs.methods[name] = _pair_methods(*methods, pairs)
    pairs.path_parameters = pair_path_parameters(old, new, pairs.methods, pairs.services)
    return pairs


def _pair_methods(old: Sequence[Method], new: Sequence[Method], pairs: Pairs) -> dict[str, str]:
    """Return old name → new name of the methods of a service. A removed and an added method are a
    pair if they alone share their routes, or else their request and response.
    """
    new_names = {method.name for method in new}
    paired = {method.name: method.name for method in old if method.name in new_names}
    removed = [method for method in old if method.name not in new_names]
    added = [method for method in new if method.name not in paired]
    for key_of in (_routes, lambda method: _types(method, pairs)):
        old_by_key: dict[object, list[Method]] = defaultdict(list)
        new_by_key: dict[object, list[Method]] = defaultdict(list)
        for method in added:
            if method.name not in paired.values():
                new_by_key[key_of(method)].append(method)
        for method in removed:
            if method.name not in paired:
                old_by_key[key_of(method)].append(method)
        for key, methods in old_by_key.items():
            if key and len(methods) == len(new_by_key.get(key, ())) == 1:
                paired[methods[0].name] = new_by_key[key][0].name
    return paired


def _routes(method: Method) -> object:
    return frozenset((route.verb, route.path) for route in method.routes)


def _types(method: Method, pairs: Pairs) -> object:
    names = (method.request, method.response)
    # Many methods share a type such as Empty: it is no evidence.
    if method.request.startswith("google.") or method.response.startswith("google."):
        return ()
    return tuple(pairs.messages.get(name, name) for name in names)


def _pair_by_name(
    old: Iterable[str], new: Mapping[str, object], moved: Callable[[str], str]
) -> dict[str, str]:
    return {name: moved(name) for name in old if moved(name) in new}


def _pair_packages(old: Declarations, new: Declarations) -> dict[str, str]:
    """Return old name → new name of renamed packages: the new one declares most of the messages and
    services of the old one.
    """
    new_packages = list(packages(new))
    removed = [package for package in packages(old) if package not in new_packages]
    added = set(new_packages) - set(packages(old))
    holders: dict[str, set[str]] = defaultdict(set)
    sizes: Counter[str] = Counter()
    for name in (*new.services, *new.messages):
        package = new.files[name].package
        if package in added:
            holders[name.removeprefix(package)].add(package)
            sizes[package] += 1
    paired: dict[str, str] = {}
    for package in removed:
        names = [n for n in (*old.services, *old.messages) if old.files[n].package == package]
        shared = Counter(
            holder for name in names for holder in holders.get(name.removeprefix(package), ())
        )
        (best, count), (_, next_count) = [*shared.most_common(2), ("", 0), ("", 0)][:2]
        similar = count >= _MIN_SIMILARITY * max(len(names), sizes[best]) and count > next_count
        if similar and best not in paired.values():
            paired[package] = best
    return paired


def _pair_services(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Pair services by their methods and routes."""
    candidates = _Candidates(
        {
            n: {m.name for m in s.methods}
            for n, s in old.services.items()
            if n not in pairs.services
        },
        {
            n: {m.name for m in s.methods}
            for n, s in new.services.items()
            if n not in set(pairs.services.values())
        },
    )
    routes = {
        _routes(method): name
        for name, service in new.services.items()
        for method in service.methods
        if method.routes
    }
    uses = Counter(
        (name, routes[_routes(method)])
        for name, service in old.services.items()
        for method in service.methods
        if method.routes and _routes(method) in routes
    )
    pairs.services |= candidates.pairs(uses, old, new)


def _pair_messages(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Pair messages by their fields, and by the methods and fields that use both."""
    candidates = _Candidates(
        {
            n: {f.json_name for f in m.fields}
            for n, m in old.messages.items()
            if n not in pairs.messages
        },
        {
            n: {f.json_name for f in m.fields}
            for n, m in new.messages.items()
            if n not in set(pairs.messages.values())
        },
    )
    uses: Counter[tuple[str, str]] = Counter()
    for name, target in pairs.services.items():
        methods = {method.name: method for method in new.services[target].methods}
        names = _pair_methods(old.services[name].methods, new.services[target].methods, pairs)
        for method in old.services[name].methods:
            if other := methods.get(names.get(method.name, "")):
                uses[method.request, other.request] += 1
                uses[method.response, other.response] += 1
    for name, target in pairs.messages.items():
        types = {f.json_name: values_type(f.type).name for f in new.messages[target].fields}
        for field_ in old.messages[name].fields:
            if field_.json_name in types:
                uses[values_type(field_.type).name, types[field_.json_name]] += 1
    pairs.messages |= candidates.pairs(uses, old, new)


def _pair_messages_by_use(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Pair unnamed messages by the methods that use them, then by the fields of pairs."""
    waiting: list[tuple[str, str]] = []
    for name, target in pairs.services.items():
        methods = {method.name: method for method in new.services[target].methods}
        for method in old.services[name].methods:
            if other := methods.get(method.name):
                waiting += [(method.request, other.request)]
                waiting += [(body, other.request) for body in body_types(method, old)]
                pairs.shown.setdefault(other.response, set()).update(keys_of_method(method))
                if is_list(method, old) == is_list(other, new):
                    waiting += [(method.response, other.response)]
    while waiting:
        old_name, new_name = waiting.pop(0)
        uses = pairs.uses.setdefault(old_name, {})
        known = old_name in old.messages and new_name in new.messages
        if (
            new_name in uses
            or not known
            or _have_nothing_in_common(old.messages[old_name], new.messages[new_name])
        ):
            uses[new_name] = None
            continue
        uses[new_name] = None
        pairs.messages.setdefault(old_name, new_name)
        types = {f.json_name: values_type(f.type).name for f in new.messages[new_name].fields}
        waiting += [
            (values_type(field.type).name, types[field.json_name])
            for field in old.messages[old_name].fields
            if field.json_name in types
        ]


def _have_nothing_in_common(old: Message, new: Message) -> bool:
    names, others = ({f.json_name for f in message.fields} for message in (old, new))
    return min(len(names), len(others)) >= _MIN_PARTS and not names & others


def _pair_enums(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Pair enums by the fields that use them."""
    uses: Counter[tuple[str, str]] = Counter()
    for name, target in pairs.messages.items():
        types = {f.json_name: values_type(f.type) for f in new.messages[target].fields}
        for field_ in old.messages[name].fields:
            type_, other = values_type(field_.type), types.get(field_.json_name)
            if isinstance(type_, EnumRef) and isinstance(other, EnumRef):
                uses[type_.name, other.name] += 1
    taken = set(pairs.enums.values())
    for (old_name, new_name), _ in sorted(uses.items(), key=lambda item: (-item[1], item[0])):
        known = old_name in old.enums and new_name in new.enums
        if known and old_name not in pairs.enums and new_name not in taken:
            pairs.enums[old_name] = new_name
            taken.add(new_name)


class _Candidates:
    """Unpaired declarations of both versions, each with the names of its parts."""

    def __init__(self, old: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> None:
        self.old, self.new = old, new

    def pairs(
        self, uses: Mapping[tuple[str, str], int], old: Declarations, new: Declarations
    ) -> dict[str, str]:
        """Return old name → new name, choosing the most similar pairs first."""
        holders: dict[str, list[str]] = defaultdict(list)
        for name, parts in self.new.items():
            for part in parts:
                holders[part].append(name)
        used_as: dict[str, set[str]] = defaultdict(set)
        for old_name, new_name in uses:
            used_as[old_name].add(new_name)
        scores: dict[tuple[str, str], float] = {}
        for name, parts in self.old.items():
            shared: Counter[str] = Counter()
            for part in parts:
                if len(holders[part]) <= _MAX_HOLDERS:
                    shared.update(holders[part])
            for other in sorted(shared.keys() | used_as[name] & self.new.keys()):
                similarity = _similarity(parts, self.new[other])
                in_use = other in used_as[name]
                similar = len(parts) >= _MIN_PARTS and similarity >= _MIN_SIMILARITY
                similar = similar and old.files[name].package == new.files[other].package
                if similar or (in_use and similarity >= _MIN_SIMILARITY_IN_USE):
                    letters = set(last_part(name)), set(last_part(other))
                    scores[name, other] = similarity + in_use + _similarity(*letters) / 100
        paired: dict[str, str] = {}
        for (name, other), _ in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
            if name not in paired and other not in paired.values():
                paired[name] = other
        return paired


def _similarity(old: set[str], new: set[str]) -> float:
    """Return the share of common elements of two sets; 1 if both are empty."""
    return len(old & new) / len(old | new) if old | new else 1.0
