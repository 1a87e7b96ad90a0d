"""Which `.proto` file each declaration stands in: one file a page, and no two that import each
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from apiscribe.draft import PageDraft
from apiscribe.ir import Api, File, Message, Service
from apiscribe.lower.symbols import Symbols
from apiscribe.names import snake, unique


def assemble(
    pages: Sequence[PageDraft],
    symbols: Symbols,
    messages: Mapping[str, Message],
    services: Mapping[str, Service],
) -> tuple[File, ...]:
    """The files by path."""
    files: dict[str, File] = {}
    by_page: dict[str, str] = {}
    for page in pages:
        path = _path(page.package, page.path.rsplit("/", 1)[-1].split(".", 1)[0], files)
        by_page[page.path] = path
        files[path] = File(
            path=path,
            package=page.package,
            page=page.path,
            dialect=page.dialect,
            description=page.description,
        )
    for full_name, declaration in symbols.messages.items():
        path = by_page[declaration.page.path]
        if declaration.package != declaration.page.package:
            # A name in full of a package that has no page for it.
            path = f"{declaration.package.replace('.', '/')}/undeclared.proto"
            files.setdefault(path, File(path=path, package=declaration.package, page=""))
        file = files[path]
        files[path] = replace(file, messages=(*file.messages, messages[full_name]))
    for full_name, (page, _) in symbols.services.items():
        file = files[by_page[page.path]]
        files[file.path] = replace(file, services=(*file.services, services[full_name]))
    return _without_cycles(tuple(files[path] for path in sorted(files)))


def _path(package: str, stem: str, taken: Mapping[str, File]) -> str:
    folder = package.replace(".", "/")
    names = {path.removesuffix(".proto") for path in taken}
    return unique(f"{folder}/{snake(stem)}", names) + ".proto"


def _without_cycles(files: tuple[File, ...]) -> tuple[File, ...]:
    """The files, with the messages of files that import each other gathered in the first of them:
    protobuf has no forward declarations across files.
    """
    while True:
        api = Api(name="", files=files)
        graph = {file.path: api.imports(file) for file in files}
        try:
            TopologicalSorter(graph).prepare()
            return files
        except CycleError as error:
            cycle = frozenset(error.args[1])
            if len({file.package for file in files if file.path in cycle}) > 1:
                return files  # no file can hold two packages; the compiler will name the cycle
            files = _merge(files, cycle)


def _merge(files: tuple[File, ...], cycle: frozenset[str]) -> tuple[File, ...]:
    first = min(cycle)
    gathered = tuple(m for file in files if file.path in cycle for m in file.messages)
    return tuple(
        (
            replace(file, messages=gathered if file.path == first else ())
            if file.path in cycle
            else file
        )
        for file in files
    )
