"""The reference of an API for people: services, methods, messages and enums on one HTML page.

The page is complete in itself and loads nothing. Its frame and the part of each file of the Api are
rendered and cached by themselves. A server that sends the page adds facts about itself to its
element `server`; then the page also explores rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO

from apiscribe.emit.api_json import to_json
from apiscribe.emit.encoders import Encoded, generated_by, html_text
from apiscribe.emit.html_page import inlined
from apiscribe.emit.html_prose import html_prose
from apiscribe.emit.imported_files import ImportedFiles
from apiscribe.emit.output import Output
from apiscribe.emit.reference.command_lines import GRPC_ADDRESS, HTTP_ADDRESS
from apiscribe.emit.reference.origins import OriginView, origin, origins_in, rule_views
from apiscribe.emit.reference.services_shown import ServiceViews
from apiscribe.emit.reference.type_links import TypeLinks
from apiscribe.emit.reference.types_shown import declared_types, type_view, uses_of_types
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, File, Service
from apiscribe.model.facts import SecurityScheme, StatedText

_PAGE, _SERVICE, _TYPE = (f"reference/{name}.html.j2" for name in ("page", "service", "type"))
_PARTS = b"<!-- The parts. -->\n"  # the place of the parts on the page


@dataclass(frozen=True)
class _Entry:
    """A declaration in the contents: its full name, its name, and the methods of a service."""

    full_name: Encoded
    name: Encoded
    methods: list[Encoded] = field(default_factory=list)


@dataclass(frozen=True)
class _Package:
    """The declarations of a package in the contents."""

    name: Encoded
    services: list[_Entry]
    types: list[_Entry]


@dataclass(frozen=True)
class _Scheme:
    """A way to authenticate."""

    name: Encoded
    text: Encoded
    about: list[Encoded]
    origin: OriginView


def joined_reference(rendered: Iterable[Output]) -> Output:
    """Return the page, joined from its frame and the parts."""
    frame, *parts = rendered
    before, behind = frame.content.split(_PARTS)
    page = BytesIO()
    page.write(before)
    for part in parts:
        page.write(part.content)
        page.write(b"\n")
    page.write(behind)
    return Output(frame.path, page.getvalue())


def _frame(api: Api) -> list[Output]:
    """Return the page with a mark in place of its parts."""
    facts = api.facts
    text = render(
        _PAGE,
        notice=html_text(generated_by()),
        inlined=inlined("reference", connects=True),
        title=html_text(_stated(facts.title) or api.name),
        version=html_text(_stated(facts.version)),
        about=html_prose(_stated(facts.description)),
        servers=[(html_text(server.text), origin(server.span, {})) for server in facts.servers],
        schemes=[_scheme(scheme) for scheme in facts.schemes],
        packages=_packages(api),
        counts=[(number, html_text(word)) for number, word in _counts(api)],
        rules=rule_views(set().union(*map(origins_in, api.files))),
        http=html_text(HTTP_ADDRESS),
        grpc=html_text(GRPC_ADDRESS),
        parts=Encoded(_PARTS.decode().strip()),
    )
    return [Output.text(f"{api.name}/reference.html", text)]


def emit_reference(api: Api) -> Iterator[RenderTask]:
    """Yield the task of the frame, and a task for each file; its output is its part."""
    pages = [[file.path, api.digests[file.path].text] for file in api.files]
    of_frame = (api.name, to_json(api.facts), pages)
    yield RenderTask("reference", of_frame, partial(_frame, api), (_PAGE,), is_python=False)
    links = TypeLinks(frozenset(api.file_of))
    views, uses = ServiceViews(api, links), uses_of_types(api)
    imported = ImportedFiles(api)
    of_api = (to_json(api.facts.security), to_json(api.facts.schemes))
    requests = {m.request for _, service in api.services() for m in service.methods}
    for file in api.files:
        files = imported.with_imports(file)
        own_uses = {t.full_name: uses.get(t.full_name, ()) for t in declared_types(file)}
        checked = sorted(requests & imported.type_names(files))
        digests = [api.digests[other.path].text for other in files]
        key = (file.path, digests, own_uses, checked, of_api)
        size = api.digests[file.path].size
        make = partial(_part, file, views, links, own_uses)
        yield RenderTask("reference part", key, make, (_SERVICE, _TYPE), size=size, is_python=False)


def _part(
    file: File, views: ServiceViews, links: TypeLinks, uses: Mapping[str, Sequence[str]]
) -> list[Output]:
    texts = [render(_SERVICE, service=views.view(service, file)) for service in file.services]
    texts += [
        render(_TYPE, type=type_view(declared, file.package, links, uses[declared.full_name]))
        for declared in declared_types(file)
    ]
    return [Output.text(file.path, "".join(texts))]


def _packages(api: Api) -> list[_Package]:
    files: dict[str, list[File]] = {}
    for file in api.files:
        files.setdefault(file.package, []).append(file)
    return [
        _Package(
            html_text(package),
            [_service(service) for file in group for service in file.services],
            [_type(t.full_name, package) for file in group for t in declared_types(file)],
        )
        for package, group in files.items()
    ]


def _service(service: Service) -> _Entry:
    methods = [html_text(method.name) for method in service.methods]
    return _Entry(html_text(service.full_name), html_text(service.name), methods)


def _type(full_name: str, package: str) -> _Entry:
    return _Entry(html_text(full_name), html_text(full_name.removeprefix(f"{package}.")))


def _scheme(scheme: SecurityScheme) -> _Scheme:
    place = f" in the {scheme.location or 'header'} {scheme.parameter}" if scheme.parameter else ""
    about = html_prose(scheme.description)
    return _Scheme(
        html_text(scheme.name), html_text(f"{scheme.kind}{place}"), about, origin(scheme.span, {})
    )


def _counts(api: Api) -> Iterator[tuple[int, str]]:
    services = [service for _, service in api.services()]
    counts = {
        "service": len(services),
        "method": sum(len(service.methods) for service in services),
        "message": sum(len(file.messages) for file in api.files),
        "enum": sum(1 for file in api.files for _ in file.all_enums()),
    }
    for word, number in counts.items():
        yield number, f"{word}{'s' * (number != 1)}"


def _stated(text: StatedText | None) -> str:
    return text.text if text else ""
