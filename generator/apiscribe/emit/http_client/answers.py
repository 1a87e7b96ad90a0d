"""What the methods of a client return, from the answers and conventions in the Api."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apiscribe.emit.python_annotations import Annotations, attributes_of
from apiscribe.lower.shapes import EMPTY
from apiscribe.model.api import Field, Message, Method, Route, Service
from apiscribe.model.types import MessageRef

Messages = Mapping[str, Message]

_WITHOUT_BODY = (204, 205)
_JSON_OBJECTS = ("google.protobuf.Any", "google.protobuf.Struct")


@dataclass(frozen=True)
class Answer:
    """The answer of a method. `model` is the message of its body; without one it is JSON of any
    form, or nothing if `is_empty`. `bare` is the field of the message that is the whole body,
    `value` the attribute that the method returns, and `type_` its annotation.
    """

    type_: str
    model: str = ""
    is_empty: bool = False
    bare: str = ""
    value: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows of a list: their annotation, and the attributes of a page with the rows and facts.

    `key` is the attribute of a row with its key.
    """

    type_: str
    attribute: str
    key: str
    facts: dict[str, str]


def answer_of(method: Method, route: Route, messages: Messages, annotations: Annotations) -> Answer:
    """Return the answer of a method."""
    message = messages.get(method.response)
    if method.response == EMPTY or method.status in _WITHOUT_BODY:
        return Answer(type_="None", is_empty=True)
    if message is None:
        is_object = method.response in _JSON_OBJECTS
        return Answer(type_="dict[str, Any]" if is_object else "Any")
    whole = Answer(type_=annotations.class_of(message.full_name), model=message.full_name)
    if field := _named(message, route.response_body):
        return Answer(
            type_=_value_type(field, annotations),
            model=message.full_name,
            bare=field.json_name,
            value=attributes_of(message)[field.json_name],
        )
    returned = method.standard.returned if method.standard else ""
    inside = list(_path(returned, message, messages))
    if returned and inside and all(len(holder.fields) == 1 for holder, _ in inside):
        field = inside[-1][1]
        value = ".".join(attributes_of(holder)[inner.json_name] for holder, inner in inside)
        return Answer(type_=_value_type(field, annotations), model=message.full_name, value=value)
    return whole


def rows_of(
    method: Method, answer: Answer, service: Service, messages: Messages, annotations: Annotations
) -> Rows | None:
    """Return the rows of a list; None for other methods, and if the rows are not known."""
    standard, message = method.standard, messages.get(answer.model)
    if standard is None or standard.kind != "list" or not standard.results or message is None:
        return None
    inside = list(_path(standard.results, message, messages))
    if not inside or not inside[-1][1].repeated or method.response_streams:
        return None
    field = inside[-1][1]
    if answer.bare and answer.bare != standard.results:
        return None
    row = messages.get(field.type.name)
    paths = standard.page_facts
    # The client follows an address as well as a token.
    paths = {**paths, "next": paths["next_url"]} if "next_url" in paths else paths
    key = service.resource.key if service.resource else ""
    return Rows(
        type_=annotations.of(field.type),
        attribute="" if answer.bare else _attributes(standard.results, message, messages),
        key=attributes_of(row).get(key, "") if row else "",
        facts={
            fact: attributes
            for fact in ("more", "next", "pages", "total")
            if (attributes := _attributes(paths.get(fact, ""), message, messages))
        },
    )


def error_models(method: Method, messages: Messages) -> Iterator[tuple[str, str]]:
    """Yield status → message of the answers that are errors: `404`, `4XX`, `default`."""
    for answer in method.answers:
        status = answer.status.strip()[:3].upper()
        is_error = status[:1] in ("4", "5") or answer.status.strip().lower() == "default"
        type_ = answer.type
        is_message = isinstance(type_, MessageRef) and not answer.repeated
        if is_error and is_message and type_ and type_.name in messages:
            yield ("default" if status == "DEF" else status), type_.name


def _value_type(field: Field, annotations: Annotations) -> str:
    annotation = annotations.of(field.type)
    # A method named `list` would hide the type in its class.
    return f"builtins.list[{annotation}]" if field.repeated else annotation


def _attributes(path: str, message: Message, messages: Messages) -> str:
    inside = _path(path, message, messages)
    return ".".join(attributes_of(holder)[field.json_name] for holder, field in inside)


def _path(path: str, message: Message, messages: Messages) -> Iterator[tuple[Message, Field]]:
    """Yield the fields at a path with their messages; nothing if there is no such path."""
    result: list[tuple[Message, Field]] = []
    holder: Message | None = message
    for name in path.split(".") if path else ():
        field = _named(holder, name) if holder else None
        if holder is None or field is None:
            return
        result.append((holder, field))
        holder = messages.get(field.type.name)
    yield from result


def _named(message: Message, name: str) -> Field | None:
    return next((f for f in message.fields if name and name in (f.json_name, f.name)), None)
