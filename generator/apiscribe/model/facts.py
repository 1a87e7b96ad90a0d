"""What pages state about an API as a whole: its title, version, addresses and authentication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from apiscribe.diagnostics.source import Span
from apiscribe.model.http import Location

SchemeKind = Literal["bearer", "basic", "key", "oauth2"]

# The schemes that a request needs together, each with the scopes that it must have.
Requirement = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedText:
    """A text that a page states about the API."""

    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityScheme:
    """A way to authenticate. `name` identifies it in the API: that of its kind, or of its key.

    `parameter` is the header, cookie or query parameter of a key, and `location` its place.
    `scopes` have their descriptions; `authorization_url` and `token_url` are those of OAuth.
    """

    name: str
    kind: SchemeKind
    location: Location = ""
    parameter: str = ""
    authorization_url: str = ""
    token_url: str = ""
    scopes: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    span: Span = field(compare=False)

    @property
    def carrier(self) -> tuple[str, str]:
        """The place and the name of the parameter that has the credentials, in lower case."""
        return (self.location or "header", (self.parameter or "Authorization").lower())


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiFacts:
    """The facts of an API.

    `servers` are the base addresses of all routes. `security` has the alternatives of
    authentication that apply to each method that states none; None if no page states any.
    """

    title: StatedText | None = None
    version: StatedText | None = None
    description: StatedText | None = None
    servers: tuple[StatedText, ...] = ()
    schemes: tuple[SecurityScheme, ...] = ()
    security: tuple[Requirement, ...] | None = None
