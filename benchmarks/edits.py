"""What a writer changes on a page, whatever its dialect: a description, or one more field."""

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
    """A page with a description, as one of its lines has it, and the last field on it."""

    file: Path
    source: Source  # as it was before all edits
    description: str
    field: Field

    def change_description(self, number: int) -> None:
        """Write another description on the page; all other edits stay."""
        earlier = re.escape(self.description) + r"(?: Edit \d+\.)?"
        text = self.file.read_text("utf-8")
        self._write(re.sub(earlier, lambda _: f"{self.description} Edit {number}.", text))

    def add_field(self, number: int) -> None:
        """Write one more field behind the last, like it but for the name; all other edits stay."""
        lines, end = self.file.read_text("utf-8").split("\n"), self.field.span.end_line
        name = self.field.json_name
        added = "\n".join(_lines_of(self.field, self.source))
        lines.insert(end, added.replace(name, f"{name}_{number}", 1))
        self._write("\n".join(lines))

    def _write(self, text: str) -> None:
        self.file.write_text(text, "utf-8")


def page_to_edit(spec: Path) -> PageToEdit:
    """The page of middle size among those of a spec that can be edited in both ways."""
    compilation = compile_folder(spec)
    pages = [page for file in compilation.api.files for page in _editable(file, compilation)]
    pages.sort(key=lambda page: len(page.source.text))
    return pages[len(pages) // 2]


def _editable(file: File, compilation: Compilation) -> Iterator[PageToEdit]:
    """The file's page, where it has both; nothing where it lacks one."""
    methods = [method for service in file.services for method in service.methods]
    fields = [field for message in file.messages for field in message.fields]
    if not fields:
        return
    source = compilation.spec.sources[file.page]
    told = [method.description for method in methods]
    told += [service.description for service in file.services] + [file.description]
    descriptions = [text for text in told if text and text in source.text]
    last = max(fields, key=lambda field: field.span.line)
    if descriptions and last.json_name in "\n".join(_lines_of(last, source)):
        yield PageToEdit(compilation.spec.folder / file.page, source, descriptions[0], last)


def _lines_of(field: Field, source: Source) -> tuple[str, ...]:
    return source.lines[field.span.line - 1 : field.span.end_line]
