"""Pydantic models: a module for each page, a class for each message and enum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from apiscribe.emit.encoders import (
    Encoded,
    docstring,
    name,
    python_call,
    python_import,
    python_literal,
)
from apiscribe.emit.examples import AcceptedExamples
from apiscribe.emit.output import Output
from apiscribe.emit.python_annotations import Annotations, attributes_of
from apiscribe.emit.python_classes import RUNTIME_TYPES, ModelClasses
from apiscribe.emit.python_files import module_of, python_output
from apiscribe.emit.python_imports import Imports
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.lower.presence import only_in_responses
from apiscribe.model.api import Api, Enum, Field, File, Message
from apiscribe.model.names import python_member, unique
from apiscribe.model.types import Map

_TEMPLATES = ("models/module.py.j2",)

# Container of a field's values → the empty one, or None for a single value.
_EMPTY = {"list": "[]", "dict": "{}", "": "None"}


@dataclass(frozen=True)
class _MessageView:
    name: Encoded
    base: Encoded
    docstring: Encoded | None
    config: Encoded | None
    fields: list[Encoded]

    @property
    def is_empty(self) -> bool:
        """Whether the class has nothing in it."""
        return not (self.docstring or self.config or self.fields)


@dataclass(frozen=True)
class _EnumView:
    name: Encoded
    docstring: Encoded | None
    values: list[tuple[Encoded, Encoded]]

    @property
    def is_empty(self) -> bool:
        """Whether the class has nothing in it."""
        return not (self.docstring or self.values)


@dataclass(frozen=True)
class _FileInput:
    """The input of a file's module; `examples` are those of each message, by full name."""

    package: str
    file: File
    names: ModelClasses
    incomplete_enums: list[str]
    only_in_responses: list[str]
    examples: dict[str, tuple[Any, ...]]


def emit_models(api: Api) -> Iterator[RenderTask]:
    """Yield the modules in <package>/models/."""
    names = ModelClasses.of_api(api)
    examples = AcceptedExamples(api)
    responses = only_in_responses(api)
    incomplete_enums = {
        enum.full_name for file in api.files for enum in file.all_enums() if enum.incomplete
    }
    for file in api.files:
        source = _FileInput(
            package=api.name,
            file=file,
            names=names.seen_by(file),
            incomplete_enums=sorted(file.type_names & incomplete_enums),
            only_in_responses=[m.full_name for m in file.messages if m.full_name in responses],
            examples={m.full_name: examples.of_message(m) for m in file.messages},
        )
        cache_key = (
            *(api.name, api.digests[file.path], source.names),
            *(source.incomplete_enums, source.only_in_responses, source.examples),
        )
        size = api.digests[file.path].size
        yield RenderTask("models", cache_key, partial(_outputs, source), _TEMPLATES, size)


def _outputs(source: _FileInput) -> list[Output]:
    writer = _Writer(source)
    text = writer.render()
    return [python_output(source.package, writer.module.path, text, source.file.page)]


class _Writer:
    """Writes the views of a module, and collects its imports."""

    def __init__(self, source: _FileInput) -> None:
        self.source, self.file, self.names = source, source.file, source.names
        self.module = module_of(source.file, "models")
        here = {n for n, module in self.names.modules.items() if module == self.module}
        own = {str(self.names.classes[full_name]) for full_name in here}
        self.imports = Imports(self.module, {*RUNTIME_TYPES, *own})
        self.annotations = Annotations(
            self.module, self.names, source.incomplete_enums, self.imports
        )
        self.runtime = self.annotations.runtime

    def render(self) -> str:
        enums = [self.enum(enum) for enum in self.file.all_enums()]
        messages = [self.message(message) for message in self.file.messages]
        return render(
            *_TEMPLATES,
            docstring=docstring(f"Messages of {self.file.package}."),
            imports=[*self.runtime_import(), *self.imports.statements()],
            enums=enums,
            messages=messages,
        )

    def runtime_import(self) -> list[Encoded]:
        if not self.runtime:
            return []
        return [python_import("apiscribe_runtime.messages", *sorted(self.runtime))]

    def enum(self, enum: Enum) -> _EnumView:
        self.runtime.add("StrEnum")
        members: dict[str, None] = {}
        values = enum.documented_values
        for value in values:
            members[unique(python_member(value.name), members)] = None
        return _EnumView(
            name=self.names.classes[enum.full_name],
            docstring=docstring(enum.description, 4) if enum.description else None,
            values=[
                (name(member), python_literal(value.json_name))
                for member, value in zip(members, values, strict=True)
            ],
        )

    def message(self, message: Message) -> _MessageView:
        base = "Message"
        if message.incomplete:
            base = "OpaqueMessage"
        elif message.full_name in self.source.only_in_responses:
            base = "ResponseMessage"
        self.runtime.add(base)
        examples = self.source.examples[message.full_name]
        if examples:
            self.runtime.add("ConfigDict")
        attributes = attributes_of(message)
        views = [
            self.field(field, attributes[field.json_name], message.enforces_required)
            for field in message.fields
        ]
        return _MessageView(
            name=self.names.classes[message.full_name],
            base=Encoded(base),
            docstring=docstring(message.description, 4) if message.description else None,
            config=_config(list(examples)) if examples else None,
            fields=views,
        )

    def field(self, field: Field, attribute: str, enforced: bool) -> Encoded:
        annotation = self.annotations.of(field.type)
        required = bool(field.required) and enforced
        container = "list" if field.repeated else "dict" if isinstance(field.type, Map) else ""
        if field.repeated:
            annotation = f"list[{annotation}]"
        elif not required and not container:
            annotation = f"{annotation} | None"
        options: dict[str, Encoded] = {}
        if field.json_name != attribute:
            options["alias"] = python_literal(field.json_name)
        if field.description:
            options["description"] = python_literal(field.description)
        if options:
            self.runtime.add("Field")
            key, empty = ("default_factory", container) if container else ("default", "None")
            default = {} if required else {key: Encoded(empty)}
            value = f" = {python_call('Field', **default, **options)}"
        else:
            value = "" if required else f" = {_EMPTY[container]}"
        return Encoded(f"{name(attribute)}: {annotation}{value}")


def _config(examples: list[Any]) -> Encoded:
    extra = python_literal({"examples": examples})
    return python_call("ConfigDict", json_schema_extra=extra)
