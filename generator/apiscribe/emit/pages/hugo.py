"""Fields in Hugo's form: bullets with marks, and descriptions below them."""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.references import References
from apiscribe.emit.pages.text import bullet, is_required, words
from apiscribe.model.api import File, Message


@dataclass(frozen=True)
class BulletView:
    """A field: the parts of its bullet, and the paragraphs below it."""

    name: Encoded
    type: Encoded
    required: bool
    repeated: bool
    below: list[list[Encoded]]


class HugoFields:
    """Builds the bullets of fields."""

    def __init__(self, references: References) -> None:
        self._references = references

    def __call__(self, message: Message, file: File) -> list[BulletView]:
        """Return a bullet for each field."""
        return [
            BulletView(
                # A space for an empty name, so that the bullet still is that of a field.
                name=words(field.json_name) or Encoded(" "),
                type=words(self._references.name(field.type.name, file.package)),
                required=field.required is True,
                repeated=field.repeated,
                below=bullet(field.description, is_required(field.required)),
            )
            for field in message.fields
        ]
