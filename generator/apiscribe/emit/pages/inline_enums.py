"""Finds the enums that a page can list at their fields, without a section of their own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from apiscribe.model.api import Api, Enum, Field, File, Message
from apiscribe.model.names import camel


@dataclass(frozen=True)
class Use:
    """A field with an enum as its type, its message, and the file of the message."""

    file: File
    message: Message
    field: Field


@dataclass(frozen=True)
class InlineEnum:
    """An enum that fields list; `name` precedes the values, unless readers infer it."""

    enum: Enum
    name: str


def find_inline_enums(api: Api) -> dict[str, InlineEnum]:
    """Return the inline enums by full name: nested in a message, complete, and used only in their
    own package.
    """
    uses: dict[str, list[Use]] = defaultdict(list)
    for file, message in api.messages():
        for field in message.fields:
            uses[field.type.name].append(Use(file, message, field))
    inline: dict[str, list[Use]] = {}
    enums: dict[str, tuple[Message, Enum]] = {}
    for file, message in api.messages():
        for enum in message.enums:
            users = uses[enum.full_name]
            if (
                users
                and not enum.incomplete
                and all(use.file.package == file.package for use in users)
            ):
                inline[enum.full_name] = users
                enums[enum.full_name] = (message, enum)
    # Page, field and values → the enums that readers would merge if they had no names.
    alike: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for name, users in inline.items():
        for use in users:
            alike[_key(use, enums[name][1])].add(name)
    return {
        name: InlineEnum(
            enums[name][1],
            (
                ""
                if _is_named_for(*enums[name], users)
                and all(len(alike[_key(use, enums[name][1])]) == 1 for use in users)
                else f"{enums[name][0].name}.{enums[name][1].name}"
            ),
        )
        for name, users in inline.items()
    }


def _key(use: Use, enum: Enum) -> tuple[object, ...]:
    values = tuple(value.json_name for value in enum.documented_values)
    return use.file.path, use.field.json_name, values


def _is_named_for(message: Message, enum: Enum, users: list[Use]) -> bool:
    """Return whether an enum has the name of all its fields, on one page, and is nested in the
    message that uses it first.
    """
    names = {(use.file.path, use.field.json_name) for use in users}
    first = users[0].message.full_name == message.full_name
    return len(names) == 1 and first and camel(users[0].field.json_name) == enum.name
