"""Typical edits of a page in any dialect: change a description, add a field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apiscribe.diagnostics.source import Source
from apiscribe.model.api import Field, File
from apiscribe.sources.compilation import Compilation, compile_folder


@dataclass(frozen=True)
class PageToEdit:
    """A page with the text of a description and its last field."""

    file: Path
    source: Source  # before all edits
    description: str
    field: Field

    def change_description(self, number: int) -> None:
        """Change the description; keep other edits."""
        earlier = re.escape(self.description) + r"(?: Edit \d+\.)?"
        text = self.file.read_text("utf-8")
        self._write(re.sub(earlier, lambda _: f"{self.description} Edit {number}.", text))

    def add_field(self, number: int) -> None:
        """Add a copy of the last field under a new name; keep other edits."""
        lines, end = self.file.read_text("utf-8").split("\n"), self.field.span.end_line
        name = self.field.json_name
        added = "\n".join(_lines_of(self.field, self.source))
        lines.insert(end, added.replace(name, f"{name}_{number}", 1))
        self._write("\n".join(lines))

    def _write(self, text: str) -> None:
        self.file.write_text(text, "utf-8")


def page_to_edit(spec: Path) -> PageToEdit:
    """Return the median page, by size, among a spec's pages that allow both edits."""
    compilation = compile_folder(spec)
    pages = [page for file in compilation.api.files for page in _editable(file, compilation)]
    pages.sort(key=lambda page: len(page.source.text))
    return pages[len(pages) // 2]


def _editable(file: File, compilation: Compilation) -> Iterator[PageToEdit]:
    """Yield the file's page if it has a description and a field."""
    methods = [method for service in file.services for method in service.methods]
    fields = [field for message in file.messages for field in message.fields]
    if not fields:
        return
    source = compilation.spec.sources[file.page]
    texts = [method.description for method in methods]
    texts += [service.description for service in file.services] + [file.description]
    descriptions = [text for text in texts if text and text in source.text]
    last = max(fields, key=lambda field: field.span.line)
    if descriptions and last.json_name in "\n".join(_lines_of(last, source)):
        yield PageToEdit(compilation.spec.folder / file.page, source, descriptions[0], last)


def _lines_of(field: Field, source: Source) -> tuple[str, ...]:
    return source.lines[field.span.line - 1 : field.span.end_line]
