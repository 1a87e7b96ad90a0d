"""Find the headings that declare something, with its file and kind.

One of four things makes a heading a declaration: its words (``Message `Job` ``), its anchor
(`shop.v1.Job` above `Job`), a table of fields, values or methods below it, or its place beside
other declarations on a page that names its files or its package. The last two depend on the rest of
the page, because comments of a `.proto` may hold headings and tables as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from apiscribe.dialects.protobuf import tables
from apiscribe.dialects.protobuf.file_links import links_to_file
from apiscribe.dialects.protobuf.headings import SIDES, Part, is_full_name
from apiscribe.dialects.protobuf.listed_values import read_listed_values, says_empty
from apiscribe.dialects.protobuf.method_parts import find_methods, types_of_methods
from apiscribe.dialects.protobuf.places import INTRODUCTION, Places, stated_place
from apiscribe.dialects.protobuf.rpc_lines import rpc_lines
from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.dialects.protobuf.words import group_kind, kind_of
from apiscribe.model.draft import EnumDraft, MessageDraft, ServiceDraft
from apiscribe.pages.blocks import Block, Bullets, Code, Heading, Table

_TABLE_KINDS = {
    "fields": "message",
    "rules": "message",
    "values": "enum",
    "methods": "service",
    "bindings": "service",
}
_KINDS = frozenset({"message", "service", "enum"})


@dataclass
class Declared:
    """A declaration: its heading, the parts below that belong to it, and what is known of it.

    `package` is None until something states it.
    """

    part: Part
    kind: str
    file: str = ""
    package: str | None = None
    name: str = ""
    below: list[Part] = field(default_factory=list)

    @property
    def parts(self) -> Iterator[Part]:
        """The part of the heading, and those below it."""
        yield self.part
        yield from self.below

    @property
    def heading(self) -> Heading:
        """The heading."""
        assert self.part.heading
        return self.part.heading


@dataclass
class Survey:
    """The declarations of a page in order, and the parts that belong to none.

    `packages` are the packages that lines and headings state, by file.
    """

    declared: list[Declared]
    others: list[tuple[Part, str]]  # each with the file that it is about
    packages: dict[str, str]

    @cached_property
    def names(self) -> frozenset[str]:
        """The last parts of the names in the headings of the declarations."""
        return frozenset(one.part.name.rpartition(".")[2] for one in self.declared)


def survey(parts: list[Part]) -> Survey:
    """Find the declarations of a page."""
    find_methods(parts)
    sure = {id(part) for part in parts if _is_sure(part)} | set(_with_members_below(parts))
    has_places = any(part.kind in ("file", "package") for part in parts) or any(
        stated_place(block) != ("", "") for part in parts[:INTRODUCTION] for block in part.blocks
    )
    levels = {part.level for part in parts if id(part) in sure}
    has_sure_types = any(id(part) in sure and part.kind != "service" for part in parts)
    if not has_sure_types:
        with_tables = [part for part in parts if _own_kind(part)]
        levels |= {part.level for part in with_tables if not part.role}
        levels = levels or {part.level for part in with_tables}
    for part in parts:
        if part.role and part.name and part.level in levels and _own_kind(part):
            part.role = ""  # a message may be named `Message`
    result = Survey([], [], {})
    places = Places(result.packages)
    used = types_of_methods(parts)
    current: Declared | None = None
    service: Declared | None = None
    for part, below in zip(parts, [*parts[1:], parts[0]], strict=True):
        places.read(part, below.level)
        if part.kind == "method" and service and part.level > service.part.level:
            current = service  # messages can be between the methods
        if part.kind in SIDES and current:
            current.below.append(part)
            if _own_kind(part) == "message" or any(map(says_empty, part.blocks)):
                result.declared.append(_declared(part, "message", places))
            continue
        if part.kind == "file" and current and part.level > current.part.level:
            current.file = current.file or part.path
            current.below.append(part)
            continue
        if part.kind in ("file", "package") or part.role in ("contents", "scalars", "extensions"):
            current = None
        elif part.name and (
            id(part) in sure
            or _begins(part, current, has_sure_types, levels)
            or (
                _is_beside(part, levels, has_places or part.name in used)
                and not (service and part.name.startswith(f"{service.part.name}."))
            )
        ):
            current = _declared(part, part.kind if part.kind in _KINDS else "", places)
            service = current if current.kind == "service" else service
            result.declared.append(current)
            continue
        if current and _belongs(part, current, bool(sure)):
            current.below.append(part)
        else:
            current = None
            result.others.append((part, places.file))
    for declared in result.declared:
        declared.kind = declared.kind or _kind_by_tables(declared)
    return result


def _with_members_below(parts: Iterable[Part]) -> Iterator[int]:
    """Yield the ids of the parts with their members below a heading such as `Fields`, or below one
    that states their file.
    """
    above: list[Part] = []
    for part in parts:
        while above and above[-1].level >= part.level:
            above.pop()
        owner = above[-1] if above else None
        if owner and part.heading and _own_kind(part):
            is_group = part.role == "groups" and group_kind(part.heading.inline.text) not in _KINDS
            has_type = owner.name.rpartition(".")[2][:1].isupper() and not owner.role
            if (is_group or part.kind == "file") and has_type and owner.kind in ("", *_KINDS):
                yield id(owner)
        above.append(part)


def _declared(part: Part, kind: str, places: Places) -> Declared:
    """Return a declaration in the file and the package that the page is about."""
    file = part.path or places.file
    return Declared(part, kind, file, places.packages.get(file))


def _is_sure(part: Part) -> bool:
    """Return whether a heading declares something by its words or its anchor alone."""
    if not part.name or part.kind in ("file", "package", "method", *SIDES):
        return False
    if part.kind in _KINDS:
        is_enum = part.kind == "enum" and not part.role
        spells_methods = part.kind == "service" and any(map(rpc_lines, part.blocks))
        is_spelled = bool(anchored_scope(part)) or spells_methods
        return part.marked or is_spelled or bool(_own_kind(part, names=is_enum))
    if is_full_name(part.name) or (anchored_scope(part) and not part.role):
        return True
    if any(links_to_file(block, part.name) for block in part.blocks):
        return True
    # Anchors that a site makes of headings are in lower case.
    anchors = part.heading.anchors if part.heading else ()
    has_anchor = part.name in anchors or part.name.replace(".", "-") in anchors
    return has_anchor and part.name[0].isupper() and bool(_own_kind(part, names=True))


def anchored_package(part: Part) -> str:
    """Return the package, or the message, that an anchor of a heading has before its name. The
    group of a Kubernetes API is no package: `shop.example.com/v1.Job`.
    """
    scope = anchored_scope(part)
    return "" if "/" in scope else scope


def anchored_scope(part: Part) -> str:
    """Return what an anchor of a heading has before its name: `shop.v1` of `shop.v1.Job`."""
    for anchor in part.heading.anchors if part.heading else ():
        kind, _, rest = anchor.partition("-")
        if "." in rest and kind_of(kind) in _KINDS:
            anchor = rest  # message-shop.v1.Job
        spelled = anchor if "." in anchor else anchor.replace("-", ".")
        if spelled.endswith(f".{part.name}"):
            return spelled.removesuffix(f".{part.name}")
    return ""


def _begins(part: Part, current: Declared | None, surer: bool, levels: set[int]) -> bool:
    """Return whether a table makes a heading a declaration.

    Where other headings are sure, comments may have tables too: only a second table of one kind
    begins another declaration.
    """
    kind = _own_kind(part)
    if not kind or part.role or part.kind == "method":
        return False
    if not surer or current is None:
        return True
    return part.level in levels and _has_table(current, kind)


def _is_beside(part: Part, levels: set[int], has_places: bool) -> bool:
    """Return whether the place of a heading makes it a declaration: a message without fields."""
    anchors = part.heading.anchors if part.heading else ()
    if part.role or part.level not in levels or not (has_places or part.name in anchors):
        return False
    return part.kind in _KINDS or (not part.kind and part.name[0].isupper())


def _belongs(part: Part, current: Declared, surer: bool) -> bool:
    """Return whether a part without a declaration belongs to the declaration above it.

    Where headings are sure, a comment may begin with a heading of any level, such as `# Note`; the
    table of the declaration comes after its comment.
    """
    if part.level > current.part.level:
        return True
    is_comment = surer and not part.role and not part.kind
    return is_comment and not any(_own_kind(above) for above in current.parts)


def is_prose(part: Part) -> bool:
    """Return whether a part of a declaration is a piece of its comment, with a heading."""
    lists_first = bool(part.blocks) and isinstance(part.blocks[0], Table)
    return not part.role and not part.kind and not lists_first


def _own_kind(part: Part, names: bool = False) -> str:
    """Return the kind of declaration that the tables of a part list, or "". With `names`, a table
    of names and descriptions counts as well.
    """
    return next((kind for block in part.blocks if (kind := _kind_of(block, part.name, names))), "")


def _kind_of(block: Block, name: str, names: bool = False) -> str:
    """Return the kind of declaration that a table lists, or that code declares under a name."""
    match block:
        case Bullets() if read_listed_values(block):
            return "enum"
        case Table():
            kind = tables.kind(block)
            return "enum" if names and kind == "names" else _TABLE_KINDS.get(kind, "")
        case Code() if name and (text := read_text(block.text, block.span)):
            kinds = (("message", text.messages), ("enum", text.enums), ("service", text.services))
            own = next((kind for kind, each in kinds if _declares(each, name)), "")
            return own or ("service" if text.methods else "")
        case _:
            return ""


def _declares(drafts: Sequence[MessageDraft | EnumDraft | ServiceDraft], name: str) -> bool:
    return any(draft.name == name for draft in drafts)


def _has_table(declared: Declared, kind: str) -> bool:
    return any(
        _kind_of(block, part.name) == kind for part in declared.parts for block in part.blocks
    )


def _kind_by_tables(declared: Declared) -> str:
    """Return the kind of a declaration by its tables; without any, it is a message."""
    for part in declared.parts:
        for block in part.blocks:
            if kind := _kind_of(block, part.name, names=True):
                return kind
        if part.kind == "method":
            return "service"
    return "message"
