"""What two editions of an API declare under one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.model.api import Api, Enum, Field, Message, Method


@dataclass(frozen=True)
class Pairs:
    """Declarations of ours, each with the source's of the same name, or None."""

    ours: Api
    theirs: Api

    @cached_property
    def our_messages(self) -> Mapping[str, Message]:
        """Our messages by full name."""
        return {message.full_name: message for _, message in self.ours.messages()}

    @cached_property
    def our_enums(self) -> Mapping[str, Enum]:
        """Our enums by full name."""
        return {enum.full_name: enum for file in self.ours.files for enum in file.all_enums()}

    @cached_property
    def their_enums(self) -> Mapping[str, Enum]:
        """The source's enums by full name."""
        return {enum.full_name: enum for file in self.theirs.files for enum in file.all_enums()}

    @cached_property
    def messages(self) -> Mapping[str, Message]:
        """Full name of a message of ours → the source's. Pages nest no messages: one that stands in
        another message of its package is meant too, where no other has its name.
        """
        by_name = {message.full_name: message for _, message in self.theirs.messages()}
        nested: dict[str, list[Message]] = {}
        for file, message in self.theirs.messages():
            inside = message.full_name.removeprefix(f"{file.package}.")
            if "." in inside:
                short = f"{file.package}.{message.name}" if file.package else message.name
                nested.setdefault(short, []).append(message)
        found = {}
        for name in self.our_messages:
            if name in by_name:
                found[name] = by_name[name]
            elif len(nested.get(name, ())) == 1:
                found[name] = nested[name][0]
        return found

    @cached_property
    def our_names(self) -> Mapping[str, str]:
        """Full name of a message in the source → ours."""
        return {theirs.full_name: name for name, theirs in self.messages.items()}

    def fields(self, message: Message) -> Iterator[tuple[Field, Field | None]]:
        """The fields of a message of ours."""
        theirs = self.messages.get(message.full_name)
        if theirs is None:
            return
        by_name = {field.name: field for field in theirs.fields}
        by_name |= {field.json_name: field for field in theirs.fields}
        for field in message.fields:
            yield field, by_name.get(field.json_name) or by_name.get(field.name)

    def methods(self) -> Iterator[tuple[str, Method, Method | None]]:
        """Our methods, each behind its full name."""
        theirs = {
            f"{service.full_name}.{method.name}": method
            for _, service in self.theirs.services()
            for method in service.methods
        }
        for _, service in self.ours.services():
            for method in service.methods:
                name = f"{service.full_name}.{method.name}"
                yield name, method, theirs.get(name)
