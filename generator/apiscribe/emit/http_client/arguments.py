"""The arguments of a client's methods: their names, types and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from apiscribe.emit.encoders import Encoded, docstring, name
from apiscribe.emit.http_client.routes import ClientRoute
from apiscribe.emit.python_annotations import Annotations, attributes_of
from apiscribe.model.api import Field, Message, Method
from apiscribe.model.facts import SecurityScheme
from apiscribe.model.http import Parameter
from apiscribe.model.names import python_attribute, snake, unique
from apiscribe.model.types import SCALARS, WELL_KNOWN, EnumRef, Map, MessageRef, Scalar, Type

# Protobuf type → the type of an argument.
_SCALARS = {
    **dict.fromkeys(SCALARS, "int"),
    "string": "str",
    "bool": "bool",
    "bytes": "bytes",
    "double": "float",
    "float": "float",
}
_WELL_KNOWN = {
    **dict.fromkeys(WELL_KNOWN, "Any"),
    **{f"google.protobuf.{kind}Value": "int" for kind in ("Int32", "Int64", "UInt32", "UInt64")},
    "google.protobuf.Any": "dict[str, Any]",
    "google.protobuf.BoolValue": "bool",
    "google.protobuf.BytesValue": "bytes",
    "google.protobuf.DoubleValue": "float",
    "google.protobuf.Duration": "str",
    "google.protobuf.FieldMask": "str",
    "google.protobuf.FloatValue": "float",
    "google.protobuf.StringValue": "str",
    "google.protobuf.Struct": "dict[str, Any]",
    "google.protobuf.Timestamp": "Timestamp | str",
}
# Headers that the client sets by itself. Source: RFC 9110.
_OWN_HEADERS = frozenset(
    "accept authorization connection content-length content-type host user-agent".split()
)


@dataclass(frozen=True)
class ArgumentView:
    """A keyword argument: the entry of a TypedDict, and the words of the page."""

    name: Encoded
    annotation: Encoded
    docstring: Encoded | None


@dataclass(frozen=True)
class ArgumentsView:
    """The arguments of a method: `positional` ones are in the path, with their types."""

    positional: list[tuple[Encoded, Encoded]]
    keywords: list[ArgumentView]
    headers: dict[str, str]
    cookies: dict[str, str]


class ArgumentWriter:
    """Writes the arguments of the methods of a module."""

    def __init__(self, annotations: Annotations, schemes: Iterable[SecurityScheme]) -> None:
        self._annotations = annotations
        # Credentials are settings of the client.
        self._carriers = {scheme.carrier for scheme in schemes}
        self.typing: set[str] = set()
        self.collections: set[str] = set()

    def write(
        self, method: Method, request: Message | None, row: Message | None, route: ClientRoute
    ) -> ArgumentsView:
        """Return the arguments of a method. `row` is the message of the request's only field that
        is not in the path, if that is a wrapper.
        """
        in_path = {argument.name for argument in route.in_path}
        positional = [
            (name(one.name), Encoded(self._positional(one.field))) for one in route.in_path
        ]
        keywords: list[ArgumentView] = []
        taken = set(in_path)
        message = row or request
        attributes = attributes_of(message) if message else {}
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        for field in message.fields if message else ():
            attribute = attributes[field.json_name]
            if message is request and attribute in in_path:
                continue
            is_required = bool(field.required and message and message.enforces_required)
            keywords.append(self._keyword(attribute, field, is_required))
            taken.add(attribute)
            if row is None and field.location in ("header", "cookie"):
                places = headers if field.location == "header" else cookies
                places[attribute] = field.json_name
        for parameter in self._headers(method):
            argument = unique(python_attribute(snake(parameter.name)), taken)
            taken.add(argument)
            keywords.append(self._keyword(argument, parameter, bool(parameter.required)))
            places = cookies if parameter.location == "cookie" else headers
            places[argument] = parameter.name
        return ArgumentsView(positional, keywords, headers, cookies)

    def _headers(self, method: Method) -> Iterator[Parameter]:
        for parameter in method.headers:
            carrier = (parameter.location or "header", parameter.name.lower())
            if carrier not in self._carriers and parameter.name.lower() not in _OWN_HEADERS:
                yield parameter

    def _positional(self, field: Field | None) -> str:
        return self._accepted(field.type) if field else "str"

    def _keyword(self, argument: str, field: Field | Parameter, is_required: bool) -> ArgumentView:
        annotation = self._accepted(field.type)
        if field.repeated:
            self.collections.add("Sequence")
            annotation = f"Sequence[{annotation}]"
        if isinstance(field, Field) and field.nullable:
            annotation = f"{annotation} | None"
        if is_required:
            self.typing.add("Required")
            annotation = f"Required[{annotation}]"
        words = docstring(field.description, 4) if field.description else None
        return ArgumentView(name(argument), Encoded(annotation), words)

    def _accepted(self, type_: Type) -> str:
        """Return the annotation of a value that models accept: also a text for an enum or a time,
        and an object for a message.
        """
        match type_:
            case Map():
                self.collections.add("Mapping")
                key = _SCALARS[type_.key]
                return f"Mapping[{key}, {self._accepted(type_.value)}]"
            case Scalar():
                return _SCALARS[type_.name]
            case EnumRef():
                return f"{self._annotations.class_of(type_.name)} | str"
            case MessageRef() if type_.name in _WELL_KNOWN:
                return self._imported(_WELL_KNOWN[type_.name])
            case MessageRef():
                class_ = self._annotations.class_of(type_.name)
                return self._imported(f"{class_} | dict[str, Any]")
            case _:
                assert_never(type_)

    def _imported(self, annotation: str) -> str:
        """Return an annotation after adding its imports."""
        if "Any" in annotation:
            self.typing.add("Any")
        if "Timestamp" in annotation:
            self._annotations.runtime.add("Timestamp")
        return annotation
