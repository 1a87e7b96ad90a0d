"""The package and the full name of each declaration of a page, by order of evidence.

1. A line or a heading states the package, or a line below the heading the full name.
2. The anchor of the heading spells the full name.
3. The heading spells the full name: parts in lower case are the package. A link to the file of the
   declaration may show that the page leaves out the first part.
4. The front matter names the package, or one declaration in full.
5. A link from another declaration spells the full name, in its words or its anchor.
6. Another declaration of the same file has a package.
7. The name of the page is a package with a version: `shop.v1.html`.
8. The path of the file, as far as the paths of other files show which folders are the package.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.declarations import Declared, Survey, anchored_package
from apiscribe.dialects.protobuf.file_links import linked_file, linked_package
from apiscribe.dialects.protobuf.headings import stated_in_front_matter
from apiscribe.dialects.protobuf.types import PROVIDED, full_name, links_of
from apiscribe.model.draft import MessageDraft, ServiceDraft
from apiscribe.pages.blocks import Block, Paragraph, Table

_PACKAGE = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
# shop.v1.md, shop.v1.pb.html
_PAGE = re.compile(
    r"(?P<package>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*\.v\d+\w*)(?:\.pb|\.proto|\.gen)?\.\w+"
)
_TYPE_COLUMNS = frozenset({"type", "request", "response", "field"})


def resolve_names(found: Survey, front_matter: Mapping[str, str], path: str) -> dict[str, str]:
    """Set the package and the name of each declaration. Return full names by anchor."""
    anchors = {
        anchor: declared for declared in found.declared for anchor in declared.heading.anchors
    }
    links = _links(found.declared)
    for declared in found.declared:
        declared.name = declared.part.name
        _state_package(declared, found, anchors)
    _nest(found.declared, links)
    _infer_packages(found.declared, links, front_matter)
    if package := package_of_page(path):
        for declared in found.declared:
            if not declared.package and not declared.file:
                declared.package = package
    return {
        anchor: f".{declared.package}.{declared.name}" if declared.package else declared.name
        for anchor, declared in anchors.items()
    }


def package_of_page(path: str) -> str:
    """Return the package with a version that is the name of a page, or ""."""
    match = _PAGE.fullmatch(path.rpartition("/")[2])
    return match["package"] if match else ""


def _state_package(declared: Declared, found: Survey, anchors: Mapping[str, Declared]) -> None:
    """Set the package that the page states for a declaration: rules 1 to 3."""
    declared.package = (
        declared.package or found.packages.get(declared.file) or found.packages.get("")
    )
    before = anchored_package(declared.part)
    outer = anchors.get(before) or anchors.get(before.replace(".", "-"))
    if outer and outer is not declared:
        # The anchor of a nested message begins with that of the message around it.
        declared.name = f"{outer.name or outer.part.name}.{declared.name}"
    elif before and (_split_lower(before)[0] or not found.names.isdisjoint(before.split("."))):
        head, messages = _split_lower(before)
        declared.package = declared.package or head
        declared.name = ".".join(filter(None, [messages, declared.name]))
    head, name = _split_lower(declared.name)
    if head and name and (declared.package in (None, "", head) or head in PROVIDED):
        declared.name = name
        declared.package = head
    for block in declared.part.blocks:
        if package := linked_package(block, declared.package or "", declared.name):
            declared.package, declared.file = package, linked_file(block)
        if not declared.package and (package := _package_alone(block, declared.name)):
            declared.package = package


def _package_alone(block: Block, name: str) -> str:
    """Return the package in a paragraph that is only the full name of a declaration, or ""."""
    text = block.inline.text.strip("`") if isinstance(block, Paragraph) else ""
    head, local = _split_lower(text) if text.endswith(f".{name}") else ("", "")
    return head if local == name else ""


def _split_lower(name: str) -> tuple[str, str]:
    """Return the leading parts of a name that are in lower case, and the rest."""
    parts = name.split(".")
    count = next((n for n, part in enumerate(parts) if not _PACKAGE.fullmatch(part)), len(parts))
    return ".".join(parts[:count]), ".".join(parts[count:])


def _nest(declared: list[Declared], links: Iterable[tuple[str, str]]) -> None:
    """Put the outer messages before the names of nested ones, as the full names in links do.

    Of several messages that have one of that name inside, it is the last one above.
    """
    spelled: dict[str, list[str]] = defaultdict(list)  # short name → full names
    for name, _ in links:
        plain = name.lstrip(".")
        spelled[plain.rpartition(".")[2]].append(plain)
    above: dict[str, int] = {}  # full name → position
    before = ""
    for at, one in enumerate(declared):
        plain = f"{one.package}.{one.name}" if one.package else one.name
        if "." not in one.name and one.package and one.name in spelled:
            plain = _spelled_name(plain, before, spelled[one.name], above)
            one.name = plain.removeprefix(f"{one.package}.")
        above.setdefault(plain, at)
        before = plain


def _spelled_name(plain: str, before: str, names: Iterable[str], above: Mapping[str, int]) -> str:
    """Return the full name of a declaration: `plain`, or one of `names` in a message above.

    Nested messages follow the one around them: those around the declaration `before` come first.
    """
    package, _, _ = plain.rpartition(".")
    inside = [
        name
        for name in names
        if name.startswith(f"{package}.") and name.rpartition(".")[0] in above and name not in above
    ]
    around = [name for name in inside if f"{before}.".startswith(f"{name.rpartition('.')[0]}.")]
    if not around and plain in names and plain not in above:
        return plain
    return max(around or inside, key=lambda name: above[name.rpartition(".")[0]], default=plain)


def _links(declared: Iterable[Declared]) -> list[tuple[str, str]]:
    """Return the (words, target) of all types in tables; a type without a link has no target."""
    return list(dict.fromkeys(_all_links(declared)))


def _all_links(declared: Iterable[Declared]) -> Iterator[tuple[str, str]]:
    for one in declared:
        for part in one.parts:
            for block in part.blocks:
                if not isinstance(block, Table) or not tables.kind(block):
                    continue
                columns = tables.columns(block)
                has_type = "type" in columns
                for at, role in enumerate(columns):
                    if role in _TYPE_COLUMNS and not (role == "field" and has_type):
                        for row in block.rows:
                            if at < len(row.cells):
                                yield from links_of(row.cells[at].parsed)


def _infer_packages(
    declared: list[Declared], links: Iterable[tuple[str, str]], front_matter: Mapping[str, str]
) -> None:
    """Set the packages that the page does not state: rules 4 to 6 and 8."""
    open_ones = [one for one in declared if not one.package]
    if not open_ones:
        return
    by_name: dict[str, list[Declared]] = defaultdict(list)
    for one in open_ones:
        by_name[one.name].append(one)
    if package := stated_in_front_matter(front_matter):
        for one in open_ones:
            one.package = one.package or package
    for value in front_matter.values():
        head, local = _split_lower(value.strip())
        if head and local in by_name:
            for one in open_ones:
                one.package = one.package or head
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    for name, target in links:
        head, local = _split_lower(full_name(name, target).lstrip("."))
        if head and head != "google.protobuf" and local in by_name:
            heads[local][head] += 1
    _spread(by_name, heads)
    _complete_files(declared)


def _spread(by_name: Mapping[str, list[Declared]], heads: Mapping[str, Counter[str]]) -> None:
    """Give the declarations the packages that links spell. Of several files that declare a name, a
    link means the one where path or other declarations agree.
    """
    for local, packages in heads.items():
        if len(packages) == 1 and len(by_name[local]) == 1:
            by_name[local][0].package = by_name[local][0].package or next(iter(packages))
    for local, packages in heads.items():
        for one in by_name[local]:
            if not one.package:
                folders = one.file.rpartition("/")[0].replace("/", ".")
                agreed = [name for name in packages if f".{folders}".endswith(f".{name}")]
                one.package = agreed[0] if len(agreed) == 1 else None


def _complete_files(declared: list[Declared]) -> None:
    """Rules 6 and 8: the package of a file is that of its declarations, or follows its path."""
    of_file: dict[str, Counter[str]] = defaultdict(Counter)
    for one in declared:
        if one.package:
            of_file[one.file][one.package] += 1
    packages = {file: counts.most_common(1)[0][0] for file, counts in of_file.items()}
    only = set(packages.values())
    depth = _package_depth(packages)
    for one in declared:
        if not one.package:
            one.package = packages.get(one.file) or _by_path(one.file, depth)
        if not one.package and len(only) == 1 and not one.file:
            one.package = next(iter(only))


def _package_depth(packages: Mapping[str, str]) -> int:
    """Return how many folders before a file are its package, by the files with a known package; 0
    if all are, or if the files do not agree.
    """
    depths = set()
    for file, package in packages.items():
        folders = file.split("/")[:-1]
        count = package.count(".") + 1
        if folders and ".".join(folders[-count:]) == package:
            depths.add(0 if count == len(folders) else count)
    return depths.pop() if len(depths) == 1 else 0


def _by_path(file: str, depth: int) -> str | None:
    folders = file.split("/")[:-1]
    package = ".".join(folders[-depth:] if depth else folders)
    return package if package and _PACKAGE.fullmatch(package) else None


def used_types(drafts: Iterable[MessageDraft | ServiceDraft]) -> set[str]:
    """Return the names of the types that drafts use."""
    names: set[str] = set()
    for draft in drafts:
        if isinstance(draft, MessageDraft):
            names |= {field.type.name.lstrip(".") for field in draft.fields}
            continue
        for method in draft.methods:
            names |= {
                type_.name.lstrip(".") for type_ in (method.request, method.response) if type_
            }
    return names


def packages_of_uses(used: Iterable[str]) -> Mapping[str, set[str]]:
    """Return the packages in the full names by which types use a declaration, or one inside it; by
    its name, gone through once for all declarations.
    """
    packages: dict[str, set[str]] = defaultdict(set)
    for head, local in map(_split_lower, used):
        while local:
            packages[local].add(head)
            local = local.rpartition(".")[0]
    return packages
