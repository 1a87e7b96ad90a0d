"""Check that messages of different packages do not hold each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apiscribe.diagnostics.codes.types import package_cycle
from apiscribe.diagnostics.report import Report
from apiscribe.model.api import Api, Field, Message
from apiscribe.model.types import MessageRef, values_type


def check_package_cycles(api: Api, report: Report) -> None:
    """Report messages of two packages that hold each other: files of protobuf cannot import each
    other. Source: protobuf.dev/programming-guides/proto3, "Importing Definitions".
    """
    packages = {m.full_name: file.package for file, m in api.messages()}
    messages = {message.full_name: message for _, message in api.messages()}
    reported: set[str] = set()
    for message in messages.values():
        for field, held in _held(message):
            package = packages[message.full_name]
            if packages.get(held, package) == package or {message.full_name, held} <= reported:
                continue
            if way_back := _way(held, message.full_name, messages):
                reported |= {message.full_name, *(name for name, _ in way_back)}
                report.add(
                    package_cycle(message.full_name, held, way_back[0][1].span),
                    field.span,
                    mark=field.json_name,
                )


def _held(message: Message) -> Iterator[tuple[Field, str]]:
    """Yield the fields of a message that have messages as values, with their full names."""
    for field in message.fields:
        type_ = values_type(field.type)
        if isinstance(type_, MessageRef):
            yield field, type_.name


def _way(start: str, end: str, messages: Mapping[str, Message]) -> list[tuple[str, Field]]:
    """Return the messages and fields through which `start` holds `end`; none if it does not."""
    came_from: dict[str, tuple[str, Field]] = {}
    pending = [start]
    while pending:
        name = pending.pop()
        for field, held in _held(messages[name]) if name in messages else ():
            if held not in came_from:
                came_from[held] = (name, field)
                pending.append(held)
    way: list[tuple[str, Field]] = []
    name = end
    while name in came_from and (not way or name != start):
        way.append(came_from[name])
        name = came_from[name][0]
    return way[::-1]
