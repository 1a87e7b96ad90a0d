"""overlay.toml: human corrections, laid over what the pages say.

    [[change]]     other facts of a declaration:    at, set, was, reason
    [[add]]        a field or method that a page forgot:    at, set, after, reason
    [[remove]]     a declaration that should not stand there:    at, was, page, reason
    [[rename]]     another name for a declaration:    at, to, page, reason
    [[declare]]    a type that no page declares:    at, enum or fields, open, reason
    [[number]]     what keeps its number:    at, renamed_from or retyped_from, reason
    [[accept]]     a finding that somebody has looked at:    code, at, reason

A correction counts as documentation: inference never outranks it. Entries name things as the
pages name them. `was` holds, for each fact, what the page says; left out where the page says
nothing. When the page changes, the correction is stale, and that is an error.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Facts(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Facts of a declaration; `lower.facts.FACTS` tells which declaration has which.

    `values` are those of an enum that the page lists in place of a type; `routes` are texts like
    `POST /path`; `fields` and `methods` are the names of a message's or a service's parts.
    """

    type: str | UnsetType = UNSET
    values: tuple[str, ...] | UnsetType = UNSET
    repeated: bool | UnsetType = UNSET
    required: bool | UnsetType = UNSET
    request: str | UnsetType = UNSET
    response: str | UnsetType = UNSET
    request_streams: bool | UnsetType = UNSET
    response_streams: bool | UnsetType = UNSET
    routes: tuple[str, ...] | UnsetType = UNSET
    fields: tuple[str, ...] | UnsetType = UNSET
    methods: tuple[str, ...] | UnsetType = UNSET
    description: str | UnsetType = UNSET

    def stated(self) -> dict[str, Any]:
        """The facts that the entry states."""
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in values if value is not UNSET}


class Change(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Other facts of declarations; `at` is the full name of one, or of several."""

    at: str | tuple[str, ...]
    set: Facts
    was: Facts
    reason: str


class Add(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A field or a method; `after` is the name of the one that it follows, the last one if left
    out.
    """

    at: str
    set: Facts
    after: str = ""
    reason: str


class Remove(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A declaration that is not to be; `page` is a glob that tells which, of two of one name."""

    at: str
    was: Facts
    page: str = "*"
    reason: str


class Rename(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Another name; `page` is a glob that tells whose, of two declarations of one name."""

    at: str
    to: str
    page: str = "*"
    reason: str


class DeclaredField(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A field of a message that the overlay declares."""

    name: str
    type: str
    repeated: bool = False
    required: bool | None = None
    description: str = ""


class Declare(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A type that pages use and none declares; `at` is its full name. An `incomplete` one has more values
    or fields than are known.
    """

    at: str
    enum: tuple[str, ...] | UnsetType = UNSET
    fields: tuple[DeclaredField, ...] | UnsetType = UNSET
    incomplete: bool = False
    reason: str


class Number(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A declaration that keeps its number (a message or enum: those of its parts) under a new name,
    or a field that keeps it with a type which a client of the old one cannot read.
    """

    at: str
    renamed_from: str = ""
    retyped_from: str = ""
    reason: str


class Accept(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Findings of one code that are as they should be; `at` is a glob of file paths."""

    code: str
    at: str
    reason: str


class Overlay(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The entries of overlay.toml."""

    change: tuple[Change, ...] = ()
    add: tuple[Add, ...] = ()
    remove: tuple[Remove, ...] = ()
    rename: tuple[Rename, ...] = ()
    declare: tuple[Declare, ...] = ()
    number: tuple[Number, ...] = ()
    accept: tuple[Accept, ...] = ()
