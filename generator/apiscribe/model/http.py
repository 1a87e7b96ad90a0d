"""Facts that only HTTP has: examples in JSON, headers and cookies, responses by status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from apiscribe.diagnostics.source import Span
from apiscribe.model.types import Type

Location = Literal["", "path", "query", "header", "cookie", "body"]
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"
FORMS = (FORM, FILES)  # media types of requests
ExampleRole = Literal["request", "response", "message"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A JSON example. `value` is None if the text is not JSON."""

    role: ExampleRole
    text: str
    value: Any = None
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A header or cookie of a request. It is not a field of the request message."""

    name: str
    type: Type
    location: Location
    repeated: bool = False
    required: bool | None = None
    default: str = ""
    constraints: Mapping[str, Any] = field(default_factory=dict)
    deprecated: bool = False
    description: str = ""
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer over HTTP: its status (`201`, `4XX`, `default`), and the type of its body, None
    without one. The answer of success has the type of the method's response.
    """

    status: str
    type: Type | None = None
    repeated: bool = False
    description: str = ""
    examples: tuple[Example, ...] = ()
    span: Span = field(compare=False)
