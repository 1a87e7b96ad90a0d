"""Fields as GitBook has them: a pipe table, or an HTML one where a field lists an enum's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.listed import Listed
from apiscribe.emit.pages.references import References
from apiscribe.emit.pages.text import cell, comment, html_cell, html_words, settled, words
from apiscribe.model.api import Field, File, Message

_MARKS = {True: Encoded("✅"), False: Encoded("❌"), None: Encoded("")}
# Early pages write these words where a later one has a mark; a dash tells that they are text.
_LIKE_MARKS = frozenset({"required", "optional"})


@dataclass(frozen=True)
class FieldTable:
    """A table of fields: its headers, and a row of cells for each field."""

    html: bool
    headers: list[Encoded]
    rows: list[list[Encoded]]


class GitbookFields:
    """Makes the tables of fields."""

    def __init__(self, references: References, in_place: Mapping[str, Listed]) -> None:
        self._references, self._in_place = references, in_place

    def __call__(self, message: Message, file: File) -> FieldTable | None:
        """The table of a message's fields; none where it has none. The column Required stands
        where it has a mark for any field.
        """
        if not message.fields and not message.incomplete:
            return None
        in_html = any(field.type.name in self._in_place for field in message.fields)
        requires = any(_mark(field) for field in message.fields)
        rows = [self._row(field, file, in_html, requires) for field in message.fields]
        headers = ["Field", "Type", *(["Required"] if requires else []), "Description"]
        if message.incomplete:
            rows.append([Encoded("…"), *([Encoded("")] * (len(headers) - 1))])
        return FieldTable(in_html, [Encoded(header) for header in headers], rows)

    def _row(self, field: Field, file: File, in_html: bool, requires: bool) -> list[Encoded]:
        type_ = self._html_type(field, file) if in_html else self._type(field, file)
        said = comment(field.description, field.required)
        about = (html_cell if in_html else cell)(said)
        name = (html_words if in_html else words)(field.json_name)
        return [name, type_, *([_mark(field)] if requires else []), about]

    def _type(self, field: Field, file: File) -> Encoded:
        text = words(self._references.name(field.type.name, file.package))
        if target := self._references.target(field.type.name, file):
            text = Encoded(f"[{text}]({target})")
        return Encoded(f"list of {text}") if field.repeated else text

    def _html_type(self, field: Field, file: File) -> Encoded:
        listed = self._in_place.get(field.type.name)
        if listed is None:
            text = str(html_words(self._references.name(field.type.name, file.package)))
            if target := self._references.target(field.type.name, file):
                text = f'<a href="{target}">{text}</a>'
        else:
            values = (html_words(value.json_name) for value in listed.enum.values)
            text = html_words(listed.name) + _bullets(values)
        return Encoded(f"list of {text}" if field.repeated else text)


def _mark(field: Field) -> Encoded:
    if field.required is None and settled(field.description).lower() in _LIKE_MARKS:
        return Encoded("-")
    return _MARKS[field.required]


def _bullets(items: Iterable[Encoded]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
