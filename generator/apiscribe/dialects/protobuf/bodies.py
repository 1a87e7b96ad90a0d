"""The parts of a declaration: its description, and its members from tables and texts.

A page may list the members of a declaration twice, in a table and in the language of protobuf. The
text is exact, the table often has the descriptions, so both are merged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from apiscribe.dialects.protobuf.declarations import Declared
from apiscribe.dialects.protobuf.proto_text import ProtoText
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
from apiscribe.model.reserved import Reserved


@dataclass
class Body:
    """The content of a declaration; `others` are further declarations of its texts."""

    description: list[str] = field(default_factory=list)
    fields: list[FieldDraft] = field(default_factory=list)
    values: list[ValueDraft] = field(default_factory=list)
    reserved: tuple[Reserved, ...] = ()
    methods: dict[str, MethodDraft] = field(default_factory=dict)
    others: list[MessageDraft | EnumDraft | ServiceDraft] = field(default_factory=list)
    has_text: bool = False
    # Of the method in the current section: the level of its heading, its name, and the position
    # where its description begins.
    level: int = 0
    method: str = ""
    begins: int = 0
    routes: list[RouteDraft] = field(default_factory=list)
    sides: str = ""

    def add_fields(self, fields: list[FieldDraft]) -> None:
        """Add the fields of a table: where a text has them, only their descriptions."""
        if not self.has_text:
            self.fields += fields
            return
        described = {one.name: one.description for one in fields}
        self.fields = [
            replace(one, description=one.description or described.get(one.name, ""))
            for one in self.fields
        ]

    def add_method(self, method: MethodDraft) -> None:
        """Add a method, or what is new of one that is there."""
        known = self.methods.get(method.name, method)
        self.methods[method.name] = replace(
            known,
            routes=known.routes or method.routes,
            description=known.description or method.description,
            request=known.request or method.request,
            response=known.response or method.response,
        )

    def begin_method(self, name: str, level: int, begins: int | None = None) -> None:
        """Begin the section of a method; with level 0, only end that of the last one."""
        self.method, self.level = name, level
        self.begins = len(self.description) if begins is None else begins

    def complete_method(self, new: set[str]) -> None:
        """Move the description, the routes and the streams of a section to its method: the one of
        its name, or the only one that it adds.
        """
        if self.method not in self.methods and len(new) == 1:
            self.method = next(iter(new))
        if method := self.methods.get(self.method):
            texts = [method.description, *self.description[self.begins :]]
            self.methods[self.method] = replace(
                method,
                description="\n\n".join(filter(None, texts)),
                routes=(*method.routes, *self.routes),
                request=_with_stream(method.request, "request", self.sides),
                response=_with_stream(method.response, "response", self.sides),
            )
            del self.description[self.begins :]
        self.routes, self.sides = [], ""

    def add_text(self, text: ProtoText, declared: Declared) -> None:
        """Add a text: the declaration of the heading, what is nested in it, and others."""
        short = declared.name.rpartition(".")[2]
        for message in text.messages:
            if message.name == short and declared.kind == "message":
                described, self.has_text = self.fields, True
                self.fields = list(message.fields)
                self.add_fields(described)
                self.reserved = message.reserved
                self.description.append(message.description)
            elif message.name.startswith(f"{short}.") and declared.kind == "message":
                self.others.append(replace(message, name=_inside(message.name, declared)))
            else:
                self.others.append(message)
        for enum in text.enums:
            if enum.name == short and declared.kind == "enum":
                self.values = self.values or list(enum.values)
                self.reserved = enum.reserved
            elif enum.name.startswith(f"{short}.") and declared.kind == "message":
                self.others.append(replace(enum, name=_inside(enum.name, declared)))
            else:
                self.others.append(enum)
        for service in text.services:
            if service.name == short and declared.kind == "service":
                for method in service.methods:
                    self.add_method(method)
                self.description.append(service.description)
            else:
                self.others.append(service)
        if declared.kind == "service":
            for method in text.methods:
                self.add_method(method)


def _inside(name: str, declared: Declared) -> str:
    """Return the name of a nested declaration with the full name of the one around it."""
    return f"{declared.name}.{name.partition('.')[2]}"


def _with_stream(type_: TypeDraft | None, side: str, sides: str) -> TypeDraft | None:
    """Return a type of a method, streamed if the page says so."""
    return replace(type_, streams=True) if type_ and sides in (side, "both") else type_
