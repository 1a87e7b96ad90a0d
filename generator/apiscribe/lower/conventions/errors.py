"""The bodies of errors over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from apiscribe.lower.conventions.list_shape import WORDS, is_integer, is_text
from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Field, Service
from apiscribe.model.conventions import ErrorShape
from apiscribe.model.names import snake
from apiscribe.model.types import MessageRef, Type

_DEPTH = 2  # of messages around the fields of an error
_INVALID = ("422", "400")


def error_shapes(
    services: Mapping[str, Service], messages: Messages
) -> dict[str, ErrorShape | None]:
    """Errors have the body that most documented errors of the service have, or else of the API, if
    one of its fields is a message for people. Texts such as `code` and `type` are the kind of the
    error, and integers its status. An invalid request is 422 if the service documents that and no
    400.
    """
    shapes = {name: list(_shapes(service, messages)) for name, service in services.items()}
    all_shapes = [shape for own in shapes.values() for shape in own]
    return {
        name: _error_shape(own or all_shapes, services[name] if own else None)
        for name, own in shapes.items()
    }


def _error_shape(
    shapes: Iterable[tuple[tuple[str, str], ...]], service: Service | None
) -> ErrorShape | None:
    found = Counter(shapes).most_common(1)
    if not found:
        return None
    methods = service.methods if service else ()
    statuses = {answer.status[:3] for method in methods for answer in method.answers}
    invalid = "422" if statuses.intersection(_INVALID) == {"422"} else "400"
    return ErrorShape(fields=dict(found[0][0]), invalid=int(invalid))


def _shapes(service: Service, messages: Messages) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield path → fact, for each documented error that has a message."""
    for method in service.methods:
        for answer in method.answers:
            if answer.type is None or answer.status.startswith(("1", "2", "3")):
                continue
            prefix = "[]." if answer.repeated else ""
            fields = dict(_scalars(answer.type, messages, prefix, _DEPTH))
            shape = tuple(sorted(_facts(fields)))
            if "message" in dict(shape).values():
                yield shape


def _facts(fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    names = {path: snake(path.removesuffix("[]").rpartition(".")[2]) for path in fields}
    taken: set[str] = set()
    for fact, words in WORDS["error"].items():
        for word in words:
            for path, name in names.items():
                field = fields[path]
                fits = is_integer(field) if fact == "status" else _is_text_or_list(field)
                if name == word and fits and path not in taken:
                    taken.add(path)
                    yield path, fact
                    break
            else:
                continue
            break


def _scalars(
    type_: Type, messages: Messages, prefix: str, depth: int
) -> Iterator[tuple[str, Field]]:
    for name, field in fields_of(type_.name, messages).items():
        path = f"{prefix}{name}{'[]' if field.repeated else ''}"
        if isinstance(field.type, MessageRef):
            if depth:
                yield from _scalars(field.type, messages, f"{path}.", depth - 1)
        elif _is_text_or_list(field) or is_integer(field):
            yield path, field


def _is_text_or_list(field: Field) -> bool:
    """Return whether a field is a text or a list of texts."""
    return is_text(field) or (field.repeated and field.type.name == "string")
