"""Facts of a draft by name: how to get and set each of them.

The names are those in overlay.toml. A fact that the page does not state is None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.model.draft import (
    EnumDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    RouteDraft,
    ServiceDraft,
    TypeDraft,
    ValueDraft,
)

Declaration = EnumDraft | FieldDraft | MessageDraft | MethodDraft | ServiceDraft


@dataclass(frozen=True)
class Fact:
    """How to get a fact of a draft, and how to put another value; without `put`, it is fixed."""

    get: Callable[[Any], Any]
    put: Callable[[Any, Any], Any] | None = None


def _with_type(field: FieldDraft, **parts: Any) -> FieldDraft:
    return replace(field, type=replace(field.type, **parts))


def _type_of(method: MethodDraft, part: str) -> TypeDraft:
    return getattr(method, part) or TypeDraft(name="", span=method.span)


def _type_name(part: str) -> Fact:
    """Return the fact for a method's type; `part` is `request` or `response`."""
    return Fact(
        lambda m: _type_of(m, part).name or None,
        lambda m, value: replace(m, **{part: replace(_type_of(m, part), name=value, values=())}),
    )


def _streams(part: str) -> Fact:
    return Fact(
        lambda m: _type_of(m, part).streams or None,
        lambda m, value: replace(m, **{part: replace(_type_of(m, part), streams=value)}),
    )


def _with_values(field: FieldDraft, values: Sequence[str]) -> FieldDraft:
    drafts = tuple(ValueDraft(name=value, span=field.span) for value in values)
    return _with_type(field, values=drafts)


def _with_routes(method: MethodDraft, routes: Sequence[str]) -> MethodDraft:
    pairs = (route.partition(" ") for route in routes)
    drafts = [
        RouteDraft(verb=verb.upper(), path=path.strip(), span=method.span)
        for verb, _, path in pairs
    ]
    return replace(method, routes=tuple(drafts))


def _names(part: str) -> Fact:
    return Fact(lambda owner: tuple(item.name for item in getattr(owner, part)) or None)


def _attribute(name: str) -> Fact:
    """Return the fact of an attribute that is false or empty if the page does not state it."""
    return Fact(
        lambda draft: getattr(draft, name) or None,
        lambda draft, value: replace(draft, **{name: value}),
    )


_DESCRIPTION = _attribute("description")

# Kind of a declaration → its facts.
FACTS: dict[type, dict[str, Fact]] = {
    FieldDraft: {
        "type": Fact(
            lambda f: f.type.name or None, lambda f, value: _with_type(f, name=value, values=())
        ),
        "values": Fact(
            lambda f: tuple(value.name for value in f.type.values) or None, _with_values
        ),
        "repeated": Fact(lambda f: f.type.repeated, lambda f, value: _with_type(f, repeated=value)),
        "required": Fact(lambda f: f.required, lambda f, value: replace(f, required=value)),
        **{name: _attribute(name) for name in ("oneof", "nullable", "default", "deprecated")},
        "optional": Fact(lambda f: f.optional, lambda f, value: replace(f, optional=value)),
        "description": _DESCRIPTION,
    },
    MethodDraft: {
        "deprecated": _attribute("deprecated"),
        "request": _type_name("request"),
        "response": _type_name("response"),
        "request_streams": _streams("request"),
        "response_streams": _streams("response"),
        "routes": Fact(
            lambda m: tuple(f"{route.verb} {route.path}" for route in m.routes) or None,
            _with_routes,
        ),
        "description": _DESCRIPTION,
    },
    EnumDraft: {
        "values": Fact(
            lambda e: tuple(value.name for value in e.values) or None,
            lambda e, values: replace(
                e, values=tuple(ValueDraft(name=value, span=e.span) for value in values)
            ),
        ),
    },
    MessageDraft: {"description": _DESCRIPTION, "fields": _names("fields")},
    ServiceDraft: {"description": _DESCRIPTION, "methods": _names("methods")},
}

KINDS = {
    EnumDraft: "enum",
    FieldDraft: "field",
    MethodDraft: "method",
    MessageDraft: "message",
    ServiceDraft: "service",
}


def with_fact(draft: Any, fact: str, value: Any, origin: str) -> Any:
    """Return the draft with another value of a fact, and the origin of the value."""
    put = FACTS[type(draft)][fact].put
    assert put is not None, f"{fact} cannot be set"
    return replace(put(draft, value), provenance=(*draft.provenance, (fact, origin)))


def new_part(kind: type, name: str, facts: dict[str, Any], span: Span) -> Any:
    """Return a new field or method with facts from the overlay."""
    draft: Any = MethodDraft(name=name, span=span)
    if kind is FieldDraft:
        draft = FieldDraft(name=name, type=TypeDraft(name="", span=span), span=span)
    for fact, value in facts.items():
        draft = with_fact(draft, fact, value, "overlay")
    return draft
