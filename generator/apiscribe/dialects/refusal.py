"""Pages that no dialect reads: whether they look like an API, and what was seen on them.

Most pages of a folder are guides. One line or one table is no API: a guide may show a request, or
list the settings of a tool.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from apiscribe.dialects import tables
from apiscribe.dialects.http.misspelt_verbs import misspelt_verbs
from apiscribe.dialects.protobuf.texts import is_broken_text
from apiscribe.dialects.service_page import states_package
from apiscribe.pages.blocks import Code, Heading, Page, Paragraph, Quote, Table

# An HTTP method and a path, with nothing but marks before and between them.
_OPERATION = re.compile(
    r"[\s`*_\"']*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[\s`*_:|]+(?:https?://[^\s/]+|\{\{?\w+\}\}?)?/\S*"
)
ENOUGH = 3  # of one kind of marks; two kinds are enough as well


@dataclass(frozen=True)
class Seen:
    """What a page has of an API.

    `members` counts tables of fields by their headers, `code` blocks of code by language,
    `packages` lines with the package, and `broken` those blocks of code with declarations of
    protobuf that are not in its grammar.
    """

    packages: int
    operations: int
    members: Counter[str]
    methods: int
    code: Counter[str]
    broken: int

    @property
    def is_api(self) -> bool:
        """Whether the page looks like an API."""
        counts = (self.packages, self.operations, self.members.total(), self.methods)
        return self.broken > 1 or sum(map(bool, counts)) > 1 or max(counts) >= ENOUGH

    @property
    def text(self) -> str:
        """What was seen, in words."""
        parts = [
            _counted(self.packages, "line", "lines", " with a package"),
            _counted(self.operations, "line", "lines", " with an HTTP method and a path"),
            _counted(self.methods, "table", "tables", " of methods"),
            _counted(
                self.broken,
                "block",
                "blocks",
                " of code with declarations of protobuf that are not in its grammar",
            ),
            *(
                _counted(count, "table", "tables", f" of fields ({header})")
                for header, count in self.members.most_common(2)
            ),
            *(
                _counted(count, "block", "blocks", f" of {language}")
                for language, count in self.code.most_common(2)
            ),
        ]
        return ", ".join(filter(None, parts))


def look_at(page: Page) -> Seen:
    """Look for the marks of an API on a page."""
    members: Counter[str] = Counter()
    code: Counter[str] = Counter()
    packages = methods = broken = 0
    operations = sum(1 for _ in misspelt_verbs(page))
    for block in page.all_blocks():
        match block:
            case Table():
                match tables.kind(block):
                    case "fields":
                        members[" | ".join(cell.text for cell in block.header.cells)] += 1
                    case "methods":
                        methods += 1
                rows = (" ".join(cell.text for cell in row.cells) for row in block.rows)
                operations += sum(1 for row in rows if _OPERATION.match(row))
            case Code():
                code[block.language.split()[0] if block.language else "code"] += 1
                operations += bool(_OPERATION.match(block.text))
                broken += is_broken_text(block)
            case Quote(blocks=(Paragraph() as line,)) if states_package(line):
                packages += 1
            case Heading() | Paragraph():
                lines = block.inline.source.split("\n")
                operations += sum(1 for line in lines if _OPERATION.match(line))
            case _:
                pass
    return Seen(packages, operations, members, methods, code, broken)


def _counted(count: int, one: str, many: str, rest: str) -> str:
    return f"{count} {one if count == 1 else many}{rest}" if count else ""
