"""overlay.toml: corrections that people make to the pages.

A correction counts as documentation: inference never outranks it. Entries name declarations as the
pages do. `was` holds what the page says of each fact; a fact that the page leaves open is left out.
When the page changes, the correction is stale, and that is an error.

`schemas/overlay.schema.json` and the tables of docs/settings.md are made of these types.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from apiscribe.diagnostics.codes import CODES

Reason = Annotated[
    str,
    Meta(
        description="Why the entry is right, for reviewers.",
        extra_json_schema={"pattern": r"\S"},
    ),
]
Page = Annotated[
    str,
    Meta(
        description="Path of the page, or a glob, if several pages declare the name. The entry"
        " resolves the conflict between them."
    ),
]


class Facts(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Facts of a declaration."""

    # `lower.facts.FACTS` has those of each kind of declaration.
    type: Annotated[
        str | UnsetType,
        Meta(
            description="Of a field: a scalar, the name of a message or enum, or a map:"
            " `map<string, Book>`."
        ),
    ] = UNSET
    values: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="Of an enum, or of a field that lists its values: the names of these."),
    ] = UNSET
    repeated: Annotated[bool | UnsetType, Meta(description="Of a field: whether it is a list.")] = (
        UNSET
    )
    required: Annotated[
        bool | UnsetType, Meta(description="Of a field: whether a request needs it.")
    ] = UNSET
    optional: Annotated[
        bool | UnsetType,
        Meta(description="Of a field: whether it has presence: an unset value differs from zero."),
    ] = UNSET
    oneof: Annotated[
        str | UnsetType, Meta(description="Of a field: the name of the oneof that it is in.")
    ] = UNSET
    nullable: Annotated[
        bool | UnsetType, Meta(description="Of a field: whether it may be null in JSON.")
    ] = UNSET
    default: Annotated[
        str | UnsetType, Meta(description="Of a field: its default value, in JSON.")
    ] = UNSET
    deprecated: Annotated[
        bool | UnsetType, Meta(description="Of a field or method: whether it is deprecated.")
    ] = UNSET
    request: Annotated[
        str | UnsetType, Meta(description="Of a method: the name of the request message.")
    ] = UNSET
    response: Annotated[
        str | UnsetType, Meta(description="Of a method: the name of the response message.")
    ] = UNSET
    request_streams: Annotated[
        bool | UnsetType, Meta(description="Of a method: whether the client streams requests.")
    ] = UNSET
    response_streams: Annotated[
        bool | UnsetType, Meta(description="Of a method: whether the server streams responses.")
    ] = UNSET
    routes: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description='Of a method: its HTTP routes, as in `["POST /v1/books"]`.'),
    ] = UNSET
    fields: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="Of a message: the names of its fields. In `was` only."),
    ] = UNSET
    methods: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="Of a service: the names of its methods. In `was` only."),
    ] = UNSET
    description: Annotated[
        str | UnsetType, Meta(description="Of a field, method, message or service: its text.")
    ] = UNSET

    def stated(self) -> dict[str, Any]:
        """Return the facts that the entry states."""
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in values if value is not UNSET}


Was = Annotated[Facts, Meta(description="What the page says now; empty if it says nothing.")]


class Change(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Other facts of a declaration."""

    at: Annotated[
        str | tuple[str, ...],
        Meta(description="Full name of the declaration, or a list of full names."),
    ]
    set: Annotated[
        Facts, Meta(description="The right facts.", extra_json_schema={"minProperties": 1})
    ]
    was: Was
    reason: Reason


class Add(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A field or method that is missing on the page."""

    at: Annotated[str, Meta(description="Full name of the new field or method.")]
    set: Annotated[Facts, Meta(description="Its facts.")]
    after: Annotated[
        str, Meta(description="Name of the field or method before it. Default: the last one.")
    ] = ""
    reason: Reason


class Remove(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A declaration that does not belong on the page."""

    at: Annotated[str, Meta(description="Full name of the declaration.")]
    was: Was
    page: Page = "*"
    reason: Reason


class Rename(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Another name for a declaration. Types that refer to it follow."""

    at: Annotated[str, Meta(description="Full name of the declaration on the page.")]
    to: Annotated[str, Meta(description="The right name, without the package.")]
    page: Page = "*"
    reason: Reason


class DeclaredField(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A field of a declared message."""

    name: Annotated[str, Meta(description="Name of the field.")]
    type: Annotated[
        str,
        Meta(description="A scalar, the name of a message or enum, or a map: `map<string, Book>`."),
    ]
    repeated: Annotated[bool, Meta(description="Whether the field is a list.")] = False
    required: Annotated[
        bool | None, Meta(description="Whether a request needs the field. Default: unknown.")
    ] = None
    optional: Annotated[
        bool, Meta(description="Whether the field has presence: an unset value differs from zero.")
    ] = False
    oneof: Annotated[str, Meta(description="Name of the oneof that the field is in.")] = ""
    description: Annotated[str, Meta(description="Text of the field.")] = ""


class Declare(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A type that pages or other entries use and no page declares: an enum or a message."""

    at: Annotated[
        str, Meta(description="Full name of the type, in a package; an enum may be in a message.")
    ]
    enum: Annotated[
        tuple[str, ...] | UnsetType, Meta(description="Names of the enum's values, from 0 on.")
    ] = UNSET
    fields: Annotated[
        tuple[DeclaredField, ...] | UnsetType, Meta(description="Fields of the message.")
    ] = UNSET
    incomplete: Annotated[
        bool, Meta(description="Whether the type has more values or fields than are listed.")
    ] = False
    reason: Reason


class Number(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A declaration that keeps its number although its name or type changed."""

    at: Annotated[
        str, Meta(description="Full name of the message, enum, field or enum value as it is now.")
    ]
    renamed_from: Annotated[
        str, Meta(description="Its old name: the full name, or the last part of it.")
    ] = ""
    retyped_from: Annotated[
        str,
        Meta(
            description="Old type of a field, as in lock.json: `repeated shop.v1.Book`. Old clients"
            " will misread values of the new type."
        ),
    ] = ""
    reason: Reason


class Accept(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Diagnostics that are right and need no change."""

    code: Annotated[
        str,
        Meta(
            description="Code of the diagnostics; not that of an error.",
            extra_json_schema={
                "enum": sorted(word for word, code in CODES.items() if code.level != "error")
            },
        ),
    ]
    at: Annotated[str, Meta(description="Path of the file, or a glob.")]
    reason: Reason


class Overlay(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Corrections of the pages of a spec. The file is optional."""

    change: Annotated[
        tuple[Change, ...], Meta(description="Declarations that need other facts.")
    ] = ()
    add: Annotated[
        tuple[Add, ...], Meta(description="Fields and methods that are missing on the pages.")
    ] = ()
    remove: Annotated[
        tuple[Remove, ...], Meta(description="Declarations that do not belong on the pages.")
    ] = ()
    rename: Annotated[
        tuple[Rename, ...], Meta(description="Declarations that need another name.")
    ] = ()
    declare: Annotated[
        tuple[
            Annotated[
                Declare,
                Meta(extra_json_schema={"oneOf": [{"required": [k]} for k in ("enum", "fields")]}),
            ],
            ...,
        ],
        Meta(description="Types that no page declares. Each has either `enum` or `fields`."),
    ] = ()
    number: Annotated[
        tuple[
            Annotated[
                Number,
                Meta(
                    extra_json_schema={
                        "anyOf": [{"required": [k]} for k in ("renamed_from", "retyped_from")]
                    }
                ),
            ],
            ...,
        ],
        Meta(
            description="Declarations that keep their number. Each has `renamed_from`,"
            " `retyped_from`, or both."
        ),
    ] = ()
    accept: Annotated[tuple[Accept, ...], Meta(description="Diagnostics that are accepted.")] = ()
