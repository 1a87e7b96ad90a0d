"""The text of `.proto` files in blocks of code → drafts, with comments as descriptions.

Pages show whole files, single messages, or bare `rpc` lines. The reader knows the grammar of
proto2 and proto3 as far as declarations go; options other than `deprecated`, `default` and
`google.api.http` are passed over. A text that is not wholly in this grammar is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.protobuf.proto_tokens import Cursor, ProtoSyntaxError, Token, read_tokens
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    RouteDraft,
    ServiceDraft,
    TypeDraft,
    ValueDraft,
)
from apiscribe.model.lock import ENUM_NUMBERS, FIELD_NUMBERS
from apiscribe.model.reserved import Reserved

_LABELS = frozenset({"optional", "required", "repeated"})
_VERBS = frozenset({"get", "put", "post", "delete", "patch"})
_DEEPEST = 30  # messages in messages


@dataclass
class ProtoText:
    """The declarations of a text. `methods` are those of `rpc` lines outside of a service.

    `begins_file`: the text states the syntax, or nothing but the package.
    """

    package: str = ""
    begins_file: bool = False
    messages: list[MessageDraft] = field(default_factory=list)
    enums: list[EnumDraft] = field(default_factory=list)
    services: list[ServiceDraft] = field(default_factory=list)
    methods: list[MethodDraft] = field(default_factory=list)

    @property
    def declares(self) -> bool:
        """Whether the text has any declaration."""
        return bool(self.messages or self.enums or self.services or self.methods)


def read_proto_text(text: str, span: Span) -> ProtoText | None:
    """Return the declarations of a text; None if it is not in protobuf's language.

    `span` is the location of the text; its first line is below the first line of the span.
    """
    if not re.search(r"\b(?:message|service|enum|rpc|package)\b", text):
        return None
    try:
        reader = _Reader(list(read_tokens(text)), span)
        reader.file()
    except ProtoSyntaxError:
        return None
    result = reader.result
    return result if result.declares or (result.package and result.begins_file) else None


class _Reader(Cursor):
    def __init__(self, tokens: list[Token], span: Span) -> None:
        super().__init__(tokens)
        self.first = span
        self.result = ProtoText()
        # Name of a message → what it reserves.
        self.reserved: dict[str, list[Reserved]] = {}

    def span(self, token: Token) -> Span:
        line = min(self.first.line + token.line, self.first.end_line)
        return Span(self.first.path, line, line)

    def file(self) -> None:
        is_first = True
        while self.next.kind != "end":
            token = self.take()
            match token.text:
                case "package":
                    self.result.package = self.take(kind="name").text
                    self.take(";")
                    self.result.begins_file |= is_first and self.next.kind == "end"
                case "syntax" | "edition":
                    self.result.begins_file = True
                    self.statement()
                case "import" | "option":
                    self.statement()
                case "message":
                    self.message(token, "", 0)
                case "enum":
                    self.enum(token, "")
                case "service":
                    self.service(token)
                case "rpc":
                    self.result.methods.append(self.method(token))
                case "extend":
                    self.take(kind="name")
                    self.braces()
                case ";":
                    pass
                case _:
                    raise ProtoSyntaxError
            is_first = False

    def message(self, start: Token, outer: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise ProtoSyntaxError
        name = outer + self.take(kind="name").text
        fields: list[FieldDraft] = []
        at = len(self.result.messages)
        self.take("{")
        description = self.description(start)
        self.members(name, fields, "", depth)
        self.result.messages.insert(
            at,
            MessageDraft(
                name=name,
                fields=tuple(fields),
                reserved=tuple(self.reserved.get(name, ())),
                description=description,
                span=self.span(start),
            ),
        )

    def members(self, message: str, fields: list[FieldDraft], oneof: str, depth: int) -> None:
        """Read the members of a message, or of a oneof in it, up to the closing brace."""
        while not self.accept("}"):
            token = self.next
            match token.text:
                case "message" if self.opens():
                    self.message(self.take(), f"{message}.", depth + 1)
                case "enum" if self.opens():
                    self.enum(self.take(), f"{message}.")
                case "oneof" if not oneof and self.opens():
                    self.take()
                    group = self.take(kind="name").text
                    self.take("{")
                    self.members(message, fields, group, depth + 1)
                case "option" | "extensions":
                    self.statement()
                case "reserved" if self.tokens[self.at + 1].kind != "name":
                    self.reserved.setdefault(message, []).extend(self.reservations(FIELD_NUMBERS))
                case "extend" if self.opens():
                    self.take()
                    self.take(kind="name")
                    self.braces()
                case ";":
                    self.take()
                case _:
                    fields.append(self.field(oneof))

    def field(self, oneof: str) -> FieldDraft:
        start = self.take(kind="name")
        label = start.text if start.text in _LABELS and self.next.kind == "name" else ""
        type_ = self.take(kind="name") if label else start
        name_of_type = type_.text
        if type_.text == "map" and self.accept("<"):
            key = self.take(kind="name").text
            self.take(",")
            name_of_type = f"map<{key}, {self.take(kind='name').text}>"
            self.take(">")
        name = self.take(kind="name").text
        self.take("=")
        number = self.number()
        options = self.options()
        return FieldDraft(
            name=name,
            type=TypeDraft(name=name_of_type, repeated=label == "repeated", span=self.span(type_)),
            number=number,
            required=True if label == "required" else None,
            optional=label == "optional",
            oneof=oneof,
            default=options.get("default", ""),
            deprecated=options.get("deprecated") == "true",
            description=self.description(start),
            span=self.span(start),
        )

    def enum(self, start: Token, outer: str) -> None:
        name = outer + self.take(kind="name").text
        values: list[ValueDraft] = []
        reserved: list[Reserved] = []
        self.take("{")
        while not self.accept("}"):
            if self.next.text in ("option", "reserved") and self.tokens[self.at + 1].text != "=":
                if self.next.text == "option":
                    self.statement()
                else:
                    reserved += self.reservations(ENUM_NUMBERS)
                continue
            if self.accept(";"):
                continue
            token = self.take(kind="name")
            self.take("=")
            number = self.number()
            deprecated = self.options().get("deprecated") == "true"
            values.append(
                ValueDraft(
                    name=token.text,
                    number=number,
                    description=self.description(token),
                    deprecated=deprecated,
                    span=self.span(token),
                )
            )
        self.result.enums.append(
            EnumDraft(
                name=name,
                values=tuple(values),
                reserved=tuple(reserved),
                description=start.comment,
                incomplete=not values,
                span=self.span(start),
            )
        )

    def service(self, start: Token) -> None:
        name = self.take(kind="name").text
        methods: list[MethodDraft] = []
        self.take("{")
        while not self.accept("}"):
            token = self.take()
            match token.text:
                case "rpc":
                    methods.append(self.method(token))
                case "option":
                    self.statement()
                case ";":
                    pass
                case _:
                    raise ProtoSyntaxError
        self.result.services.append(
            ServiceDraft(
                name=name,
                methods=tuple(methods),
                description=start.comment,
                span=self.span(start),
            )
        )

    def method(self, start: Token) -> MethodDraft:
        name = self.take(kind="name").text
        request = self.method_type()
        self.take("returns")
        response = self.method_type()
        begin = self.at
        if self.next.text == "{":
            self.braces()
            self.accept(";")
        elif self.next.kind != "end":
            self.take(";")
        options = self.tokens[begin : self.at]
        texts = [token.text for token in options]
        return MethodDraft(
            name=name,
            request=request,
            response=response,
            routes=tuple(self.routes(options)),
            deprecated=["deprecated", "=", "true"] in [texts[n : n + 3] for n in range(len(texts))],
            description=start.comment,
            span=self.span(start),
        )

    def method_type(self) -> TypeDraft:
        self.take("(")
        streams = self.next.text == "stream" and self.tokens[self.at + 1].kind == "name"
        if streams:
            self.take()
        token = self.take(kind="name")
        self.take(")")
        return TypeDraft(name=token.text, streams=streams, span=self.span(token))

    def routes(self, tokens: list[Token]) -> Iterator[RouteDraft]:
        """Yield the routes of `google.api.http` options: a verb, and `body` behind it."""
        if not any(token.text == "google.api.http" for token in tokens):
            return
        found: list[tuple[str, str, Token]] = []
        bodies: dict[int, str] = {}
        for at in range(len(tokens) - 2):
            key, mark, value = tokens[at : at + 3]
            if value.kind != "string" or mark.text not in ":=":
                continue
            name = key.text.lstrip(".")  # option (google.api.http).get = "/v1/jobs"
            if name in _VERBS:
                found.append((name.upper(), value.text[1:-1], key))
            elif name == "body" and found:
                bodies[len(found) - 1] = value.text[1:-1]
        for at, (verb, path, token) in enumerate(found):
            span = self.span(token)
            yield RouteDraft(verb=verb, path=path, body=bodies.get(at, ""), span=span)
