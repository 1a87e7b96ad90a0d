"""spec.toml: the settings of a spec.

`schemas/spec.schema.json` and the tables of docs/settings.md are made of these types. A description
that ends with "Default: …" states a default that depends on other things.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from apiscribe.diagnostics.severity import SeverityOverride
from apiscribe.model.convention_settings import ConventionSettings
from apiscribe.model.house_words import HEADERS, MARKS, ROLES
from apiscribe.model.outputs import OUTPUT_NAMES


class Budget(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Limits on the size of a spec."""

    # The largest known pages have 0.15 MB and some hundred rows.
    page_bytes: Annotated[int, Meta(ge=1, description="Bytes of a page.")] = 8 * 2**20
    page_rows: Annotated[int, Meta(ge=1, description="Table rows and bullets of a page.")] = 20_000
    pages: Annotated[int, Meta(ge=1, description="Pages of the spec.")] = 10_000


class NumberSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Numbering convention for new fields. Numbers in the lock never change."""

    start: Annotated[
        dict[str, Annotated[int, Meta(ge=1, lt=2**29)]],
        Meta(
            description="The number at which a field opens a block, by the documented name of the"
            " field: `{ domain_id = 21, created_at = 31 }`. The fields after it continue from"
            " there. Default: a new field gets the highest number of its message plus one."
        ),
    ] = {}
    block: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="Distance between blocks. If numbers beyond `start` are in use, the field"
            " opens the next block: with `block = 10`, one of 31, 41, 51, … With 0, it gets the"
            " next number.",
        ),
    ] = 0


class OpenapiSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The OpenAPI document of a spec. A spec without HTTP routes has none."""

    formats: Annotated[
        tuple[Literal["json", "yaml"], ...],
        Meta(description="Formats to write: `openapi.json`, `openapi.yaml`, both or none."),
    ] = ("json",)
    title: Annotated[
        str,
        Meta(
            description="Title of the API. Default: the title of its page, if it has one; the name"
            " of the spec if it has several."
        ),
    ] = ""
    version: Annotated[
        str,
        Meta(
            description="Version of the API. Default: the version at the end of all packages or in"
            " all paths, such as `v1`; `0` if there is none."
        ),
    ] = ""


class OutputSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The outputs of a build. The files of other outputs are removed."""

    only: Annotated[
        tuple[Annotated[str, Meta(extra_json_schema={"enum": list(OUTPUT_NAMES)})], ...],
        Meta(
            description=f"Outputs to write: {', '.join(f'`{name}`' for name in OUTPUT_NAMES)}. An"
            " output that another one needs is written with it: `server` needs `models` and"
            " `stubs`. Default: all."
        ),
    ] = ()


class ResourceSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The resource of a service: the documented names of fields of its message.

    An entry that is left out is derived. An empty name means that the resource has no such field.
    """

    key: Annotated[str | None, Meta(description="Field that identifies a row.")] = None
    tenant: Annotated[
        str | None, Meta(description="Field with the tenant of a row, in the message or requests.")
    ] = None
    state: Annotated[str | None, Meta(description="Field that enable and disable set.")] = None
    created: Annotated[str | None, Meta(description="Field with the time of creation.")] = None
    updated: Annotated[str | None, Meta(description="Field with the time of the last update.")] = (
        None
    )
    identifying: Annotated[
        tuple[str, ...] | None,
        Meta(description="Fields that `keyword` searches and `minimal` returns."),
    ] = None
    parents: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="Keys of rows above a row that paths have and the message lacks, such as"
            " `shelf_id` for `/shelves/{shelf_id}/books`."
        ),
    ] = None
    prefix: Annotated[
        str | None,
        Meta(
            description="Prefix of new keys: `job` for `job-000000000001`, `cus_` for"
            " `cus_000000000001`, and empty for UUIDs."
        ),
    ] = None
    form: Annotated[
        Annotated[str, Meta(pattern="^(sequence|(hex|digits|lower|upper|mixed)[1-9][0-9]?)?$")]
        | None,
        Meta(
            description="Form of new keys after the prefix: letters and a length (`hex24`,"
            " `digits8`, `lower10`, `upper10`, `mixed14`), `sequence` for 1, 2, 3 … if keys are"
            " numbers, and empty for 12 hexadecimal digits after a prefix or a UUID without one."
        ),
    ] = None


class WordSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The words of the pages that apiscribe does not ship. They outrank the shipped words; upper
    case, blanks and the marks around a word do not count.
    """

    headers: Annotated[
        dict[str, Annotated[str, Meta(extra_json_schema={"enum": list(HEADERS)})]],
        Meta(
            description='Header of a column → what the column holds: `"Merkmal" = "name"`. A'
            " column that a dialect does not know is reported as before."
        ),
    ] = {}
    types: Annotated[
        dict[str, str],
        Meta(
            description="Type word → a type of protobuf or a shipped type word:"
            ' `"Ganzwert" = "int64"`, `"Kennung" = "uuid"`.'
        ),
    ] = {}
    marks: Annotated[
        dict[str, Annotated[str, Meta(extra_json_schema={"enum": list(MARKS)})]],
        Meta(description='Mark of a field → its meaning: `"muss" = "required"`.'),
    ] = {}
    roles: Annotated[
        dict[str, Annotated[str, Meta(extra_json_schema={"enum": list(ROLES)})]],
        Meta(
            description="Word of a heading or a label → the part below it, on pages about HTTP:"
            ' `"Eingaben" = "body"`.'
        ),
    ] = {}


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Settings of a spec. Every entry is optional, and so is the file."""

    name: Annotated[
        str,
        Meta(
            description="Name of the API, of its output folder and of its Python package."
            " Default: the name of the spec's folder."
        ),
    ] = ""
    pages: Annotated[
        str,
        Meta(
            description="Folder of the pages, relative to the spec's folder and inside it. Default:"
            " `pages`; the spec's folder itself if it has neither spec.toml nor `pages/`.",
            extra_json_schema={"not": {"pattern": r"^/|(^|/)\.\.(/|$)"}},
        ),
    ] = "pages"
    package: Annotated[
        str,
        Meta(
            description="Package of the pages that state none, such as HTTP pages. Default: the"
            " name of the API."
        ),
    ] = ""
    uses: Annotated[
        tuple[str, ...],
        Meta(
            description="Packages in which short type names are looked up after the page's own"
            " package, the nearest first."
        ),
    ] = ()
    references: Annotated[
        tuple[str, ...],
        Meta(
            description="Reference versions, relative to the spec's folder: spec folders, folders"
            " of `.proto` files, or files with a FileDescriptorSet. Facts that the pages leave open"
            " (labels, values and names of enums, undeclared types, streams) are taken from the"
            " first one that has them. A page always outranks a reference version."
        ),
    ] = ()
    dialects: Annotated[
        dict[str, str],
        Meta(
            description="Dialect (`gitbook`, `hugo`, `protobuf` or `http`) of the pages that match"
            ' a glob: `"pages/old/*" = "gitbook"`. Default: detected.'
        ),
    ] = {}
    resources: Annotated[
        dict[str, str | ResourceSettings],
        Meta(
            description="Resource of a service, by the full name of the service: the documented"
            " name of its key field, or a table. Default: derived; `apiscribe explain SERVICE`"
            " shows the result."
        ),
    ] = {}
    tenant: Annotated[
        str | None,
        Meta(
            description="Documented name of the field with the tenant of a row, for all services;"
            " empty for none. Default: the `…_id` field that more than half of the resources share,"
            " if three or more share it, or if all do and `get` requires it after another field."
        ),
    ] = None
    conventions: Annotated[
        dict[str, ConventionSettings],
        Meta(
            description="Conventions of a method or of the methods of a service, by its full name."
            " Default: derived; `apiscribe explain SERVICE` shows the result."
        ),
    ] = {}
    numbers: Annotated[NumberSettings, Meta(description="Numbering convention for new fields.")] = (
        NumberSettings()
    )
    openapi: Annotated[OpenapiSettings, Meta(description="The OpenAPI document.")] = (
        OpenapiSettings()
    )
    outputs: Annotated[OutputSettings, Meta(description="The outputs of a build.")] = (
        OutputSettings()
    )
    words: Annotated[
        WordSettings, Meta(description="Words of the pages, besides those that apiscribe ships.")
    ] = WordSettings()
    severity: Annotated[
        tuple[SeverityOverride, ...],
        Meta(description="Severity overrides. The last entry that matches a diagnostic counts."),
    ] = ()
    handlers: Annotated[
        str,
        Meta(
            description="Folder of the handlers, relative to the spec's folder. `build` adds a stub"
            " there for each method that the server does not implement, in a file of its own. A"
            " handler of a method that no longer exists is an error."
        ),
    ] = ""
    vendor_runtime: Annotated[
        bool,
        Meta(
            description="Whether `build` copies the runtime (`apiscribe_runtime`) beside the"
            " package. Without the copy, the package requires `apiscribe-runtime`."
        ),
    ] = False
    budget: Annotated[
        Budget,
        Meta(
            description="Limits on the size of the spec. A page over a limit is an error and is"
            " left out; the other pages are read."
        ),
    ] = Budget()
