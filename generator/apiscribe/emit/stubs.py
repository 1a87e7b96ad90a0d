"""Protobuf stubs: `…_pb2.py` with the messages and enums, and their types in a `.pyi`.

They use protoc's descriptors, but not its Python plug-in: the modules of the plug-in import each
other by absolute names, share one pool in the whole process, and depend on its version.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from apiscribe.emit.clients import CLIENT_TEMPLATES, client_outputs
from apiscribe.emit.encoders import Encoded, docstring, name, python_call, python_literal
from apiscribe.emit.output import Output
from apiscribe.emit.python_classes import ProtoClasses
from apiscribe.emit.python_files import Module, class_name, module_of, python_output
from apiscribe.emit.python_imports import Imports
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, Enum, Field, File, Message
from apiscribe.model.names import is_identifier
from apiscribe.model.types import WELL_KNOWN, EnumRef, Map, MessageRef, values_type

_PYTHON_TYPES = {"string": "str", "bytes": "bytes", "bool": "bool", "double": "float"} | {
    "float": "float"
}

_MESSAGES, _TYPES = "stubs/pb2.py.j2", "stubs/pb2.pyi.j2"

# The private names that the modules have or import, besides `_…_pb2` of well-known types.
_NAMES = (
    *(
        "_Any",
        "_Iterable",
        "_Mapping",
        "_Optional",
        "_builtins",
        "_descriptor",
        "_message",
        "_containers",
        "_enums",
    ),
    *("_pool", *(f"_{module}_pb2" for module in WELL_KNOWN.values())),
)


@dataclass(frozen=True)
class _MessageView:
    name: Encoded
    declared: list[Encoded]
    parameters: list[Encoded]


@dataclass(frozen=True)
class _FileInput:
    """The input of a file's modules. `imported`: the modules of its imports."""

    package: str
    file: File
    classes: ProtoClasses
    imported: list[Module]


def emit_stubs(api: Api) -> Iterator[RenderTask]:
    """Yield the type stubs of the modules in <package>/stubs/, and the clients."""
    classes = ProtoClasses.of_api(api)
    for file in api.files:
        source = _FileInput(api.name, file, classes.seen_by(file), _imported(api, file))
        cache_key = (api.name, api.digests[file.path], source.classes, source.imported)
        size = api.digests[file.path].size
        yield RenderTask(
            "stubs", cache_key, _Writer(source).outputs, (_TYPES, *CLIENT_TEMPLATES), size
        )


def emit_descriptors(api: Api, compiled: Mapping[str, bytes]) -> Iterator[RenderTask]:
    """Yield the modules with the messages, from protoc's descriptors of the `.proto` files."""
    classes = ProtoClasses.of_api(api).classes
    for file in api.files:
        imported = _imported(api, file)
        cache_key = (
            *(api.name, api.digests[file.path], imported),
            sha256(compiled[file.path]).hexdigest(),
        )
        names = {m.full_name: classes[m.full_name] for m in file.messages}
        render_file = partial(_descriptors, api.name, file, names, imported, compiled[file.path])
        yield RenderTask(
            "descriptors", cache_key, render_file, (_MESSAGES,), len(compiled[file.path])
        )


def _descriptors(
    package: str,
    file: File,
    classes: Mapping[str, Encoded],
    imported: list[Module],
    serialized: bytes,
) -> list[Output]:
    module = module_of(file, "stubs", "_pb2")
    text = render(
        _MESSAGES,
        docstring=_file_docstring(file),
        root=module.up_to_root(),
        imports=_imports(imported, module).statements(),
        descriptor=_statement(Encoded("DESCRIPTOR"), "add_file", serialized),
        enums=[
            _statement(name(class_name(e.name)), "enum_wrapper", e.full_name) for e in file.enums
        ],
        values=[Encoded(f"{value} = {number}") for value, number in _values(file.enums)],
        messages=[_statement(classes[name_], "message_class", name_) for name_ in classes],
    )
    return [python_output(package, module.path, text, file.page)]


def _file_docstring(file: File) -> Encoded:
    return docstring(f"Protobuf messages of {file.package}.")


def _imported(api: Api, file: File) -> list[Module]:
    return sorted(module_of(api.file(path), "stubs", "_pb2") for path in api.imports(file))


def _imports(modules: Iterable[Module], importer: Module) -> Imports:
    """Return the imports of a file's modules, with private names as in the modules of protoc."""
    imports = Imports(importer, _NAMES, prefix="_")
    for module in sorted(modules):
        imports.name_of_module(module)
    return imports


def _statement(target: Encoded, function: str, argument: str | bytes) -> Encoded:
    """Return the statement that assigns a declaration from the package's pool."""
    expression = python_call(f"_pool.{function}", python_literal(argument))
    return Encoded(f"{target} = {expression}")


def _values(enums: Iterable[Enum]) -> Iterator[tuple[Encoded, int]]:
    """Yield the values of enums that are attributes of their message or module, as in protoc's."""
    for enum in enums:
        for value in enum.values:
            if class_name(value.name) == value.name and not value.name.startswith("_"):
                yield name(value.name), value.number


class _Writer:
    def __init__(self, source: _FileInput) -> None:
        self.source, self.file, self.classes = source, source.file, source.classes
        self.module = module_of(source.file, "stubs", "_pb2")
        self.imports = _imports(source.imported, self.module)
        # The attributes of the message that is written.
        self.hidden: set[str] = set()
        self.uses_builtins = False

    def outputs(self) -> Iterator[Output]:
        package, path = self.source.package, self.module.path
        messages = [self.message(message) for message in self.file.messages]
        text = render(
            _TYPES,
            docstring=_file_docstring(self.file),
            uses_builtins=self.uses_builtins,
            uses_enums=any(True for _ in self.file.all_enums()),
            well_known=self.well_known(),
            imports=self.imports.statements(),
            enums=[name(class_name(enum.name)) for enum in self.file.enums],
            values=[value for value, _ in _values(self.file.enums)],
            messages=messages,
        )
        yield python_output(package, path + "i", text, self.file.page)
        if self.file.services:
            yield from client_outputs(package, self.file, self.classes)

    def well_known(self) -> list[Encoded]:
        used = {name_ for message in self.file.messages for name_ in message.type_names()}
        modules = sorted({WELL_KNOWN[type_] for type_ in used & WELL_KNOWN.keys()})
        return [name(f"{module}_pb2") for module in modules]

    def message(self, message: Message) -> _MessageView:
        others: dict[str, str] = {
            **{enum.name: "_enums.EnumTypeWrapper" for enum in message.enums},
            **{value: "int" for value, _ in _values(message.enums)},
        }
        self.hidden = {*others, *(field.name for field in message.fields)}
        fields = [
            (field, *self.types(field))
            for field in message.fields
            if is_identifier(field.name) and not keyword.iskeyword(field.name)
        ]
        declared = [
            *(
                Encoded(f"{name(other)}: {self.visible(type_)}")
                for other, type_ in others.items()
                if not keyword.iskeyword(other)
            ),
            *(Encoded(f"{name(field.name)}: {type_}") for field, type_, _ in fields),
        ]
        return _MessageView(
            name=self.classes.classes[message.full_name],
            declared=declared,
            parameters=[
                # Not `… | None`: ruff and black break a long one differently.
                Encoded(f"{name(field.name)}: _Optional[{accepted}] = ...")
                for field, _, accepted in fields
                # The constructor has no parameter for a field named self.
                if field.name != "self"
            ],
        )

    def types(self, field: Field) -> tuple[str, str]:
        """Return the type of a field, and the type of its constructor parameter."""
        values = values_type(field.type)
        is_message = isinstance(values, MessageRef)
        if is_message:
            item = self.message_type(values.name)
        else:
            item = self.scalar("" if isinstance(values, EnumRef) else values.name)
        accepted = f"{item} | {self.scalar('string')}" if isinstance(values, EnumRef) else item
        if is_message:
            accepted = f"{item} | _Mapping[{self.scalar('string')}, _Any]"
        if isinstance(field.type, Map):
            key = self.scalar(field.type.key)
            container = "MessageMap" if is_message else "ScalarMap"
            return f"_containers.{container}[{key}, {item}]", f"_Mapping[{key}, {accepted}]"
        if field.repeated:
            container = f"Repeated{'Composite' if is_message else 'Scalar'}FieldContainer"
            return f"_containers.{container}[{item}]", f"_Iterable[{accepted}]"
        return item, accepted

    def scalar(self, type_: str) -> str:
        return self.visible(_PYTHON_TYPES.get(type_, "int"))

    def visible(self, builtin: str) -> str:
        """Return a built-in type, by its module if an attribute of the message hides it."""
        if builtin not in self.hidden:
            return builtin
        self.uses_builtins = True
        return f"_builtins.{builtin}"

    def message_type(self, full_name: str) -> str:
        """Return the class of a message; one that an attribute hides is seen through an import of
        its own module.
        """
        if full_name in WELL_KNOWN:
            return f"_{WELL_KNOWN[full_name]}_pb2.{full_name.rpartition('.')[2]}"
        class_ = self.classes.classes[full_name]
        if self.classes.modules[full_name] == self.module and class_ not in self.hidden:
            return class_
        return self.classes.reference(full_name, self.imports)
