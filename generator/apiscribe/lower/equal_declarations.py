"""Decide whether two declarations with the same name are equal."""

from __future__ import annotations

from dataclasses import replace

from apiscribe.model.draft import EnumDraft, MessageDraft, MethodDraft, ServiceDraft


def are_equal(
    one: MessageDraft | ServiceDraft | EnumDraft, other: MessageDraft | ServiceDraft | EnumDraft
) -> bool:
    """Return whether two declarations are one: of messages, only the fields are compared, of
    services the methods, and of enums the values.
    """
    match one, other:
        case MessageDraft(), MessageDraft():
            return _shape(one) == _shape(other)
        case ServiceDraft(), ServiceDraft():
            return len(one.methods) == len(other.methods) and all(
                map(_are_equal_methods, one.methods, other.methods)
            )
        case EnumDraft(), EnumDraft():
            return _values(one) == _values(other)
        case _:
            return False


def _shape(message: MessageDraft) -> list[tuple[object, ...]]:
    return [
        (f.name, f.type.name, f.type.values, f.type.repeated, f.nullable) for f in message.fields
    ]


def _values(enum: EnumDraft) -> list[tuple[str, int | None]]:
    return [(value.name, value.number) for value in enum.values]


def _are_equal_methods(one: MethodDraft, other: MethodDraft) -> bool:
    """Return whether two methods are one. One of two pages may leave out the routes."""
    types = [
        [(type_.name, type_.streams) if type_ else None for type_ in (m.request, m.response)]
        for m in (one, other)
    ]
    is_same = one.name == other.name and types[0] == types[1]
    return is_same and (one.routes == other.routes or not (one.routes and other.routes))


def with_routes(one: ServiceDraft, other: ServiceDraft) -> ServiceDraft:
    """Return a service with the routes that only the equal other one has."""
    pairs = zip(one.methods, other.methods, strict=True)
    methods = (replace(m, routes=m.routes or again.routes) for m, again in pairs)
    return replace(one, methods=tuple(methods))
