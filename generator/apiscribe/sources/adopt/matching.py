"""Pair the declarations of an Api with those of a source by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.model.api import Api, Enum, Field, Message, Method


@dataclass(frozen=True)
class DeclarationPairs:
    """Our declarations, each with the source's declaration of the same name or None."""

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
        """The source's messages by the full name of ours.

        Pages do not nest messages. Our message therefore also matches a nested message of the
        package, if only one has this name.
        """
        by_name = {message.full_name: message for _, message in self.theirs.messages()}
        nested: dict[str, list[Message]] = {}
        for file, message in self.theirs.messages():
            scoped = message.full_name.removeprefix(f"{file.package}.")
            if "." in scoped:
                short = f"{file.package}.{message.name}" if file.package else message.name
                nested.setdefault(short, []).append(message)
        matches = {}
        for name in self.our_messages:
            if name in by_name:
                matches[name] = by_name[name]
            elif len(nested.get(name, ())) == 1:
                matches[name] = nested[name][0]
        return matches

    @cached_property
    def our_names(self) -> Mapping[str, str]:
        """Our full names of messages by those in the source."""
        return {theirs.full_name: name for name, theirs in self.messages.items()}

    def fields(self, message: Message) -> Iterator[tuple[Field, Field | None]]:
        """Yield the fields of our message in pairs; nothing if the source lacks the message."""
        theirs = self.messages.get(message.full_name)
        if theirs is None:
            return
        by_name = {field.name: field for field in theirs.fields}
        by_name |= {field.json_name: field for field in theirs.fields}
        for field in message.fields:
            yield field, by_name.get(field.json_name) or by_name.get(field.name)

    def methods(self) -> Iterator[tuple[str, Method, Method | None]]:
        """Yield the full name of each of our methods, the method and its pair."""
        theirs = {
            f"{service.full_name}.{method.name}": method
            for _, service in self.theirs.services()
            for method in service.methods
        }
        for _, service in self.ours.services():
            for method in service.methods:
                name = f"{service.full_name}.{method.name}"
                yield name, method, theirs.get(name)
