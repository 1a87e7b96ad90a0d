"""References: other editions of an API that know facts which its pages leave open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apiscribe.model.api import Api, Enum, Field, Message, Method


@dataclass(frozen=True)
class Reference:
    """Another edition, and what spec.toml calls it. A `complete` one states every label: a field
    that it does not mark is no list.
    """

    name: str
    api: Api
    complete: bool = False

    @property
    def origin(self) -> str:
        """What stands in `provenance` for what it tells."""
        return f"reference {self.name}"


@dataclass(frozen=True)
class KnownField:
    """A field as a reference has it, with its enum, if its type is one whose values are known."""

    reference: Reference
    field: Field
    enum: Enum | None

    @property
    def repeated(self) -> bool | None:
        """Whether the reference says that it is a list; None where it only infers it, or is silent."""
        stated = self.field.provenance.get("repeated", "overlay") == "overlay"
        if self.reference.complete:
            return self.field.repeated
        return True if self.field.repeated and stated else None


@dataclass(frozen=True)
class KnownMessage:
    """A message as a reference has it; its fields in order."""

    reference: Reference
    message: Message
    fields: tuple[KnownField, ...]


class Known:
    """What all references know, by documented names; of several that know a thing the first counts."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self.fields: dict[str, list[KnownField]] = defaultdict(list)
        self.messages: dict[str, KnownMessage] = {}
        self.methods: dict[str, tuple[Reference, Method]] = {}
        for reference in references:
            self._add(reference)

    def _add(self, reference: Reference) -> None:
        all_enums = (enum for file in reference.api.files for enum in file.all_enums())
        enums = {enum.full_name: enum for enum in all_enums if not enum.incomplete}
        for _, message in reference.api.messages():
            fields = [KnownField(reference, f, enums.get(f.type.name)) for f in message.fields]
            for known in fields:
                self.fields[f"{message.full_name}.{known.field.json_name}"].append(known)
            if not message.incomplete:
                entry = KnownMessage(reference, message, tuple(fields))
                self.messages.setdefault(message.full_name, entry)
        for _, service in reference.api.services():
            for method in service.methods:
                name = f"{service.full_name}.{method.name}"
                self.methods.setdefault(name, (reference, method))
