"""The HTTP client: a module for each page with routes, and `Client` and `AsyncClient` above them.

What all clients do alike is in the runtime: `apiscribe_runtime.client`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from apiscribe.emit.encoders import Encoded, docstring, python_import
from apiscribe.emit.http_client.arguments import ArgumentWriter
from apiscribe.emit.http_client.groups import Member, emit_index
from apiscribe.emit.http_client.service_views import ServiceWriter
from apiscribe.emit.output import Output
from apiscribe.emit.python_annotations import Annotations
from apiscribe.emit.python_classes import RUNTIME_TYPES, ModelClasses
from apiscribe.emit.python_files import class_name, module_of, python_output
from apiscribe.emit.python_imports import Imports
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.servers import server_urls
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, File, Message, Service
from apiscribe.model.facts import SecurityScheme
from apiscribe.model.names import camel, unique

_PAGE = "http_client/page.py.j2"
# The names that modules import, besides those of models.
_IMPORTED = (
    *(
        "Any",
        "AsyncIterator",
        "Iterator",
        "Mapping",
        "Required",
        "Sequence",
        "TypedDict",
        "Unpack",
        "builtins",
        "deprecated",
    ),
    *("AsyncPages", "AsyncService", "ErrorFields", "Habits", "Operation", "Pages", "Paging"),
    *("Place", "SyncService"),
)


@dataclass(frozen=True)
class _PageInput:
    """The input of a page's module. `classes`: service → its two classes; `messages` are those of
    requests and answers, with the messages in them.
    """

    package: str
    file: File
    models: ModelClasses
    messages: Mapping[str, Message]
    incomplete_enums: list[str]
    classes: dict[str, tuple[str, str]]
    schemes: tuple[SecurityScheme, ...]
    base_url: str


def emit_http_client(api: Api) -> Iterator[RenderTask]:
    """Yield the modules in <package>/client/; none for an API without routes."""
    models = ModelClasses.of_api(api)
    messages = {message.full_name: message for _, message in api.messages()}
    # Once for each message: pages share the largest ones.
    inside = {name: frozenset(message.type_names()) for name, message in messages.items()}
    incomplete = {e.full_name for file in api.files for e in file.all_enums() if e.incomplete}
    default = _address(server_urls(api))
    members = []
    for file in api.files:
        services = [service for service in file.services if _has_routes(service)]
        if not services:
            continue
        classes = _classes(services)
        known = {name: messages[name] for name in _used(services, inside)}
        types = known.keys() | {name for used in known for name in inside[used]}
        own = _address(file.servers)
        page = _PageInput(
            package=api.name,
            file=file,
            models=_only(models, types),
            messages=known,
            incomplete_enums=sorted(types & incomplete),
            classes=classes,
            schemes=api.facts.schemes,
            base_url="" if own == default else own,
        )
        digests = sorted({api.digests[api.file_of[name]].text for name in known})
        key = (
            *(api.name, api.digests[file.path], digests, page.models, page.incomplete_enums),
            *(page.classes, page.schemes, page.base_url),
        )
        size = api.digests[file.path].size
        yield RenderTask("HTTP client", key, partial(_outputs, page), (_PAGE,), size)
        module = module_of(file, "client")
        members += [Member(file.package, one.name, module, *classes[one.name]) for one in services]
    if members:
        yield from emit_index(api, members, default, (file.package for file in api.files))


def _has_routes(service: Service) -> bool:
    return any(method.routes for method in service.methods)


def _classes(services: list[Service]) -> dict[str, tuple[str, str]]:
    """Return service → the names of its two classes."""
    taken = set(_IMPORTED) | RUNTIME_TYPES
    result = {}
    for service in services:
        sync = unique(class_name(camel(service.name)), taken)
        asynchronous = unique(f"Async{sync}", taken | {sync})
        taken |= {sync, asynchronous}
        result[service.name] = sync, asynchronous
    return result


def _address(urls: Sequence[str]) -> str:
    """Return the first address without parts to replace."""
    return next((u for u in urls if u.startswith("http") and not set("{<[$") & set(u)), "")


def _used(services: list[Service], inside: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the sorted names of the messages of requests and answers, and of those in their
    fields; `inside` has the types of the fields of each message.
    """
    pending = {
        name
        for service in services
        for method in service.methods
        for name in (
            *(method.request, method.response),
            *(answer.type.name for answer in method.answers if answer.type),
        )
    }
    result: set[str] = set()
    while pending := {name for name in pending if name in inside} - result:
        result |= pending
        pending = {name for used in pending for name in inside[used]}
    return sorted(result)


def _only(models: ModelClasses, names: set[str]) -> ModelClasses:
    known = sorted(names & models.classes.keys())
    return ModelClasses(
        {name: models.modules[name] for name in known},
        {name: models.classes[name] for name in known},
    )


def _outputs(page: _PageInput) -> list[Output]:
    module = module_of(page.file, "client")
    taken = {*_IMPORTED, *RUNTIME_TYPES, *(c for pair in page.classes.values() for c in pair)}
    imports = Imports(module, taken)
    annotations = Annotations(module, page.models, page.incomplete_enums, imports)
    arguments = ArgumentWriter(annotations, page.schemes)
    # A class that is imported later gets another name.
    names = {*taken, *map(str, page.models.classes.values())}
    writer = ServiceWriter(page.messages, annotations, arguments, names)
    services = [
        writer.write(service, page.classes[service.name], page.base_url)
        for service in page.file.services
        if service.name in page.classes
    ]
    if any(service.arguments for service in services):
        arguments.typing |= {"TypedDict", "Unpack"}
    standard = {"collections.abc": arguments.collections, "typing": arguments.typing}
    runtime = {"client": writer.runtime, "messages": annotations.runtime}
    text = render(
        _PAGE,
        docstring=docstring(f"The client of a page of {page.file.package}."),
        standard=_imports(standard),
        uses_builtins=writer.uses_builtins,
        uses_deprecated=any(m.deprecated for service in services for m in service.methods),
        runtime=_imports({f"apiscribe_runtime.{key}": value for key, value in runtime.items()}),
        imports=imports.statements(),
        services=services,
    )
    return [python_output(page.package, module.path, text, page.file.page)]


def _imports(names: Mapping[str, set[str]]) -> list[Encoded]:
    """Return the imports of names, by their modules."""
    return [python_import(module, *sorted(used)) for module, used in names.items() if used]
