"""Aligns an OpenAPI document with a version of another kind, before the two are compared.

Frameworks make the ids and tags of operations, so their names are no evidence. The operations of a
document get the names of those that have the same verb and path in the other version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from apiscribe.drift.routes import parameters_of, route_shape
from apiscribe.model.api import Api, File, Method, Route, Service
from apiscribe.model.version import ApiVersion

Shape = tuple[str, str]


@dataclass(frozen=True)
class _Target:
    """A method of the other version."""

    file: File
    service: Service
    method: str


def aligned(old: ApiVersion, new: ApiVersion) -> tuple[ApiVersion, ApiVersion]:
    """Return both versions; a document of another tool gets the names of the other version."""
    if _is_foreign(old) and not new.document:
        return _align(old, new.api), new
    if _is_foreign(new) and not old.document:
        return old, _align(new, old.api)
    return old, new


def _is_foreign(version: ApiVersion) -> bool:
    """Return whether a version is a document that states no full names."""
    return version.document is not None and "packages" in version.unknown


def _align(version: ApiVersion, other: Api) -> ApiVersion:
    targets: dict[Shape, _Target] = {}
    for file, service in other.services():
        for method in service.methods:
            for route in method.routes:
                targets.setdefault(route_shape(route), _Target(file, service, method.name))
    if not targets:
        return version
    prefix = _prefix(version.api, other, targets)
    services = {service.full_name: service for _, service in version.api.services()}
    methods: defaultdict[str, list[Method]] = defaultdict(list)
    files: dict[str, File] = {}
    homes = _homes(services.values(), targets, prefix)
    moved = _moved(version.api, other, targets, prefix)
    for name, service in services.items():
        for method in service.methods:
            routes = tuple(_with_prefix(route, prefix) for route in method.routes)
            method = replace(method, routes=routes)
            found = next((t for r in routes if (t := targets.get(route_shape(r)))), None)
            found = found or moved.get((name, method.name))
            home = found or homes.get(name)
            key = home.service.full_name if home else name
            if home:
                files[key] = home.file
            if found:
                method = replace(method, name=found.method)
            _add(methods[key], method)
    return replace(version, api=_with_services(version.api, methods, files, services))


def _moved(
    api: Api, other: Api, targets: Mapping[Shape, _Target], prefix: str
) -> Mapping[tuple[str, str], _Target]:
    """Return the operations that have another verb or path in the other version.

    With another path, the verb and the fields of requests and responses must be the same. If
    several operations are equally similar, none counts.
    """
    fields = [_field_names(each) for each in (api, other)]
    methods = {
        (service.full_name, method.name): (method, route_shape(_with_prefix(route, prefix)))
        for _, service in api.services()
        for method in service.methods
        for route in method.routes
    }
    shapes = {shape for _, shape in methods.values()}
    waiting = {key: entry for key, entry in methods.items() if entry[1] not in targets}
    missing = {shape: target for shape, target in targets.items() if shape not in shapes}
    by_name = {
        (service.full_name, method.name): method
        for _, service in other.services()
        for method in service.methods
    }
    moved: dict[tuple[str, str], _Target] = {}
    for is_moved in (_same_request, _same_path, _same_content):
        for key, (method, shape) in waiting.items():
            alike = [
                target
                for at, target in missing.items()
                if is_moved(
                    (shape, _contents(method, fields[0])),
                    (at, _contents(by_name[target.service.full_name, target.method], fields[1])),
                )
            ]
            names = {(target.service.full_name, target.method) for target in alike}
            if len(names) == 1 and key not in moved and alike[0] not in moved.values():
                moved[key] = alike[0]
    return moved


_Contents = tuple[frozenset[str], frozenset[str]]


def _same_request(one: tuple[Shape, _Contents], other: tuple[Shape, _Contents]) -> bool:
    return _same_path(one, other) and bool(one[1][0]) and one[1][0] == other[1][0]


def _same_path(one: tuple[Shape, _Contents], other: tuple[Shape, _Contents]) -> bool:
    return one[0][1] == other[0][1]


def _same_content(one: tuple[Shape, _Contents], other: tuple[Shape, _Contents]) -> bool:
    (verb, path), (verb_of_other, path_of_other) = one[0], other[0]
    has_fields = bool(one[1][1])
    steps = len(path.split("/")) == len(path_of_other.split("/"))
    return verb == verb_of_other and steps and has_fields and one[1] == other[1]


def _field_names(api: Api) -> Mapping[str, frozenset[str]]:
    return {m.full_name: frozenset(f.json_name for f in m.fields) for _, m in api.messages()}


def _contents(method: Method, fields: Mapping[str, frozenset[str]]) -> _Contents:
    """Return the fields of the request that are not in the path, and those of the response."""
    in_path = {name for route in method.routes for name in parameters_of(route)}
    request = fields.get(method.request, frozenset())
    return request - in_path, fields.get(method.response, frozenset())


def _add(methods: list[Method], method: Method) -> None:
    """Add a method; if it is known, add its routes to it."""
    for at, known in enumerate(methods):
        if known.name == method.name:
            methods[at] = replace(known, routes=(*known.routes, *method.routes))
            return
    methods.append(method)


def _homes(
    services: Iterable[Service], targets: Mapping[Shape, _Target], prefix: str
) -> Mapping[str, _Target]:
    """Map each service to the service of the other version that has most of its operations."""
    homes: dict[str, _Target] = {}
    for service in services:
        shapes = [route_shape(_with_prefix(r, prefix)) for m in service.methods for r in m.routes]
        found = {t.service.full_name: t for shape in shapes if (t := targets.get(shape))}
        counts = Counter(targets[s].service.full_name for s in shapes if s in targets)
        if counts:
            homes[service.full_name] = found[counts.most_common(1)[0][0]]
    return homes


def _prefix(api: Api, other: Api, targets: Mapping[Shape, _Target]) -> str:
    """Return the prefix with which most paths of the document equal those of the other version.

    It is the path of a base address. With `-` before it, the paths of the document lose it.
    """
    routes = [route for _, s in api.services() for m in s.methods for route in m.routes]
    prefixes = ["", *_base_paths(api), *(f"-{path}" for path in _base_paths(other))]
    return max(
        prefixes, key=lambda p: sum(route_shape(_with_prefix(r, p)) in targets for r in routes)
    )


def _base_paths(api: Api) -> list[str]:
    addresses = [server.text for server in api.facts.servers]
    addresses += [address for file in api.files for address in file.servers]
    paths = [urlsplit(address).path.rstrip("/") for address in addresses]
    return [path for path in dict.fromkeys(paths) if path]


def _with_prefix(route: Route, prefix: str) -> Route:
    if prefix.startswith("-"):
        return replace(route, path=route.path.removeprefix(prefix[1:]))
    return replace(route, path=f"{prefix}{route.path}") if prefix else route


def _with_services(
    api: Api,
    methods: Mapping[str, list[Method]],
    files: Mapping[str, File],
    services: Mapping[str, Service],
) -> Api:
    """Return an Api with services in files of the other version's packages."""
    result = [replace(file, services=()) for file in api.files]
    page = api.files[0].page if api.files else ""
    homeless = []
    for name, listed in methods.items():
        known = services.get(name) or replace(services[next(iter(services))], description="")
        service = replace(
            known,
            name=name.rpartition(".")[2],
            full_name=name,
            methods=tuple(listed),
            span=listed[0].span,
        )
        if home := files.get(name):
            result.append(
                File(path=home.path, package=home.package, page=page, services=(service,))
            )
        else:
            homeless.append(service)
    if homeless and result:
        result[0] = replace(result[0], services=tuple(homeless))
    return replace(api, files=tuple(result))
