"""Edits of `.proto` files: what people change between two versions, one line an edit.

An edit's `before` is made in the old version too: it adds what is rare in published files, as a
reserved range.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    FieldDescriptorProto,
    FieldOptions,
    FileDescriptorProto,
    FileOptions,
    MethodOptions,
)
from google.protobuf.descriptor_pool import DescriptorPool
from proto_changes import (
    Change,
    add_alias,
    add_optional,
    add_required,
    add_value,
    all_of,
    clear,
    default,
    delete,
    delete_last_value,
    delete_oneof,
    flip,
    into_new_oneof,
    into_other_oneof,
    map_to_list,
    move_file,
    move_into,
    move_out,
    move_package,
    move_to_file,
    of_entry,
    option,
    other_type,
    out_of_oneof,
    relabel,
    remove,
    remove_file,
    remove_optional,
    rename,
    rename_field,
    rename_last_value,
    rename_oneof,
    rename_value,
    renumber_value,
    reserve,
    retype,
    shrink_last_range,
    split_last_range,
    swap,
    to,
    to_proto2,
)
from proto_places import Kind, places

F = FieldDescriptorProto
ONE, MANY, MUST = F.LABEL_OPTIONAL, F.LABEL_REPEATED, F.LABEL_REQUIRED
MAX = 2**31
_MAX_SKIPPED = 10


@dataclass(frozen=True)
class Edit:
    """An edit of all parts of a kind."""

    name: str
    kind: Kind
    change: Change
    before: Change | None = None


# One edit a line: what people do to published files.
EDITS: tuple[Edit, ...] = (
    # presence and oneofs
    Edit("a field moves into a new oneof", "field", into_new_oneof),
    Edit("a field moves into a oneof of the message", "field", into_other_oneof),
    Edit("a field moves out of a oneof", "field", out_of_oneof(alone=False)),
    Edit("the only field moves out of a oneof", "field", out_of_oneof(alone=True)),
    Edit("a oneof is renamed", "message", rename_oneof),
    Edit("a oneof is deleted with its fields", "message", delete_oneof),
    Edit("a field becomes optional", "field", add_optional),
    Edit("a field is no longer optional", "field", remove_optional),
    Edit("a field is required by proto2", "field", relabel(ONE, MUST)),
    Edit("a field is no longer required by proto2", "field", relabel(MUST, ONE)),
    Edit("a required field becomes a list", "field", relabel(MUST, MANY)),
    Edit("a required field is added", "message", add_required),
    Edit("a required field is deleted", "field", all_of(relabel(MUST, MUST), delete())),
    # defaults
    Edit("a default is added", "field", default(False, "edited")),
    Edit("a default is changed", "field", default(True, "edited"), default(False, "before")),
    Edit("a default is removed", "field", default(True, ""), default(False, "before")),
    # maps and lists
    Edit("a map has other values", "field", of_entry(2, F.TYPE_BOOL, F.TYPE_INT64)),
    Edit("a map has other keys", "field", of_entry(1, F.TYPE_STRING, F.TYPE_INT32)),
    Edit("a map becomes a list of messages", "field", map_to_list),
    Edit("a string becomes a list", "field", relabel(ONE, MANY, F.TYPE_STRING)),
    Edit("a list of strings becomes a string", "field", relabel(MANY, ONE, F.TYPE_STRING)),
    Edit("a message becomes a list", "field", relabel(ONE, MANY, F.TYPE_MESSAGE)),
    Edit("a list of messages becomes a message", "field", relabel(MANY, ONE, F.TYPE_MESSAGE)),
    Edit("a number becomes a list", "field", relabel(ONE, MANY, F.TYPE_INT32, F.TYPE_UINT64)),
    Edit(
        "a list of numbers becomes a number", "field", relabel(MANY, ONE, F.TYPE_INT32, F.TYPE_ENUM)
    ),
    # types
    Edit("int32 becomes int64", "field", retype(F.TYPE_INT32, F.TYPE_INT64)),
    Edit("int64 becomes int32", "field", retype(F.TYPE_INT64, F.TYPE_INT32)),
    Edit("uint32 becomes int32", "field", retype(F.TYPE_UINT32, F.TYPE_INT32)),
    Edit("uint64 becomes fixed64", "field", retype(F.TYPE_UINT64, F.TYPE_FIXED64)),
    Edit("int32 becomes sint32", "field", retype(F.TYPE_INT32, F.TYPE_SINT32)),
    Edit("fixed32 becomes sfixed32", "field", retype(F.TYPE_FIXED32, F.TYPE_SFIXED32)),
    Edit("float becomes double", "field", retype(F.TYPE_FLOAT, F.TYPE_DOUBLE)),
    Edit("bool becomes int32", "field", retype(F.TYPE_BOOL, F.TYPE_INT32)),
    Edit("string becomes bytes", "field", retype(F.TYPE_STRING, F.TYPE_BYTES)),
    Edit("bytes becomes string", "field", retype(F.TYPE_BYTES, F.TYPE_STRING)),
    Edit("string becomes int64", "field", retype(F.TYPE_STRING, F.TYPE_INT64)),
    Edit("an enum becomes int32", "field", retype(F.TYPE_ENUM, F.TYPE_INT32)),
    Edit("an enum becomes string", "field", retype(F.TYPE_ENUM, F.TYPE_STRING)),
    Edit("an enum becomes another", "field", retype(F.TYPE_ENUM, F.TYPE_ENUM)),
    Edit("int32 becomes an enum", "field", retype(F.TYPE_INT32, F.TYPE_ENUM)),
    Edit("a message becomes string", "field", retype(F.TYPE_MESSAGE, F.TYPE_STRING)),
    Edit("a message becomes another", "field", retype(F.TYPE_MESSAGE, F.TYPE_MESSAGE)),
    Edit("string becomes a message", "field", retype(F.TYPE_STRING, F.TYPE_MESSAGE)),
    # names, numbers and options of fields
    Edit("a field is renamed", "field", rename_field),
    Edit("a field gets another name in JSON", "field", to(json_name="editedName")),
    Edit("a field gets another number", "field", to(number=9_001)),
    Edit("two fields swap their numbers", "field", swap("number")),
    Edit("two fields swap their names", "field", swap("name")),
    Edit("a field is deleted", "field", delete()),
    Edit("a field is deleted, its number reserved", "field", delete(number=True)),
    Edit("a field is deleted, its name reserved", "field", delete(name=True)),
    Edit("a field is deleted and reserved", "field", delete(number=True, name=True)),
    Edit("a field becomes deprecated", "field", option("deprecated", True)),
    Edit("a field is no longer deprecated", "field", option("deprecated", None)),
    Edit("a field gets a jstype", "field", option("jstype", FieldOptions.JS_STRING, F.TYPE_INT64)),
    Edit("a field gets a ctype", "field", option("ctype", FieldOptions.CORD, F.TYPE_STRING)),
    # reserved of messages
    Edit(
        "a reserved range is deleted", "message", clear("reserved_range"), reserve((5_000, 5_010))
    ),
    Edit("a reserved name is deleted", "message", clear("reserved_name"), reserve(names=("gone",))),
    Edit("a reserved range begins later", "message", shrink_last_range(1), reserve((5_000, 5_010))),
    Edit(
        "a reserved range ends earlier", "message", shrink_last_range(0, 1), reserve((5_000, 5_010))
    ),
    Edit("a range to max is deleted", "message", clear("reserved_range"), reserve((5_000, MAX))),
    Edit("a range to max ends", "message", shrink_last_range(0, 9), reserve((5_000, MAX))),
    Edit("a range to max gets a gap", "message", split_last_range(6_000, 5), reserve((5_000, MAX))),
    Edit("a long range is split", "message", split_last_range(6_000, 0), reserve((5_000, 9_000))),
    # enums
    Edit("a value is deleted", "value", delete()),
    Edit("a value is deleted, its number reserved", "value", delete(number=True)),
    Edit("a value is deleted, its name reserved", "value", delete(name=True)),
    Edit("a value is deleted and reserved", "value", delete(number=True, name=True)),
    Edit("a value is renamed", "value", rename_value),
    Edit("a value gets another number", "value", renumber_value),
    Edit("two values swap their numbers", "value", swap("number")),
    Edit("two values swap their names", "value", swap("name")),
    Edit("a value becomes deprecated", "value", option("deprecated", True)),
    Edit("a value is added", "enum", add_value),
    Edit("an alias is added", "enum", add_alias),
    Edit("an alias is deleted", "enum", delete_last_value, add_alias),
    Edit("an alias is renamed", "enum", rename_last_value, add_alias),
    Edit("a range of an enum is deleted", "enum", clear("reserved_range"), reserve((5_000, 5_010))),
    Edit(
        "a name of an enum is no longer reserved",
        "enum",
        clear("reserved_name"),
        reserve(names=("GONE",)),
    ),
    Edit("a range of an enum to max ends", "enum", shrink_last_range(0, 9), reserve((5_000, MAX))),
    Edit("an enum is deleted", "enum", remove),
    Edit("an enum is renamed", "enum", rename),
    Edit("an enum moves out of a message", "enum", move_out),
    Edit("an enum moves into a message", "enum", move_into),
    Edit("an enum moves to another file", "enum", move_to_file()),
    Edit("an enum moves to another package", "enum", move_to_file("edited.v1")),
    # messages
    Edit("a message is deleted", "message", remove),
    Edit("a message is renamed", "message", rename),
    Edit("a message moves out of a message", "message", move_out),
    Edit("a message moves into a message", "message", move_into),
    Edit("a message moves to another file", "message", move_to_file()),
    Edit("a message moves to another package", "message", move_to_file("edited.v1")),
    Edit("a message becomes deprecated", "message", option("deprecated", True)),
    Edit(
        "a message drops its accessor", "message", option("no_standard_descriptor_accessor", True)
    ),
    # services and methods
    Edit("a service is deleted", "service", remove),
    Edit("a service is renamed", "service", rename),
    Edit("a service moves to another file", "service", move_to_file()),
    Edit("a service moves to another package", "service", move_to_file("edited.v1")),
    Edit("a method is deleted", "method", remove),
    Edit("a method is renamed", "method", to(name="Edited")),
    Edit("a method has another request", "method", other_type("input_type")),
    Edit("a method has another response", "method", other_type("output_type")),
    Edit("a request flips its stream", "method", flip("client_streaming")),
    Edit("a response flips its stream", "method", flip("server_streaming")),
    Edit(
        "a method becomes idempotent",
        "method",
        option("idempotency_level", MethodOptions.IDEMPOTENT),
    ),
    Edit("a method becomes deprecated", "method", option("deprecated", True)),
    # files
    Edit("a file is deleted", "file", remove_file),
    Edit("a file moves to another folder", "file", move_file),
    Edit("a file moves to another package", "file", move_package),
    Edit("a file has another go_package", "file", option("go_package", "edited.example/v1")),
    Edit("a file has another java_package", "file", option("java_package", "example.edited")),
    Edit("a file is optimized for size", "file", option("optimize_for", FileOptions.CODE_SIZE)),
    Edit("a file is one of proto2", "file", to_proto2),
)


def is_valid(files: list[FileDescriptorProto]) -> bool:
    """Whether protobuf accepts the files, which are in any order."""
    pool, added = DescriptorPool(), set[str]()
    by_name = {file.name: file for file in files}

    def add(file: FileDescriptorProto) -> None:
        if file.name not in added:
            added.add(file.name)
            for name in file.dependency:
                add(by_name[name])
            pool.Add(file)  # type: ignore[no-untyped-call]

    try:
        for file in files:
            add(file)
            pool.FindFileByName(file.name)  # type: ignore[no-untyped-call]
    except (TypeError, KeyError, RecursionError):
        return False
    return True


@dataclass(frozen=True)
class Pair:
    """Two versions of some files, and the names of the parts that an edit changed."""

    old: list[FileDescriptorProto]
    new: list[FileDescriptorProto]
    places: list[str]


def edited(
    files: list[FileDescriptorProto],
    own: set[str],
    edit: Edit,
    limit: int,
    skipped: frozenset[int] = frozenset(),
) -> Pair | None:
    """Apply an edit to parts of `own` files, one an owner; None if it applies nowhere.

    A place where the files are no longer valid after the edit is skipped.
    """
    old, new = deepcopy(files), deepcopy(files)
    done: list[str] = []
    owners: set[str] = set()
    pairs = zip(list(places(old, edit.kind)), list(places(new, edit.kind)), strict=True)
    for index, (first, second) in enumerate(pairs):
        if len(done) == limit:
            break
        # A whole that an edit changed is left alone, with all that is in it and around it.
        near = any(_is_in(first.name, name) or _is_in(name, first.name) for name in owners)
        if index in skipped or first.file.name not in own or near:
            continue
        if edit.before and not (edit.before(first) and edit.before(second)):
            continue
        name = f"{first.name}.{first.part.name}" if first.part is not first.owner else first.name
        if not edit.change(second):
            continue
        if not is_valid(new):
            again = frozenset({*skipped, index})
            return edited(files, own, edit, limit, again) if len(again) < _MAX_SKIPPED else None
        owners.add(first.name if edit.kind != "file" else first.file.name)
        done.append(name.lstrip("."))
    return Pair(old, new, done) if done else None


def _is_in(name: str, whole: str) -> bool:
    return f"{name}.".startswith(f"{whole}.")
