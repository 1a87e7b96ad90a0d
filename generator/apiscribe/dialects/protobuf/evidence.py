"""Measure how much of a page looks like a protobuf page."""

from __future__ import annotations

import re
from collections import Counter

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.declarations import anchored_scope
from apiscribe.dialects.protobuf.file_links import linked_file
from apiscribe.dialects.protobuf.headings import (
    Part,
    caption,
    is_bare_package,
    is_full_name,
    is_versioned,
    split_parts,
    stated_in_front_matter,
)
from apiscribe.dialects.protobuf.method_parts import find_methods, is_type_name
from apiscribe.dialects.protobuf.names import package_of_page
from apiscribe.dialects.protobuf.places import package_in_prose, stated_place
from apiscribe.dialects.protobuf.proto_text import ProtoText
from apiscribe.dialects.protobuf.restated import restate
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.dialects.protobuf.texts import label, read_texts
from apiscribe.dialects.protobuf.typed_names import read_typed_names
from apiscribe.dialects.service_page import lists_methods_and_messages
from apiscribe.dialects.type_text import spelled_out
from apiscribe.pages.blocks import Bullets, Code, Page, Paragraph, Quote, Table

# Marks that other pages have as well: at least one kind must be another.
_NEEDS_MORE = frozenset({"values with numbers", "file", "front matter", "title", "sentence"})
# Marks of references for HTTP as well, where messages and operations have pages of their own.
_OF_JSON = frozenset(
    {"rows with anchors", "fields of protobuf types", "fields of sized numbers", "title"}
)
_ROUTE = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+(?:https?:/)?/")
# Marks of binary formats and of settings as well, which have sizes of numbers and lists of codes.
_OF_NUMBERS = frozenset({"fields of sized numbers", "values with numbers"})
# So many declarations are no longer the example of a guide.
_MANY = 3


def count_evidence(page: Page) -> int:
    """Count the marks of protobuf pages; 0 if there is only one kind of them."""
    found: Counter[str] = Counter()
    found["package"] += bool(package_of_page(page.path))
    typed = [b for b in page.blocks if isinstance(b, Table) and read_typed_names(b)]
    found["fields with types"] += len(typed)
    declared = 0  # in texts
    package = stated_in_front_matter(page.front_matter.values)
    found["front matter"] += bool(package and is_versioned(package))
    parts = split_parts(restate(page).blocks)
    stated = {id(part) for part in parts if part.kind == "method"}
    find_methods(parts)
    # Such a page is a service's; without its package, its own dialect says so.
    is_of_service = lists_methods_and_messages(page)
    for part in parts:
        found.update(_of_heading(part))
        if part.kind == "method" and id(part) not in stated and not is_of_service:
            found.update(["types of a method"])
        found.update(["anchor"] if package and _has_anchor_in(package, part) else [])
        if any(value.endswith(f".{part.name}") for value in page.front_matter.values.values()):
            found.update(["front matter"] if part.name else [])
        for block in part.blocks:
            match block:
                case Table():
                    found.update(_of_table(block))
                    found.update(_of_rows(block, part))
                case Quote() | Paragraph() | Bullets() if lines := rpc_lines(block):
                    found["rpc"] += len(lines)
                case Code() | Bullets() | Quote():
                    found["package"] += bool(stated_place(block)[0]) and isinstance(block, Bullets)
                    for text in read_texts(block):
                        found.update(_of_text(text, part))
                        declared += len(_names(text))
                case Paragraph() if len(block.inline.source) < 300:
                    package, file = stated_place(block)
                    found["full name"] += bool(any(caption(block)))
                    found["sentence"] += bool(package_in_prose(block))
                    found["file"] += bool(file)
                    found["link to a file"] += bool(linked_file(block))
                    found["package"] += bool(package)
                    found["uses"] += label(block) == "used by"
    if found["package"]:
        found["kind"] += sum(map(_declares_by_kind, parts))
    if declared >= _MANY:
        found["many declarations"] += declared
    kinds = {kind for kind, count in found.items() if count}
    if kinds <= _OF_JSON and any(_ROUTE.search(line) for line in page.source.lines):
        return 0
    if kinds <= _OF_NUMBERS:
        return 0
    return found.total() if len(kinds) > 1 and kinds - _NEEDS_MORE else 0


def _declares_by_kind(part: Part) -> bool:
    """Return whether a heading is the kind and the name of something that a table below lists."""
    lists = any(isinstance(block, Table) and tables.kind(block) for block in part.blocks)
    return lists and part.kind in ("message", "enum", "service") and not part.marked


def _of_heading(part: Part) -> list[str]:
    if part.kind == "file" or part.path:
        return ["file"] if part.kind == "file" else ["file", "kind"]
    if part.kind == "package":
        text = part.heading.inline.text.strip() if part.heading else ""
        return (["title"] if is_versioned(text) else []) if is_bare_package(text) else ["package"]
    if part.kind and part.marked:
        return ["kind"]
    if is_full_name(part.name):
        return ["full name"]
    return ["anchor"] if part.name and anchored_scope(part)[:1].islower() else []


def _of_table(table: Table) -> list[str]:
    columns = set(tables.columns(table))
    match tables.kind(table):
        case "scalars":
            return ["scalars"]
        case "fields" if "label" in columns:
            return ["labelled fields"]
        case "fields" if "number" in columns:
            return ["numbered fields", *(_of_types(table) if "type" in columns else [])]
        case "fields" if "type" not in columns:
            return ["fields with types"] if _names_and_types(table) else []
        case "fields":
            return _of_types(table)
        case "values":
            return ["values with numbers"]
        case "methods":
            return ["methods"]
        case _:
            return []


def _of_rows(table: Table, part: Part) -> list[str]:
    """Return a mark if the anchors of rows begin with that of the heading, `Job-state`, or with its
    name, `Job.FIELDS.state`.
    """
    owners = tuple(f"{anchor}-" for anchor in (part.heading.anchors if part.heading else ()))
    owners += (f"{part.name}.",) if part.name else ()
    anchors = [anchor for row in table.rows for anchor in row.anchors]
    is_mark = bool(owners and anchors) and all(anchor.startswith(owners) for anchor in anchors)
    return ["rows with anchors"] if is_mark else []


def _of_text(text: ProtoText, part: Part) -> list[str]:
    """Return the marks of a text in protobuf's language: one alone may be an example of a guide."""
    marks = ["text"]
    marks += ["package"] if text.package else []
    is_service = bool(text.methods) and is_type_name(part.name)
    marks += ["methods in text"] if is_service else []
    marks += ["text of the heading"] if part.name and part.name in _names(text) else []
    return marks


def _has_anchor_in(package: str, part: Part) -> bool:
    """Return whether an anchor spells the full name of a heading as sites do: `shop-v1-job`."""
    spelled = f"{package}.{part.name}".replace(".", "-").lower()
    return bool(part.name and part.heading and spelled in part.heading.anchors)


def _names(text: ProtoText) -> list[str]:
    names = [message.name for message in text.messages]
    names += [method.name for method in text.methods]
    return [*names, *(enum.name for enum in text.enums), *(each.name for each in text.services)]


def _names_and_types(table: Table) -> bool:
    """Return whether the cells of names have types on lines of their own."""
    return bool(table.rows) and all(
        row.cells and len(row.cells[0].parsed.lines) > 1 for row in table.rows
    )


# Scalars that only protobuf has, and those that binary formats have as well.
_OWN_SCALARS = frozenset("sint32 sint64 sfixed32 sfixed64".split())
_SIZED = frozenset("int32 int64 uint32 uint64 fixed32 fixed64 bytes".split())
_BEGINS = (".", "google.protobuf.", "(slice of)", "repeated ", "optional ", "map<")


def _of_types(table: Table) -> list[str]:
    """Return a mark if the types of fields are such as only protobuf has, or sized numbers."""
    at = tables.columns(table).index("type")
    types = [row.cells[at].text.strip("`[]") for row in table.rows if at < len(row.cells)]
    if any(
        name in _OWN_SCALARS or spelled_out(name) != name or name.startswith(_BEGINS)
        for name in types
    ):
        return ["fields of protobuf types"]
    return ["fields of sized numbers"] if not _SIZED.isdisjoint(types) else []
