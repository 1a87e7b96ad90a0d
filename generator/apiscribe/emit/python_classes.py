"""The modules and names of the Python classes for an API's messages and enums.

There are two families: Pydantic models and protobuf classes. The modules that define them and the
registry that pairs them must agree, so this module decides for both.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, name, python_literal
from apiscribe.emit.once_per_api import once_per_api
from apiscribe.emit.python_files import Module, class_name, module_of
from apiscribe.emit.python_imports import Imports
from apiscribe.model.api import Api, File, Message
from apiscribe.model.names import camel, unique

# The names of the runtime that modules of models may import.
RUNTIME_TYPES = frozenset(
    "Bytes Double Duration Empty Field Int32 Int64 JsonValue Message OpaqueMessage ResponseMessage"
    " StrEnum Struct Timestamp Uint32 Uint64".split()
)


@dataclass(frozen=True)
class ModelClasses:
    """The Pydantic models: full name → module, and full name → name of the class."""

    modules: Mapping[str, Module]
    classes: Mapping[str, Encoded]

    @staticmethod
    @once_per_api
    def of_api(api: Api) -> ModelClasses:
        """Return the classes of all messages and enums."""
        modules: dict[str, Module] = {}
        classes: dict[str, Encoded] = {}
        for file in api.files:
            taken = set(RUNTIME_TYPES)
            module = module_of(file, "models")
            for full_name, preferred in _preferred_names(file):
                chosen = unique(_model_class(preferred), taken)
                taken.add(chosen)
                modules[full_name], classes[full_name] = module, name(chosen)
        return ModelClasses(modules, classes)

    def seen_by(self, file: File) -> ModelClasses:
        """Return the classes that a file declares or uses."""
        names = sorted(file.type_names & self.modules.keys())
        return ModelClasses(
            {full_name: self.modules[full_name] for full_name in names},
            {full_name: self.classes[full_name] for full_name in names},
        )

    def reference(self, full_name: str, imports: Imports) -> Encoded:
        """Return the name of the class in another module, as its imports have it."""
        module = imports.name_of_module(self.modules[full_name])
        return Encoded(f"{module}.{self.classes[full_name]}")


def _model_class(text: str) -> str:
    """Return the class of a model, with a capital and without `_` at its end: an attribute has no
    capital or ends with `_`, so that none hides the class in annotations below it.
    """
    words = camel(text)
    capitalized = f"{words[0].upper()}{words[1:]}" if text == text.lower() else text
    is_other = keyword.iskeyword(capitalized) or capitalized in RUNTIME_TYPES
    return f"{capitalized}Model" if is_other or text.endswith("_") else capitalized


def _preferred_names(file: File) -> Iterator[tuple[str, str]]:
    """Yield full names with the preferred names of their classes, by priority."""
    yield from ((message.full_name, _model_name(message, file)) for message in file.messages)
    yield from ((enum.full_name, enum.name) for enum in file.enums)
    for message in file.messages:
        for enum in message.enums:
            # An inferred name (`Status`) is ambiguous without the name of its message.
            owner = message.name if "name" in enum.provenance else ""
            yield enum.full_name, f"{owner}{enum.name}"


def _nested_name(message: Message, file: File) -> str:
    """Return a message's name after those of the messages around it: `Book.Page` → `Book_Page`."""
    return message.full_name.removeprefix(f"{file.package}.").replace(".", "_")


def _model_name(message: Message, file: File) -> str:
    """Return the preferred name of a message's model: the documented one, which a service has in
    the `.proto`. Modules of models have no services.
    """
    return message.documented_name or _nested_name(message, file)


@dataclass(frozen=True)
class ProtoClasses:
    """The protobuf classes: full name of a message → module, and → name of the class."""

    modules: Mapping[str, Module]
    classes: Mapping[str, Encoded]

    @staticmethod
    @once_per_api
    def of_api(api: Api) -> ProtoClasses:
        """Return the classes of all messages."""
        modules: dict[str, Module] = {}
        classes: dict[str, Encoded] = {}
        for file in api.files:
            module = module_of(file, "stubs", "_pb2")
            taken = {enum.name for enum in file.enums}
            for message in file.messages:
                chosen = unique(class_name(_nested_name(message, file)), taken)
                taken.add(chosen)
                modules[message.full_name], classes[message.full_name] = module, name(chosen)
        return ProtoClasses(modules, classes)

    def seen_by(self, file: File) -> ProtoClasses:
        """Return the classes that a file declares or uses."""
        names = sorted(file.type_names & self.modules.keys())
        return ProtoClasses(
            {full_name: self.modules[full_name] for full_name in names},
            {full_name: self.classes[full_name] for full_name in names},
        )

    def reference(self, full_name: str, imports: Imports) -> Encoded:
        """Return the class in another module that imports the pool as `_pool`."""
        target = self.modules.get(full_name)
        if target is None:
            return Encoded(f"_pool.message_class({python_literal(full_name)})")
        return Encoded(f"{imports.name_of_module(target)}.{self.classes[full_name]}")
