"""One of the two APIs that are compared, and what its kind of source cannot tell.

A `.proto` knows no mark for what is required, Hugo pages no values of enums: about a fact that one
side cannot know nothing is said, except that it was not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from apiscribe.diagnostics.source import Source
from apiscribe.model.api import Api

# What can be compared. `types` are exact types: where they are unknown, JSON's kinds still count.
Fact = Literal[
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


@dataclass(frozen=True, kw_only=True)
class ApiVersion:
    """An API as one source has it.

    `name` is the source as the user named it. `unknown` are the facts that the source cannot know,
    each with the reason in a few words; `unknown_on` those that only some of its pages cannot tell
    (a page or file → facts). `texts` are the sources of the spans, where there are any, so that a
    line can be shown, and `folder` is where these lie for the user.
    """

    name: str
    api: Api
    unknown: Mapping[Fact, str] = field(default_factory=dict)
    unknown_on: Mapping[str, Mapping[Fact, str]] = field(default_factory=dict)
    texts: Mapping[str, Source] = field(default_factory=dict)
    folder: str = ""

    def knows(self, fact: Fact, page: str) -> bool:
        """Whether the source can tell a fact of what it declares on a page."""
        return fact not in self.unknown and fact not in self.unknown_on.get(page, {})
