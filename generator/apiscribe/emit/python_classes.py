"""The Python classes that stand for an API's messages and enums: which module, which name.

Two families: the Pydantic models and the protobuf classes. The modules that define them and the
catalog that pairs them must agree, so both are decided here.
"""

from __future__ import annotations

from collections.abc import Iterable

from apiscribe.emit.encoders import Encoded, name, python_literal
from apiscribe.emit.python_files import Module, class_name, module_of
from apiscribe.ir import Api
from apiscribe.names import unique

# Names of the runtime that a module of models may import.
RUNTIME_TYPES = frozenset(
    "Bytes Double Duration Empty Field Int32 Int64 JsonValue Message OpenMessage StrEnum Struct"
    " Timestamp Uint32 Uint64".split()
)


class ModelClasses:
    """The Pydantic models."""

    def __init__(self, api: Api) -> None:
        self.modules: dict[str, Module] = {}
        self.classes: dict[str, Encoded] = {}
        for file in api.files:
            module = module_of(file, "models")
            taken = set(RUNTIME_TYPES)
            for message in file.messages:
                self._add(message.full_name, message.name, module, taken)
            for enum in file.enums:
                self._add(enum.full_name, enum.name, module, taken)
            for message in file.messages:
                for enum in message.enums:
                    # A name that a rule made (`Status`) says little without its message's.
                    owner = message.name if "name" in enum.inferred else ""
                    self._add(enum.full_name, f"{owner}{enum.name}", module, taken)

    def _add(self, full_name: str, wanted: str, module: Module, taken: set[str]) -> None:
        wanted = class_name(wanted)
        chosen = unique(f"{wanted}_" if wanted in RUNTIME_TYPES else wanted, taken)
        taken.add(chosen)
        self.classes[full_name] = name(chosen)
        self.modules[full_name] = module

    def reference(self, full_name: str, module: Module) -> Encoded:
        """How a module writes the class."""
        target = self.modules[full_name]
        prefix = "" if target == module else f"{target.alias()}."
        return Encoded(f"{prefix}{self.classes[full_name]}")


class ProtoClasses:
    """The protobuf classes."""

    def __init__(self, api: Api) -> None:
        self._modules: dict[str, Module] = {}
        for file in api.files:
            module = module_of(file, "stubs", "_pb2")
            self._modules.update((message.full_name, module) for message in file.messages)

    def modules(self, full_names: Iterable[str]) -> set[Module]:
        """The modules of messages; well-known ones have none."""
        return {self._modules[name_] for name_ in full_names if name_ in self._modules}

    def reference(self, full_name: str, module: Module | None) -> Encoded:
        """The class, as a module writes it that has imported the pool as `_m_pool`, and the
        class's module.
        """
        target = self._modules.get(full_name)
        if target is None:
            return Encoded(f"_m_pool.message_class({python_literal(full_name)})")
        short = name(class_name(full_name.rpartition(".")[2]))
        return short if target == module else Encoded(f"{target.alias()}.{short}")
