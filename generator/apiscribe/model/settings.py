"""The entries of spec.toml."""

from __future__ import annotations

from typing import Annotated

import msgspec

from apiscribe.diagnostics.severity import SeverityOverride


class Budget(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How much is read: bytes of a page, rows and bullets of a page, pages of a spec.

    The largest of the pages known to us have 0.15 MB, or some hundred rows.
    """

    page_bytes: Annotated[int, msgspec.Meta(ge=1)] = 8 * 2**20
    page_rows: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    pages: Annotated[int, msgspec.Meta(ge=1)] = 10_000


class NumberSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How new fields are numbered: one behind the highest number of their message, except that a
    field named in `start` opens a block at the number given there, or where that is passed, at the
    next one that is a multiple of `block` behind it.
    """

    start: dict[str, Annotated[int, msgspec.Meta(ge=1, lt=2**29)]] = {}
    block: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class ResourceSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What spec.toml states of a resource: documented names of its fields, and what new keys begin
    with. What it does not state is derived, and an empty name says that there is none.
    """

    key: str | None = None
    tenant: str | None = None
    state: str | None = None
    created: str | None = None
    updated: str | None = None
    identifying: tuple[str, ...] | None = None
    prefix: str | None = None


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The entries of spec.toml.

    `name`: of the API, of its output folder and of its Python package; default: the folder's name.
    `pages`: the folder of the pages, from the spec's folder.
    `uses`: packages whose types pages name in short, the nearest first.
    `dialects`: page (a glob, from the spec's folder) → the dialect that it is written in.
    `references`: other editions of the API that facts are taken from where its pages are silent, the
    nearest first: spec folders, folders of `.proto` files, files that hold a FileDescriptorSet;
    paths from the spec's folder.
    `numbers`: a convention for the numbers of new fields.
    `resources`: service (full name) → the fields that make its resource; a text is the key's name.
    `tenant`: the documented name of the field that tells whose a row is; "" for none.
    `level`: other levels for findings; the last entry that matches counts.
    `handlers`: the folder of what the service's own people write, from the spec's folder.
    `budget`: how much is read.
    """

    name: str = ""
    pages: str = "pages"
    uses: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    dialects: dict[str, str] = {}
    resources: dict[str, str | ResourceSettings] = {}
    tenant: str | None = None
    numbers: NumberSettings = NumberSettings()
    severity: tuple[SeverityOverride, ...] = ()
    handlers: str = ""
    budget: Budget = Budget()
