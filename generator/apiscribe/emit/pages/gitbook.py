"""Fields in GitBook's form: a pipe table, or an HTML table if a field lists an enum's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.inline_enums import InlineEnum
from apiscribe.emit.pages.references import References
from apiscribe.emit.pages.text import cell, comment, html_cell, html_words, settled, words
from apiscribe.model.api import Field, File, Message

_MARKS = {True: Encoded("✅"), False: Encoded("❌"), None: Encoded("")}
# Early pages have these words instead of marks; a dash shows that they are a description.
_LIKE_MARKS = frozenset({"required", "optional"})


@dataclass(frozen=True)
class FieldTable:
    """A table of fields: headers, and a row of cells per field."""

    html: bool
    headers: list[Encoded]
    rows: list[list[Encoded]]


class GitbookFields:
    """Builds the tables of fields."""

    def __init__(self, references: References, inline_enums: Mapping[str, InlineEnum]) -> None:
        self._references, self._inline_enums = references, inline_enums

    def __call__(self, message: Message, file: File) -> FieldTable | None:
        """Return the table of a message's fields, None without fields. It has a column Required if
        any field has a mark.
        """
        if not message.fields and not message.incomplete:
            return None
        in_html = any(field.type.name in self._inline_enums for field in message.fields)
        has_marks = any(_mark(field) for field in message.fields)
        rows = [self._row(field, file, in_html, has_marks) for field in message.fields]
        headers = ["Field", "Type", *(["Required"] if has_marks else []), "Description"]
        if message.incomplete:
            rows.append([Encoded("…"), *([Encoded("")] * (len(headers) - 1))])
        return FieldTable(in_html, [Encoded(header) for header in headers], rows)

    def _row(self, field: Field, file: File, in_html: bool, has_marks: bool) -> list[Encoded]:
        type_ = self._html_type(field, file) if in_html else self._type(field, file)
        description = comment(field.description, field.required)
        about = (html_cell if in_html else cell)(description)
        name = (html_words if in_html else words)(field.json_name)
        return [name, type_, *([_mark(field)] if has_marks else []), about]

    def _type(self, field: Field, file: File) -> Encoded:
        text = words(self._references.name(field.type.name, file.package))
        if target := self._references.target(field.type.name, file):
            text = Encoded(f"[{text}]({target})")
        return Encoded(f"list of {text}") if field.repeated else text

    def _html_type(self, field: Field, file: File) -> Encoded:
        inline = self._inline_enums.get(field.type.name)
        if inline is None:
            text = str(html_words(self._references.name(field.type.name, file.package)))
            if target := self._references.target(field.type.name, file):
                text = f'<a href="{target}">{text}</a>'
        else:
            values = (html_words(value.json_name) for value in inline.enum.documented_values)
            text = html_words(inline.name) + _bullets(values)
        return Encoded(f"list of {text}" if field.repeated else text)


def _mark(field: Field) -> Encoded:
    if field.required is None and settled(field.description).lower() in _LIKE_MARKS:
        return Encoded("-")
    return _MARKS[field.required]


def _bullets(items: Iterable[Encoded]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
