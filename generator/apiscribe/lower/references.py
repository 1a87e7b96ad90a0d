"""References: other versions of an API, for the facts that its pages do not state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apiscribe.model.api import Api, Enum, Field, Message, Method


@dataclass(frozen=True)
class Reference:
    """Another version of the API, and its name in spec.toml.

    A `complete` one states every label: a field that it does not mark is not a list.
    """

    name: str
    api: Api
    complete: bool = False

    @property
    def origin(self) -> str:
        """The origin of its facts in `provenance`."""
        return f"reference {self.name}"


@dataclass(frozen=True)
class ReferenceField:
    """A field of a reference, and its enum if the reference has all values of it."""

    reference: Reference
    field: Field
    enum: Enum | None

    @property
    def repeated(self) -> bool | None:
        """Whether the reference states that the field is a list; None if it does not state it."""
        stated = self.field.provenance.get("repeated", "overlay") == "overlay"
        if self.reference.complete:
            return self.field.repeated
        return True if self.field.repeated and stated else None


@dataclass(frozen=True)
class ReferenceMessage:
    """A message of a reference, with its fields in order."""

    reference: Reference
    message: Message
    fields: tuple[ReferenceField, ...]


class ReferenceIndex:
    """The declarations of all references by documented full name; the first reference counts."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self.fields: dict[str, list[ReferenceField]] = defaultdict(list)
        self.messages: dict[str, ReferenceMessage] = {}
        self.methods: dict[str, tuple[Reference, Method]] = {}
        self.enums: set[str] = set()
        for reference in references:
            self._add(reference)

    def _add(self, reference: Reference) -> None:
        all_enums = [enum for file in reference.api.files for enum in file.all_enums()]
        self.enums |= {enum.full_name for enum in all_enums}
        enums = {enum.full_name: enum for enum in all_enums if not enum.incomplete}
        for _, message in reference.api.messages():
            fields = [ReferenceField(reference, f, enums.get(f.type.name)) for f in message.fields]
            for entry in fields:
                self.fields[f"{message.full_name}.{entry.field.json_name}"].append(entry)
            if not message.incomplete:
                self.messages.setdefault(
                    message.full_name, ReferenceMessage(reference, message, tuple(fields))
                )
        for _, service in reference.api.services():
            for method in service.methods:
                name = f"{service.full_name}.{method.name}"
                self.methods.setdefault(name, (reference, method))
