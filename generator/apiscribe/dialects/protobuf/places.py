"""The file and the package that lines, headings and sentences of a page state."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apiscribe.dialects.protobuf.headings import Part, stated_file, stated_package
from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.pages.blocks import Block, Bullets, Code, Item, Paragraph, Quote

INTRODUCTION = 4  # parts of a page
# A package of one word counts only behind `protobuf package`: there are packages of code, too.
_IN_PROSE = re.compile(
    r"\bpackage(?:\s+name)?(?:\s+is|:)?"
    r"\s+`([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+)`"
    r"|\b(?:proto(?:buf)?|gRPC)\s+package(?:\s+name)?(?:\s+is|:)?\s+`([a-z_][a-z0-9_]*)`",
    re.IGNORECASE,
)


class Places:
    """The file that the page is about, from part to part, and the packages that it states."""

    def __init__(self, packages: dict[str, str]) -> None:
        self.packages = packages
        self.file, self._level = "", 0  # of the headings below which the file counts
        self._parts = 0
        self._prose_level: int | None = None  # of the headings with a package in prose

    def read(self, part: Part, below: int) -> None:
        """Read the file and the packages that a part states; `below` is the level of the next."""
        if part.kind == "file":
            self.file, self._level = part.path, part.level
        elif part.kind == "package":
            if part.level <= self._level:
                self.file = ""
            self.packages[self.file] = part.name
        self._parts += 1
        for block in part.blocks:
            package, path = stated_place(block)
            if not package and self._may_state_in_prose(part, below):
                package = package_in_prose(block)
                self._prose_level = part.level if package else self._prose_level
            if package:
                self.packages[self.file] = package
            if path and path != self.file:
                if self.file == "" and "" in self.packages:
                    self.packages[path] = self.packages.pop("")
                self.file, self._level = path, part.level + 1

    def _may_state_in_prose(self, part: Part, below: int) -> bool:
        """Return whether sentences of a part state a package: in the introduction, and in later
        sections of the same level, each about the types below it.
        """
        begins = not self.packages and self._parts <= INTRODUCTION
        return begins or (part.level == self._prose_level and below > part.level)


def stated_place(block: Block) -> tuple[str, str]:
    """Return the package and the file that a block states."""
    lines = list(_lines(block))
    packages, paths = map(stated_package, lines), map(stated_file, lines)
    return next(filter(None, packages), ""), next(filter(None, paths), "")


def states_place_alone(block: Block) -> bool:
    """Return whether all lines of a paragraph state the package or the file."""
    prose = block.inline.prose if isinstance(block, Paragraph) else ""
    lines = [line.rstrip("\\ ") for line in prose.split("\n") if line.strip()]
    return bool(lines) and all(stated_package(line) or stated_file(line) for line in lines)


def package_in_prose(block: Block) -> str:
    """Return the only package that a sentence names: "in the package `shop.v1`"; or ""."""
    if not isinstance(block, Paragraph):
        return ""
    names = {dotted or word for dotted, word in _IN_PROSE.findall(block.inline.prose)}
    return names.pop() if len(names) == 1 else ""


def _lines(block: Block) -> Iterable[str]:
    match block:
        case Code() if text := read_text(block.text, block.span):
            return [f"package {text.package}"] if text.package else ()
        case Paragraph():
            return (*block.inline.text.split("\n"), *block.inline.prose.split("\n"))
        case Bullets():
            # Of several packages, none is that of the page.
            heads = [line for item in block.items for line in _lines_of_head(item)]
            return heads if len({*map(stated_package, heads)} - {""}) == 1 else ()
        case Quote():
            return [line for inner in block.blocks for line in _lines(inner)]
        case _:
            return ()


def _lines_of_head(item: Item) -> Iterable[str]:
    head = item.blocks[0] if item.blocks else None
    return _lines(head) if isinstance(head, Paragraph) else ()
