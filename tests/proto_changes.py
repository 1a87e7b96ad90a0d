"""Changes of one place of `.proto` files. Each returns False, and changes nothing, where it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from proto_places import (
    Kind,
    Place,
    add_oneof,
    drop_oneof,
    entry_of,
    import_types,
    is_plain,
    is_used,
    places,
    real_oneofs,
    rename_type,
    siblings,
)

F = FieldDescriptorProto
Change = Callable[[Place], bool]
_MAX_FIELD, _MAX_ENUM = 2**29, 2**31 - 1  # `to max`: exclusive in messages, inclusive in enums


def into_new_oneof(place: Place) -> bool:
    if place.is_proto2 or not is_plain(place):
        return False
    place.part.oneof_index = add_oneof(place.owner, "edited_choice")
    return True


def into_other_oneof(place: Place) -> bool:
    members = real_oneofs(place.owner).get(0, [])
    if not is_plain(place) or not members:
        return False
    place.part.oneof_index = 0
    # The fields of a oneof are declared together.
    field = deepcopy(place.part)
    place.owner.field.remove(place.part)
    last = max(at for at, each in enumerate(place.owner.field) if each in members)
    place.owner.field.insert(last + 1, field)
    return True


def out_of_oneof(alone: bool) -> Change:
    def change(place: Place) -> bool:
        at = place.part.oneof_index
        members = real_oneofs(place.owner).get(at, [])
        if place.part not in members or (len(members) == 1) != alone:
            return False
        place.part.ClearField("oneof_index")
        if alone:
            drop_oneof(place.owner, at)
        return True

    return change


def rename_oneof(place: Place) -> bool:
    if not real_oneofs(place.owner):
        return False
    place.owner.oneof_decl[0].name = "edited_choice"
    return True


def delete_oneof(place: Place) -> bool:
    members = real_oneofs(place.owner).get(0, [])
    for field in members:
        place.owner.field.remove(field)
    if members:
        drop_oneof(place.owner, 0)
    return bool(members)


def add_optional(place: Place) -> bool:
    if place.is_proto2 or not is_plain(place) or place.part.type == F.TYPE_MESSAGE:
        return False
    place.part.oneof_index = len(place.owner.oneof_decl)
    place.part.proto3_optional = True
    place.owner.oneof_decl.add(name=f"_{place.part.name}")
    return True


def remove_optional(place: Place) -> bool:
    if not place.part.proto3_optional:
        return False
    at = place.part.oneof_index
    place.part.ClearField("proto3_optional")
    place.part.ClearField("oneof_index")
    drop_oneof(place.owner, at)
    return True


def of_entry(number: int, *types: int) -> Change:
    """Change the type of a map's keys (1) or values (2) to the first type that it has not."""

    def change(place: Place) -> bool:
        entry = entry_of(place)
        if entry is None:
            return False
        part = entry.field[number - 1]
        part.type = next(kind for kind in types if kind != part.type)
        part.ClearField("type_name")
        return True

    return change


def map_to_list(place: Place) -> bool:
    entry = entry_of(place)
    if entry is None:
        return False
    entry.options.ClearField("map_entry")
    return True


def default(before: bool, text: str) -> Change:
    """Set or remove the default of a field of proto2 that has one (`before`) or none."""

    def change(place: Place) -> bool:
        is_text = place.part.type == F.TYPE_STRING
        single = place.is_proto2 and place.part.label == F.LABEL_OPTIONAL
        if not single or not is_text or place.part.HasField("default_value") != before:
            return False
        if text:
            place.part.default_value = text
        else:
            place.part.ClearField("default_value")
        return True

    return change


def relabel(old: int, new: int, *types: int) -> Change:
    def change(place: Place) -> bool:
        field = place.part
        if field.label != old or field.HasField("oneof_index") or entry_of(place):
            return False
        if F.LABEL_REQUIRED in (old, new) and not place.is_proto2:
            return False
        if (types and field.type not in types) or field.default_value:
            return False
        field.label = new
        field.options.ClearField("packed")
        return True

    return change


def retype(old: int, new: int) -> Change:
    """Change the type of a field; the new message or enum is another one of the package."""

    def change(place: Place) -> bool:
        field = place.part
        if field.type != old or field.default_value or entry_of(place):
            return False
        field.type = new
        name = field.type_name
        field.ClearField("type_name")
        if new in (F.TYPE_MESSAGE, F.TYPE_ENUM):
            kind: Kind = "message" if new == F.TYPE_MESSAGE else "enum"
            found = (p.name for p in places([place.file], kind))
            other = next((p for p in found if p not in (name, place.name)), "")
            if not other:
                field.type, field.type_name = old, name
                return False
            field.type_name = other
        return True

    return change


def to(**attributes: Any) -> Change:
    """Set attributes of the part, if one differs; a name also changes the name in JSON."""

    def change(place: Place) -> bool:
        if all(getattr(place.part, name) == value for name, value in attributes.items()):
            return False
        for name, value in attributes.items():
            setattr(place.part, name, value)
        if "name" in attributes and hasattr(place.part, "json_name"):
            place.part.json_name = attributes["name"]
        return True

    return change


def option(name: str, value: Any, *types: int) -> Change:
    """Set an option of the part; None removes one that is set."""

    def change(place: Place) -> bool:
        options = place.part.options
        if types and place.part.type not in types:
            return False
        if value is None:
            if not options.HasField(name):
                return False
            options.ClearField(name)
        elif getattr(options, name) == value:
            return False
        else:
            setattr(options, name, value)
        return True

    return change


def flip(name: str) -> Change:
    return lambda place: to(**{name: not getattr(place.part, name)})(place)


def delete(*, number: bool = False, name: bool = False) -> Change:
    """Delete a field or value, and reserve its number, its name, both or nothing."""

    def change(place: Place) -> bool:
        owner, part = place.owner, place.part
        is_enum = hasattr(owner, "value")
        parts = owner.value if is_enum else owner.field
        if len(parts) < 2 or (is_enum and part.number == 0):
            return False
        if not is_enum and part.HasField("oneof_index"):
            return False
        parts.remove(part)
        if number:
            owner.reserved_range.add(start=part.number, end=part.number + (not is_enum))
        if name:
            owner.reserved_name.append(part.name)
        return True

    return change


def swap(attribute: str) -> Change:
    """Swap the numbers or names of the part and the next."""

    def change(place: Place) -> bool:
        parts = place.owner.value if hasattr(place.owner, "value") else place.owner.field
        at = next(at for at, part in enumerate(parts) if part is place.part or part == place.part)
        if at + 1 == len(parts) or getattr(parts[at], attribute) == 0:
            return False
        if hasattr(place.owner, "field") and any(
            entry_of(replace(place, part=part)) for part in parts[at : at + 2]
        ):
            return False
        names = [attribute, *(["json_name"] if attribute == "name" else [])]
        for name in names:
            if hasattr(parts[at], name):
                one, other = getattr(parts[at], name), getattr(parts[at + 1], name)
                setattr(parts[at], name, other)
                setattr(parts[at + 1], name, one)
        return True

    return change


def add_required(place: Place) -> bool:
    if not place.is_proto2 or place.owner.extension_range:
        return False
    place.owner.field.add(
        name="edited", json_name="edited", number=9_000, label=F.LABEL_REQUIRED, type=F.TYPE_STRING
    )
    return True


def add_value(place: Place) -> bool:
    place.owner.value.add(name=f"EDITED_{place.owner.name.upper()}", number=9_000)
    return True


def add_alias(place: Place) -> bool:
    place.owner.options.allow_alias = True
    value = place.owner.value[-1]
    place.owner.value.add(name=f"EDITED_{value.name}", number=value.number)
    return True


def rename_field(place: Place) -> bool:
    # The name of a map is part of the name of its entries.
    return not entry_of(place) and to(name="edited")(place)


def rename_value(place: Place) -> bool:
    return to(name=f"EDITED_{place.part.name}")(place)


def renumber_value(place: Place) -> bool:
    return place.part.number != 0 and to(number=9_001)(place)


def rename_last_value(place: Place) -> bool:
    place.owner.value[-1].name = f"RENAMED_{place.owner.value[-1].name}"
    return True


def delete_last_value(place: Place) -> bool:
    del place.owner.value[-1]
    numbers = [value.number for value in place.owner.value]
    if len(numbers) == len(set(numbers)):
        place.owner.options.ClearField("allow_alias")
    return True


def reserve(*ranges: tuple[int, int], names: tuple[str, ...] = ()) -> Change:
    """Reserve ranges of numbers, as a descriptor has them, and names."""

    def change(place: Place) -> bool:
        is_enum = hasattr(place.owner, "value")
        last = _MAX_ENUM if is_enum else _MAX_FIELD
        used = [part.number for part in (place.owner.value if is_enum else place.owner.field)]
        used += [part.end for part in place.owner.reserved_range]
        if max(used, default=0) >= 5_000 or (not is_enum and place.owner.extension_range):
            return False
        for start, end in ranges:
            place.owner.reserved_range.add(start=start, end=min(end, last))
        place.owner.reserved_name.extend(names)
        return True

    return change


def shrink_last_range(start: int = 0, end: int = 0) -> Change:
    def change(place: Place) -> bool:
        place.owner.reserved_range[-1].start += start
        place.owner.reserved_range[-1].end -= end
        return True

    return change


def split_last_range(at: int, gap: int) -> Change:
    """Leave numbers in the middle of the last range out."""

    def change(place: Place) -> bool:
        end = place.owner.reserved_range[-1].end
        place.owner.reserved_range[-1].end = at
        place.owner.reserved_range.add(start=at + gap, end=end)
        return True

    return change


def clear(name: str) -> Change:
    """Remove all entries of a list."""

    def change(place: Place) -> bool:
        if not getattr(place.part, name):
            return False
        place.part.ClearField(name)
        return True

    return change


def remove(place: Place) -> bool:
    """Delete a type that nothing uses, a service or a method."""
    parts = place.owner.method if place.part is not place.owner else siblings(place)
    if place.part is place.owner and not hasattr(place.owner, "method") and is_used(place):
        return False
    parts.remove(place.part)
    return True


def remove_file(place: Place) -> bool:
    others = [file for file in place.files if file is not place.file]
    if not others or any(place.file.name in file.dependency for file in others):
        return False
    place.files.remove(place.file)
    return True


def rename(place: Place) -> bool:
    """Rename a type and its uses, or a service."""
    place.owner.name = f"Edited{place.owner.name}"
    scope = place.name.rpartition(".")[0]
    rename_type(place.files, place.name, f"{scope}.{place.owner.name}")
    return True


def move_out(place: Place) -> bool:
    """Move a nested type to the top of the file."""
    if place.around is place.file:
        return False
    return _move(place, place.file, f".{place.file.package}" if place.file.package else "")


def move_into(place: Place) -> bool:
    """Move a type at the top of a file into the first message."""
    first = next(iter(place.file.message_type), None)
    if place.around is not place.file or first is None or first is place.owner:
        return False
    if any(inner.name == place.owner.name for inner in (*first.nested_type, *first.enum_type)):
        return False
    return _move(place, first, f".{place.file.package}.{first.name}")


def move_to_file(package: str = "") -> Change:
    """Move a type or a service to a new file, and to another package if there is one."""

    def change(place: Place) -> bool:
        if place.around is not place.file:
            return False
        target = package or place.file.package
        file = FileDescriptorProto(name=f"edited/{place.owner.name}.proto", package=target)
        file.syntax = place.file.syntax
        file.dependency.extend(place.file.dependency)
        place.files.append(file)
        return _move(place, file, f".{target}" if target else "")

    return change


def _move(place: Place, target: Any, scope: str) -> bool:
    taken = [each.name for each in getattr(target, "message_type", ())]
    if place.owner.name in taken or place.owner.name in [e.name for e in target.enum_type]:
        return False
    name = {"value": "enum_type", "method": "service"}
    kind = next((name[part] for part in name if hasattr(place.owner, part)), "")
    kind = kind or ("message_type" if hasattr(target, "message_type") else "nested_type")
    getattr(target, kind).append(deepcopy(place.owner))
    siblings(place).remove(place.owner)
    rename_type(place.files, place.name, f"{scope}.{place.owner.name}")
    import_types(place.files)
    return True


def move_package(place: Place) -> bool:
    """Put a whole file into another package."""
    old = f".{place.file.package}" if place.file.package else ""
    for kind in ("message", "enum"):
        for each in places([place.file], kind):  # type: ignore[arg-type]
            rename_type(place.files, each.name, f".edited.v1{each.name.removeprefix(old)}")
    place.file.package = "edited.v1"
    return True


def to_proto2(place: Place) -> bool:
    """Make a file one of proto2, if no other uses its enums: proto3 knows no closed ones."""
    has_optional = any(p.part.proto3_optional for p in places([place.file], "field"))
    enums = {each.name for each in places([place.file], "enum")}
    others = [file for file in place.files if file is not place.file]
    is_used = any(p.part.type_name in enums for p in places(others, "field"))
    if place.is_proto2 or has_optional or is_used:
        return False
    return to(syntax="proto2")(place)


def move_file(place: Place) -> bool:
    old, place.file.name = place.file.name, f"edited/{place.file.name}"
    for file in place.files:
        names = [place.file.name if name == old else name for name in file.dependency]
        file.dependency[:] = names
    return True


def other_type(attribute: str) -> Change:
    """Let a method have another message of the file as its request or response."""

    def change(place: Place) -> bool:
        names = (each.name for each in places([place.file], "message"))
        other = next((name for name in names if name != getattr(place.part, attribute)), "")
        setattr(place.part, attribute, other or getattr(place.part, attribute))
        return bool(other)

    return change


def all_of(*changes: Change) -> Change:
    return lambda place: all(change(place) for change in changes)
