"""Drift between two OpenAPI documents: one cause, one entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from document_edits import DOCUMENT, EDITS, DocumentEdit
from hypothesis import example, given
from hypothesis import strategies as st
from thorough import examples

from apiscribe.diagnostics.source import Source
from apiscribe.drift.change import Drift
from apiscribe.drift.change_list import Changes
from apiscribe.drift.compare import compare
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.documents import compare_documents
from apiscribe.model.openapi_document import Document
from apiscribe.model.version import ApiVersion
from apiscribe.sources.openapi import version_of_document
from apiscribe.sources.source_error import SourceError


def version(name: str, document: dict[str, Any]) -> ApiVersion:
    """The version of a document, as one that was read from a file."""
    return version_of_document(
        name, document, Source(f"{name}.json", json.dumps(document, indent=1))
    )


def drift_of(edit: DocumentEdit, *, back: bool = False) -> Drift:
    old, new = version("old", deepcopy(DOCUMENT)), version("new", edit.edited())
    return compare(new, old) if back else compare(old, new)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_one_cause_is_one_entry(edit: DocumentEdit) -> None:
    changes = drift_of(edit).changes
    found = [(change.grade, change.kind, change.symbol) for change in changes]
    assert found == ([edit.entry] if edit.entry else [])


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_what_was_edited_is_found_on_the_way_back(edit: DocumentEdit) -> None:
    changes = drift_of(edit, back=True).changes
    assert bool(changes) == bool(edit.entry)
    assert len({change.fingerprint for change in changes}) == len(changes)


def test_what_differs_and_no_client_depends_on_is_counted() -> None:
    edit = next(edit for edit in EDITS if edit.name == "texts, tags and examples change")
    listed = {entry.fact: entry.reason for entry in drift_of(edit).not_compared}
    assert listed.keys() == {"description", "example", "summary", "tags"}
    assert listed["tags"] == "no client depends on it; it differs 1 time: GET /ships"


def _places(part: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the keys of all parts inside a part."""
    items = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in items:
        yield (*keys, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*keys, key))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.sampled_from(["", "x", "200", "object"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(
        st.sampled_from(
            "$ref type properties items required allOf oneOf in name schema 200".split()
        ),
        inner | st.just("#/components/schemas/Ship") | st.just("#/paths"),
        max_size=3,
    ),
    max_leaves=4,
)


@examples(60)
@given(st.sampled_from(list(_places(DOCUMENT))), _JSON)
@example(("paths", "/ships", "get"), {"$ref": "#/paths"})
def test_a_damaged_document_is_compared_or_refused(keys: tuple[Any, ...], value: Any) -> None:
    document = deepcopy(DOCUMENT)
    part: Any = document
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    try:
        damaged = version("new", document)
    except SourceError:
        return
    whole = version("old", deepcopy(DOCUMENT))
    for old, new in ((whole, damaged), (damaged, whole)):
        changes = compare(old, new).changes
        assert len({change.fingerprint for change in changes}) == len(changes)
    assert compare(damaged, damaged).changes == ()


def _refer(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_schemas_that_refer_to_themselves_or_double_are_compared() -> None:
    schemas: dict[str, Any] = {
        f"S{n}": {
            "type": "object",
            "properties": {"one": _refer(f"S{n + 1}"), "other": _refer(f"S{n + 1}")},
            "anyOf": [_refer(f"S{n + 1}"), _refer(f"S{n + 2}")],
        }
        for n in range(30)
    }
    schemas |= {"S30": {"type": "array", "items": _refer("S30")}, "S31": {"anyOf": [_refer("S31")]}}
    document = deepcopy(DOCUMENT)
    document["components"]["schemas"]["Ship"]["properties"] |= {"deep": _refer("S0")}
    document["components"]["schemas"] |= deepcopy(schemas)
    edited = deepcopy(document)
    edited["components"]["schemas"]["S30"] = {"type": "string"}
    edited["components"]["schemas"]["S0"]["anyOf"].reverse()
    whole = Declarations(version("whole", deepcopy(DOCUMENT)))
    changes = Changes(whole, whole)
    compare_documents(
        changes, *(Document(each, Source("a.json", "{}")) for each in (document, edited))
    )
    assert changes.entries
