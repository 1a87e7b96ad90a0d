"""Assign each declaration to a `.proto` file: one file per page, without import cycles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from apiscribe.lower.declarations import Declaration
from apiscribe.lower.messages import Lowered, PageKey, key_of
from apiscribe.lower.symbols import Symbols
from apiscribe.model.api import Api, Enum, File, Message, Service
from apiscribe.model.draft import PageDraft
from apiscribe.model.names import identifier, snake, unique

_LONGEST_STEM = 100  # characters of a file's name; all file systems allow that
_MOST_FOLDERS = 20


def assemble(
    pages: Sequence[PageDraft],
    symbols: Symbols,
    lowered: Lowered,
    services: Mapping[str, Service],
) -> tuple[File, ...]:
    """Return the files, sorted by path."""
    taken = {folder.removesuffix(".proto") for folder in _folders(pages, symbols)}
    files: dict[str, File] = {}
    messages: defaultdict[str, list[Message]] = defaultdict(list)  # by path
    enums: defaultdict[str, list[Enum]] = defaultdict(list)
    listed: defaultdict[str, list[Service]] = defaultdict(list)
    by_page: dict[PageKey, str] = {}
    by_stated: dict[tuple[str, str], str] = {}  # (package, stated path) → path
    packages = {key_of(page): page.package for page in pages}
    for page in pages:
        if page.file and (page.package, page.file) in by_stated:
            # Several pages declare parts of one file.
            by_page[key_of(page)] = by_stated[page.package, page.file]
            continue
        path = unique(_stem_of(page), taken) + ".proto"
        taken.add(path.removesuffix(".proto"))
        by_page[key_of(page)] = by_stated[page.package, page.file] = path
        files[path] = File(
            path=path,
            package=page.package,
            page=page.path,
            dialect=page.dialect,
            # The title of a page of another dialect is the name of its service.
            title=page.title if page.dialect == "http" else "",
            servers=page.servers,
            description=page.description,
        )

    def path_of(full_name: str, page: PageKey) -> str:
        # A nested declaration is in the file of the message around it, on whatever page that is.
        outer = _around(full_name, packages[page], symbols)
        is_of_page = outer and outer.page.package == packages[page] and not outer.undeclared
        return by_page[key_of(outer.page) if outer and is_of_page else page]

    for full_name, declaration in symbols.declared.messages.items():
        package = declaration.package
        around = _around(full_name, package, symbols) or declaration
        if package != declaration.page.package or around.undeclared:
            # Not in the file of a page that uses it: published modules of that page lack it.
            path = f"{package.replace('.', '/')}/undeclared.proto"
            files.setdefault(path, File(path=path, package=package, page=""))
        else:
            path = path_of(full_name, key_of(declaration.page))
        messages[path].append(lowered.messages[full_name])
    for page_key, enum in lowered.enums:
        enums[path_of(enum.full_name, page_key)].append(enum)
    for full_name, (page, _) in symbols.declared.services.items():
        listed[by_page[key_of(page)]].append(services[full_name])
    assembled = (
        replace(
            files[path],
            messages=tuple(messages[path]),
            enums=tuple(enums[path]),
            services=tuple(listed[path]),
        )
        for path in sorted(files)
    )
    return _without_cycles(tuple(assembled))


def _around(full_name: str, package: str, symbols: Symbols) -> Declaration | None:
    """Return the outermost message around a declaration of a package, or the message itself."""
    local = full_name.removeprefix(f"{package}.").partition(".")[0]
    return symbols.declared.messages.get(f"{package}.{local}")


def _folders(pages: Sequence[PageDraft], symbols: Symbols) -> set[str]:
    """Return the folders of all files. No file may have the name of one: its Python module would
    clash with a package.
    """
    paths = [_stem_of(page).split("/")[:-1] for page in pages]
    paths += [d.package.split(".") for d in symbols.declared.messages.values() if d.undeclared]
    return {"/".join(parts[:count]) for parts in paths for count in range(1, len(parts) + 1)}


def _stem_of(page: PageDraft) -> str:
    """Return the path of a page's file without suffix: as the page states it, with identifiers for
    folders, because they become Python packages; else the package, and the name of the page.
    """
    if page.file:
        stated = [part for part in page.file.removesuffix(".proto").split("/") if part.strip(".")]
        return "/".join(identifier(part)[:_LONGEST_STEM] for part in stated[-_MOST_FOLDERS:])
    stem = page.path.rsplit("/", 1)[-1].split(".", 1)[0]
    return f"{page.package.replace('.', '/')}/{snake(stem)[:_LONGEST_STEM]}"


def _path(package: str, stem: str, taken: Set[str]) -> str:
    """Return an unused path for a file; `taken` are paths without their suffix."""
    return unique(f"{package.replace('.', '/')}/{stem}", taken) + ".proto"


def _without_cycles(files: tuple[File, ...]) -> tuple[File, ...]:
    """Rearrange files that import each other: protobuf has no forward declarations across files.

    Within a package, one file gets the messages of all. Across packages, each message gets a file
    of its own. If messages themselves depend on each other across packages, the cycle remains, and
    the compiler reports it.
    """
    while (cycle := _find_cycle(files)) is not None:
        inside = [file for file in files if file.path in cycle]
        if len({file.package for file in inside}) == 1:
            files = _merge(files, cycle)
        elif any(len(file.messages) > 1 or file.enums for file in inside):
            files = _split(files, cycle)
        else:
            break
    return files


def _find_cycle(files: tuple[File, ...]) -> frozenset[str] | None:
    """Return the paths of files that import each other in a cycle, or None."""
    api = Api(name="", files=files)
    try:
        TopologicalSorter({file.path: api.imports(file) for file in files}).prepare()
    except CycleError as error:
        return frozenset(error.args[1])
    return None


def _merge(files: tuple[File, ...], cycle: frozenset[str]) -> tuple[File, ...]:
    first = min(cycle)
    inside = [file for file in files if file.path in cycle]
    messages = tuple(message for file in inside for message in file.messages)
    enums = tuple(enum for file in inside for enum in file.enums)
    emptied = {file.path: replace(file, messages=(), enums=()) for file in inside}
    emptied[first] = replace(emptied[first], messages=messages, enums=enums)
    return tuple(emptied.get(file.path, file) for file in files)


def _split(files: tuple[File, ...], cycle: frozenset[str]) -> tuple[File, ...]:
    result = {file.path: file for file in files}
    taken = {path.removesuffix(".proto") for path in result}
    for path in sorted(cycle):
        file = result[path]
        result[path] = replace(file, messages=(), enums=())
        for enum in file.enums:
            own = _path(file.package, f"{_stem(path)}_{snake(enum.name)}", taken)
            taken.add(own.removesuffix(".proto"))
            result[own] = replace(file, path=own, services=(), messages=(), enums=(enum,))
        for message in file.messages:
            own = _path(file.package, f"{_stem(path)}_{snake(message.name)}", taken)
            taken.add(own.removesuffix(".proto"))
            result[own] = replace(file, path=own, services=(), messages=(message,), enums=())
    return tuple(result[path] for path in sorted(result))


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".proto")
