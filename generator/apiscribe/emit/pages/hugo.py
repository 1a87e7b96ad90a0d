"""Fields as Hugo pages have them: bullets with marks, and what is said of each below it."""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.references import References
from apiscribe.emit.pages.text import bullet, is_required, words
from apiscribe.model.api import File, Message


@dataclass(frozen=True)
class BulletView:
    """A field: what stands in its bullet, and the paragraphs below."""

    name: Encoded
    type: Encoded
    required: bool
    repeated: bool
    below: list[list[Encoded]]


class HugoFields:
    """Makes the bullets."""

    def __init__(self, references: References) -> None:
        self._references = references

    def __call__(self, message: Message, file: File) -> list[BulletView]:
        """A bullet for each field."""
        return [
            BulletView(
                # A name of nothing is a blank, so that its bullet is still one of a field.
                name=words(field.json_name) or Encoded(" "),
                type=words(self._references.name(field.type.name, file.package)),
                required=field.required is True,
                repeated=field.repeated,
                below=bullet(field.description, is_required(field.required)),
            )
            for field in message.fields
        ]
