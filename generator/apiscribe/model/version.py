"""A version of an API, and the facts that its kind of source cannot express.

A `.proto` has no mark for required fields, Hugo pages list no values of enums. A fact that one
version cannot know is not compared, and reported as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from apiscribe.diagnostics.source import Source
from apiscribe.model.api import Api
from apiscribe.model.openapi_document import Document

# The facts of a field besides its type, and authentication; most versions state none of them.
AttributeFact = Literal[
    "authentication", "constraints", "defaults", "deprecation", "nulls", "oneofs", "presence"
]
ATTRIBUTE_FACTS: tuple[AttributeFact, ...] = get_args(AttributeFact)

# The comparable facts. `types` are exact types: without them the JSON types are compared.
Fact = (
    AttributeFact
    | Literal[
        "declarations",
        "descriptions",
        "enum names",
        "enum values",
        "labels",
        "labels of messages",
        "message names",
        "methods without routes",
        "numbers",
        "packages",
        "required",
        "routes",
        "streams",
        "types",
    ]
)


@dataclass(frozen=True, kw_only=True)
class ApiVersion:
    """An API as one source declares it.

    `name` is the source as the user named it. `unknown` are the facts that the source cannot know,
    each with a short reason; `unknown_on` the facts that only some pages lack (page or file →
    facts). `is_protobuf`: the source is a `.proto` or descriptors. `texts` are the source texts of
    the spans, if any, and `folder` is their folder as the user sees it. `beyond_model` are facts
    that the Api has no place for: name → full name of a declaration, or path of a file → value.
    `document` is the OpenAPI document that the version was read from, which states more of HTTP.
    `is_traffic`: it is a recording of what a server does, and its lines are entries.
    """

    name: str
    api: Api
    unknown: Mapping[Fact, str] = field(default_factory=dict)
    unknown_on: Mapping[str, Mapping[Fact, str]] = field(default_factory=dict)
    is_protobuf: bool = False
    texts: Mapping[str, Source] = field(default_factory=dict)
    folder: str = ""
    beyond_model: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    document: Document | None = None
    is_traffic: bool = False

    @property
    def is_pages(self) -> bool:
        """Whether the version is read from pages, which may leave facts open."""
        return not self.is_protobuf and self.document is None

    def knows(self, fact: Fact, page: str) -> bool:
        """Return whether the source knows a fact of the declarations of a page."""
        return fact not in self.unknown and fact not in self.unknown_on.get(page, {})
