"""The Python classes that stand for an API's messages and enums: which module, which name.

Two families: the Pydantic models and the protobuf classes. The modules that define them and the
registry that pairs them must agree, so both are decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, name, python_literal
from apiscribe.emit.python_files import Module, class_name, module_of
from apiscribe.model.api import Api, File
from apiscribe.model.names import unique

# Names of the runtime that a module of models may import.
RUNTIME_TYPES = frozenset(
    "Bytes Double Duration Empty Field Int32 Int64 JsonValue Message OpaqueMessage StrEnum Struct"
    " Timestamp Uint32 Uint64".split()
)


@dataclass(frozen=True)
class ModelClasses:
    """The Pydantic models: full name → module, and the class's name in it."""

    modules: Mapping[str, Module]
    classes: Mapping[str, Encoded]

    @classmethod
    def of_api(cls, api: Api) -> ModelClasses:
        """Those of all messages and enums."""
        modules: dict[str, Module] = {}
        classes: dict[str, Encoded] = {}
        for file in api.files:
            taken = set(RUNTIME_TYPES)
            for full_name, wanted in _wanted_names(file):
                wanted = class_name(wanted)
                chosen = unique(f"{wanted}_" if wanted in RUNTIME_TYPES else wanted, taken)
                taken.add(chosen)
                classes[full_name] = name(chosen)
            modules |= dict.fromkeys(
                (each for each, _ in _wanted_names(file)), module_of(file, "models")
            )
        return cls(modules, classes)

    def seen_by(self, file: File) -> ModelClasses:
        """Those that a file declares or uses."""
        names = sorted(file.type_names() & self.modules.keys())
        return ModelClasses(
            {each: self.modules[each] for each in names},
            {each: self.classes[each] for each in names},
        )

    def reference(self, full_name: str, module: Module) -> Encoded:
        """How a module writes the class."""
        target = self.modules[full_name]
        prefix = "" if target == module else f"{target.alias()}."
        return Encoded(f"{prefix}{self.classes[full_name]}")


def _wanted_names(file: File) -> Iterator[tuple[str, str]]:
    """Full name → the name that its class should have, in the order of preference."""
    yield from ((message.full_name, message.name) for message in file.messages)
    yield from ((enum.full_name, enum.name) for enum in file.enums)
    for message in file.messages:
        for enum in message.enums:
            # A name that a rule made (`Status`) says little without its message's.
            owner = message.name if "name" in enum.provenance else ""
            yield enum.full_name, f"{owner}{enum.name}"


@dataclass(frozen=True)
class ProtoClasses:
    """The protobuf classes: full name of a message → module."""

    modules: Mapping[str, Module]

    @classmethod
    def of_api(cls, api: Api) -> ProtoClasses:
        """Those of all messages."""
        modules: dict[str, Module] = {}
        for file in api.files:
            module = module_of(file, "stubs", "_pb2")
            modules.update((message.full_name, module) for message in file.messages)
        return cls(modules)

    def seen_by(self, file: File) -> ProtoClasses:
        """Those that a file declares or uses."""
        names = sorted(file.type_names() & self.modules.keys())
        return ProtoClasses({each: self.modules[each] for each in names})

    def modules_of(self, full_names: Iterable[str]) -> set[Module]:
        """The modules of messages; well-known ones have none."""
        return {self.modules[name_] for name_ in full_names if name_ in self.modules}

    def reference(self, full_name: str, module: Module | None) -> Encoded:
        """The class, as a module writes it that has imported the pool as `_m_pool`, and the
        class's module.
        """
        target = self.modules.get(full_name)
        if target is None:
            return Encoded(f"_m_pool.message_class({python_literal(full_name)})")
        short = name(class_name(full_name.rpartition(".")[2]))
        return short if target == module else Encoded(f"{target.alias()}.{short}")
