"""Which declaration of the new side is which of the old one, under another name too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from apiscribe.drift.declarations import Declarations, packages, short
from apiscribe.model.api import Method

# How much of two declarations must be alike to be one: of their own, and with a use that says so.
_ALIKE = 0.7
_ALIKE_IN_USE = 0.4
_FEWEST_PARTS = 2
# What is shared by more candidates than these tells nothing.
_MOST_SHARED = 50


@dataclass
class Pairs:
    """Old full name → new full name, for packages, services, messages and enums that both have; old
    name → new name of the methods of each service of the old side.
    """

    packages: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    enums: dict[str, str] = field(default_factory=dict)
    methods: dict[str, dict[str, str]] = field(default_factory=dict)

    def type_name(self, old: str) -> str:
        """What a type of the old side is called on the new one."""
        return self.messages.get(old) or self.enums.get(old) or old


def pair(old: Declarations, new: Declarations) -> Pairs:
    """The pairs of two editions. Names that both have are pairs; others are where they are much
    alike, and nothing else is as much.
    """
    pairs = Pairs(packages=_packages(old, new))

    def moved(name: str) -> str:
        package = old.files[name].package
        target = pairs.packages.get(package, package)
        return f"{target}.{name.removeprefix(package).lstrip('.')}" if package else name

    pairs.services = _by_name(old.services, new.services, moved)
    pairs.messages = _by_name(old.messages, new.messages, moved)
    pairs.enums = _by_name(old.enums, new.enums, moved)
    _pair_services(old, new, pairs)
    if old.names_messages and new.names_messages:
        _pair_messages(old, new, pairs)
    else:
        _pair_by_use(old, new, pairs)
    _pair_enums(old, new, pairs)
    for name, target in pairs.services.items():
        methods = old.services[name].methods, new.services[target].methods
        pairs.methods[name] = _pair_methods(*methods, pairs)
    return pairs


def _pair_methods(old: Sequence[Method], new: Sequence[Method], pairs: Pairs) -> dict[str, str]:
    """Old name → new name of the methods of a service. One that is gone and one that is new are a
    pair where they answer to one route, or take and give the same.
    """
    names = {method.name for method in new}
    found = {method.name: method.name for method in old if method.name in names}
    gone = [method for method in old if method.name not in names]
    added = [method for method in new if method.name not in found]
    for key in (_routes, lambda method: _types(method, pairs)):
        theirs: dict[object, list[Method]] = defaultdict(list)
        ours: dict[object, list[Method]] = defaultdict(list)
        for method in added:
            if method.name not in found.values():
                theirs[key(method)].append(method)
        for method in gone:
            if method.name not in found:
                ours[key(method)].append(method)
        for each, methods in ours.items():
            if each and len(methods) == len(theirs.get(each, ())) == 1:
                found[methods[0].name] = theirs[each][0].name
    return found


def _routes(method: Method) -> object:
    return frozenset((route.verb, route.path) for route in method.routes)


def _types(method: Method, pairs: Pairs) -> object:
    names = (method.request, method.response)
    # What every third method gives tells nothing.
    if method.request.startswith("google.") or method.response.startswith("google."):
        return ()
    return tuple(pairs.messages.get(name, name) for name in names)


def _by_name(
    old: Iterable[str], new: Mapping[str, object], moved: Callable[[str], str]
) -> dict[str, str]:
    return {name: moved(name) for name in old if moved(name) in new}


def _packages(old: Declarations, new: Declarations) -> dict[str, str]:
    """Packages of the old side that the new one has under another name: most of their messages and
    services stand there.
    """
    news = list(packages(new))
    gone = [package for package in packages(old) if package not in news]
    added = set(news) - set(packages(old))
    holders: dict[str, set[str]] = defaultdict(set)
    sizes: Counter[str] = Counter()
    for name in (*new.services, *new.messages):
        package = new.files[name].package
        if package in added:
            holders[name.removeprefix(package)].add(package)
            sizes[package] += 1
    found: dict[str, str] = {}
    for package in gone:
        names = [n for n in (*old.services, *old.messages) if old.files[n].package == package]
        shared = Counter(
            holder for name in names for holder in holders.get(name.removeprefix(package), ())
        )
        (best, count), (_, next_count) = [*shared.most_common(2), ("", 0), ("", 0)][:2]
        alike = count >= _ALIKE * max(len(names), sizes[best]) and count > next_count
        if alike and best not in found.values():
            found[package] = best
    return found


def _pair_services(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Services by their methods."""
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
    """Messages by their fields, and by the methods and fields that use both."""
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
        types = {f.json_name: f.type.name for f in new.messages[target].fields}
        for each in old.messages[name].fields:
            if each.json_name in types:
                uses[each.type.name, types[each.json_name]] += 1
    pairs.messages |= candidates.pairs(uses, old, new)


def _pair_by_use(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Messages by what uses them alone: methods first, then fields of messages that are pairs."""
    waiting: list[tuple[str, str]] = []
    for name, target in pairs.services.items():
        methods = {method.name: method for method in new.services[target].methods}
        for method in old.services[name].methods:
            if other := methods.get(method.name):
                waiting += [(method.request, other.request), (method.response, other.response)]
    while waiting:
        ours, theirs = waiting.pop(0)
        if ours in pairs.messages or ours not in old.messages or theirs not in new.messages:
            continue
        pairs.messages[ours] = theirs
        types = {f.json_name: f.type.name for f in new.messages[theirs].fields}
        waiting += [
            (field.type.name, types[field.json_name])
            for field in old.messages[ours].fields
            if field.json_name in types
        ]


def _pair_enums(old: Declarations, new: Declarations, pairs: Pairs) -> None:
    """Enums by the fields that have them; where their names are known, by their values too."""
    uses: Counter[tuple[str, str]] = Counter()
    for name, target in pairs.messages.items():
        types = {f.json_name: f.type for f in new.messages[target].fields}
        for each in old.messages[name].fields:
            other = types.get(each.json_name)
            if other and each.type.kind == other.kind == "enum":
                uses[each.type.name, other.name] += 1
    taken = set(pairs.enums.values())
    for (ours, theirs), _ in sorted(uses.items(), key=lambda item: (-item[1], item[0])):
        known = ours in old.enums and theirs in new.enums
        if known and ours not in pairs.enums and theirs not in taken:
            pairs.enums[ours] = theirs
            taken.add(theirs)


class _Candidates:
    """Declarations of both sides without a pair, by their parts."""

    def __init__(self, old: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> None:
        self.old, self.new = old, new

    def pairs(
        self, uses: Mapping[tuple[str, str], int], old: Declarations, new: Declarations
    ) -> dict[str, str]:
        """The pairs, the likeliest first; one that another is as likely as is none."""
        holders: dict[str, list[str]] = defaultdict(list)
        for name, parts in self.new.items():
            for part in parts:
                holders[part].append(name)
        used_as: dict[str, set[str]] = defaultdict(set)
        for ours, theirs in uses:
            used_as[ours].add(theirs)
        scores: dict[tuple[str, str], float] = {}
        for name, parts in self.old.items():
            shared: Counter[str] = Counter()
            for part in parts:
                if len(holders[part]) <= _MOST_SHARED:
                    shared.update(holders[part])
            for other in sorted(shared.keys() | used_as[name] & self.new.keys()):
                likeness = _likeness(parts, self.new[other])
                in_use = other in used_as[name]
                alike = len(parts) >= _FEWEST_PARTS and likeness >= _ALIKE
                alike = alike and old.files[name].package == new.files[other].package
                if alike or (in_use and likeness >= _ALIKE_IN_USE):
                    scores[name, other] = (
                        likeness + in_use + _likeness(set(short(name)), set(short(other))) / 100
                    )
        found: dict[str, str] = {}
        for (name, other), _ in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
            if name not in found and other not in found.values():
                found[name] = other
        return found


def _likeness(ours: set[str], theirs: set[str]) -> float:
    """How much two sets share; two that are empty share all."""
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
