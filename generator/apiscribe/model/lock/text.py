"""Reads and writes the text of lock.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes import lock as codes
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.model.lock.entries import (
    ENUM_NUMBERS,
    FIELD_NUMBERS,
    KEPT_BY_PROTOBUF,
    NAME_KINDS,
    Lock,
    NameKind,
    Names,
    Numbered,
    Numbers,
)
from apiscribe.model.lock.merge import merge_locks, split_conflict
from apiscribe.model.names import is_identifier

LOCK_FILE = "lock.json"

Table = Literal["messages", "enums"]
# A text as JSON: a lock has thousands, for which `json.dumps` takes three times as long.
_text = json.JSONEncoder().encode
# The key of the live entries in each table.
_LIVE: Mapping[Table, str] = {"messages": "fields", "enums": "values"}


def lock_text(lock: Lock) -> str:
    """Return the text of lock.json."""
    tables: tuple[tuple[Table, Mapping[str, Numbers]], ...] = (
        ("messages", lock.messages),
        ("enums", lock.enums),
    )
    texts = [
        f' "{table}": '
        + _object(
            [f"{_text(name)}: {_numbers(table, entries[name])}" for name in sorted(entries)], 1
        )
        for table, entries in tables
    ]
    if lock.names:
        owners = [f"{_text(o)}: {_names(lock.names[o])}" for o in sorted(lock.names)]
        texts.append(' "names": ' + _object(owners, 1))
    return "{\n" + ",\n".join(texts) + "\n}\n"


def _numbers(table: Table, numbers: Numbers) -> str:
    parts = [
        f'"{key}": ' + _object([f"{_text(n)}: {_entry(table, e)}" for n, e in _sorted(entries)], 3)
        for key, entries in ((_LIVE[table], numbers.live), ("reserved", numbers.reserved))
        if entries
    ]
    if numbers.reserved_numbers:
        parts.append(f'"reserved_numbers": {sorted(numbers.reserved_numbers)}')
    return _object(parts, 2)


def _names(kinds: Mapping[NameKind, Mapping[str, str]]) -> str:
    return _object(
        [
            f'"{kind}": '
            + _object([f"{_text(n)}: {_text(i)}" for n, i in sorted(names.items())], 3)
            for kind in NAME_KINDS
            if (names := kinds.get(kind))
        ],
        2,
    )


def _sorted(entries: Mapping[str, Numbered]) -> list[tuple[str, Numbered]]:
    return sorted(entries.items(), key=lambda item: (item[1].number, item[0]))


def _entry(table: Table, entry: Numbered) -> str:
    if table == "enums":
        return f"{entry.number}"
    # `reserved` of a `.proto` has no types.
    type_ = f', "type": {_text(entry.type)}' if entry.type else ""
    return f'{{"number": {entry.number}{type_}}}'


def _object(lines: list[str], indent: int) -> str:
    blank = " " * indent
    body = ",\n".join(f"{blank} {line}" for line in lines)
    return f"{{\n{body}\n{blank}}}" if lines else "{}"


def read_lock(source: Source, report: Report) -> Lock:
    """Read the lock of a lock.json; report an error if it is malformed.

    If git left the two sides of a merge in it, read both: an entry of the other side gets a
    new number if another entry has its number on the first side.
    """
    ours, *others = [_parse(side, source, report) for side in split_conflict(source.text)]
    for theirs in others:
        ours, moved = merge_locks(ours, theirs)
        for owner, name, message in moved:
            report.add(message, line_of(source, owner, name))
    return ours


def line_of(source: Source, *keys: str) -> Span:
    """Return the line of an entry: `messages`, `shop.v1.Book`, `fields`, `title`."""
    at = 0
    for key in keys:
        at = max(at, source.text.find(f"{json.dumps(key)}:", at))
    return source.span(source.text.count("\n", 0, at) + 1)


class _MalformedLockError(ValueError):
    """A problem in a lock, and the keys that lead to it."""

    def __init__(self, message: Message, *keys: str, line: int = 0) -> None:
        super().__init__(message.text)
        self.message, self.keys, self.line = message, keys, line


def _parse(text: str, source: Source, report: Report) -> Lock:
    try:
        tables = _json(text)
        lock = Lock(
            messages=dict(_table(tables, "messages")),
            enums=dict(_table(tables, "enums")),
            names=_read_names(tables),
        )
    except _MalformedLockError as error:
        span = source.span(error.line) if error.line else line_of(source, *error.keys)
        report.add(error.message, span)
        return Lock()
    return lock


def _json(text: str) -> dict[str, Any]:
    try:
        tables = json.loads(text, object_pairs_hook=_unique_keys)
    except json.JSONDecodeError as error:
        raise _MalformedLockError(codes.lock_not_json(error.msg), line=error.lineno) from error
    except _MalformedLockError:
        raise
    except ValueError as error:  # Python's limit for the digits of an integer
        match = re.search(r"\d{4300}", text)
        line = text.count("\n", 0, match.start()) + 1 if match else 0
        raise _MalformedLockError(codes.lock_not_json("a number is too long"), line=line) from error
    except RecursionError as error:
        raise _MalformedLockError(codes.lock_nested_too_deeply()) from error
    if not isinstance(tables, dict):
        raise _MalformedLockError(codes.not_an_object(LOCK_FILE))
    if unknown := tables.keys() - {*_LIVE, "names"}:
        key = min(unknown)
        raise _MalformedLockError(codes.unknown_table(key), key)
    return tables


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object and refuse repeated keys; json would silently use the last one."""
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _MalformedLockError(codes.repeated_key(key), key)
        result[key] = value
    return result


def _table(tables: dict[str, Any], table: Table) -> Iterator[tuple[str, Numbers]]:
    for name, raw in _check_object(tables.get(table, {}), table).items():
        parts = _check_object(raw, table, name)
        if unknown := parts.keys() - {_LIVE[table], "reserved", "reserved_numbers"}:
            raise _MalformedLockError(codes.unknown_entry(name, min(unknown), _LIVE[table]), name)
        reserved = parts.get("reserved_numbers", [])
        if not isinstance(reserved, list):
            raise _MalformedLockError(codes.reserved_numbers_not_a_list(name), table, name)
        numbers = Numbers(
            live=_entries(parts, table, name, _LIVE[table]),
            reserved=_entries(parts, table, name, "reserved"),
            reserved_numbers=tuple(_number(n, table, name, "reserved_numbers") for n in reserved),
        )
        _refuse_duplicates(numbers, table, name)
        yield name, numbers


def _read_names(tables: dict[str, Any]) -> Names:
    names: dict[str, dict[NameKind, Mapping[str, str]]] = {}
    for owner, kinds in _check_object(tables.get("names", {}), "names").items():
        if unknown := _check_object(kinds, "names", owner).keys() - set(NAME_KINDS):
            kind = min(unknown)
            raise _MalformedLockError(codes.unknown_kind(owner, kind, NAME_KINDS), "names", owner)
        names[owner] = {kind: _identifiers(kinds[kind], owner, kind) for kind in kinds}
    return names


def _identifiers(raw: Any, owner: str, kind: NameKind) -> Mapping[str, str]:
    """Return the names of one kind; refuse two with one identifier, which only objects share."""
    names = _check_object(raw, "names", owner, kind)
    owners: dict[str, str] = {}
    for name, used in names.items():
        if not isinstance(used, str) or not is_identifier(used):
            message = codes.not_an_identifier(f"{owner}.{name}", json.dumps(used))
            raise _MalformedLockError(message, "names", owner, kind, name)
        if used in owners and kind != "objects":
            message = codes.shared_identifier(f"{owner}.{name}", owners[used], used)
            raise _MalformedLockError(message, "names", owner, kind, name)
        owners[used] = name
    return names


def _check_object(value: Any, *keys: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _MalformedLockError(codes.not_an_object(keys[-1]), *keys)
    return value


def _entries(parts: dict[str, Any], table: Table, name: str, part: str) -> dict[str, Numbered]:
    entries = {}
    for key, raw in _check_object(parts.get(part, {}), table, name, part).items():
        keys = (table, name, part, key)
        entry = raw if table == "messages" else {"number": raw}
        needed = {"number", "type"} if (table, part) == ("messages", "fields") else {"number"}
        if not isinstance(entry, dict) or not needed <= entry.keys() <= {"number", "type"}:
            raise _MalformedLockError(codes.malformed_field(f"{name}.{key}"), *keys)
        type_ = entry.get("type", "")
        if not isinstance(type_, str):
            raise _MalformedLockError(codes.type_not_a_string(f"{name}.{key}"), *keys)
        entries[key] = Numbered(_number(entry["number"], *keys), type_)
    return entries


def _number(value: Any, *keys: str) -> int:
    """Return the number; refuse one that no field or enum value can have."""
    table, owner = keys[:2]
    name = f"{owner}.{keys[-1]}"
    if not isinstance(value, int) or isinstance(value, bool):
        raise _MalformedLockError(codes.not_a_number(name, json.dumps(value)), *keys)
    if table == "enums" and value not in ENUM_NUMBERS:
        raise _MalformedLockError(codes.number_over_32_bits(name, value), *keys)
    if table == "messages" and value in KEPT_BY_PROTOBUF:
        raise _MalformedLockError(codes.number_of_protobuf(name, value), *keys)
    if table == "messages" and value not in FIELD_NUMBERS:
        raise _MalformedLockError(codes.number_out_of_range(name, value, FIELD_NUMBERS[-1]), *keys)
    return value


def _refuse_duplicates(numbers: Numbers, table: Table, name: str) -> None:
    """Refuse names that are both live and reserved, and numbers of two fields; a value of an enum
    may have aliases.
    """
    if both := numbers.live.keys() & numbers.reserved.keys():
        key = min(both)
        raise _MalformedLockError(codes.used_and_reserved(f"{name}.{key}"), table, name, key)
    owners: dict[int, str] = dict.fromkeys(numbers.reserved_numbers, "reserved_numbers")
    for key, entry in (*numbers.live.items(), *numbers.reserved.items()):
        if entry.number in owners:
            message = codes.shared_number(f"{name}.{key}", owners[entry.number], entry.number)
            raise _MalformedLockError(message, table, name, key)
        if table == "messages":
            owners[entry.number] = key
