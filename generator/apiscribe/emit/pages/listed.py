"""Which enums a form can list where they are used, and which need a section of their own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from apiscribe.model.api import Api, Enum, Field, File, Message
from apiscribe.model.names import camel


@dataclass(frozen=True)
class Use:
    """A field that has an enum, the message of the field, and the file of the message."""

    file: File
    message: Message
    field: Field


@dataclass(frozen=True)
class Listed:
    """An enum that fields list; `name` is what stands before its values, nothing where readers
    name it as it is without one.
    """

    enum: Enum
    name: str


def listed_enums(api: Api) -> dict[str, Listed]:
    """The enums, by full name, that are known where they are used: those of a message, closed, and
    used in their own package alone.
    """
    uses: dict[str, list[Use]] = defaultdict(list)
    for file, message in api.messages():
        for field in message.fields:
            uses[field.type.name].append(Use(file, message, field))
    found: dict[str, list[Use]] = {}
    enums: dict[str, tuple[Message, Enum]] = {}
    for file, message in api.messages():
        for enum in message.enums:
            users = uses[enum.full_name]
            if (
                users
                and not enum.incomplete
                and all(use.file.package == file.package for use in users)
            ):
                found[enum.full_name] = users
                enums[enum.full_name] = (message, enum)
    # Page, field and values → the enums that readers would take for one, if none had a name.
    alike: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for name, users in found.items():
        for use in users:
            alike[_key(use, enums[name][1])].add(name)
    return {
        name: Listed(
            enums[name][1],
            (
                ""
                if _is_named_for(*enums[name], users)
                and all(len(alike[_key(use, enums[name][1])]) == 1 for use in users)
                else f"{enums[name][0].name}.{enums[name][1].name}"
            ),
        )
        for name, users in found.items()
    }


def _key(use: Use, enum: Enum) -> tuple[object, ...]:
    values = tuple(value.json_name for value in enum.values)
    return use.file.path, use.field.json_name, values


def _is_named_for(message: Message, enum: Enum, users: list[Use]) -> bool:
    """Whether an enum has the name of all its fields, on one page, and stands in the message that
    uses it first.
    """
    names = {(use.file.path, use.field.json_name) for use in users}
    first = users[0].message.full_name == message.full_name
    return len(names) == 1 and first and camel(users[0].field.json_name) == enum.name
