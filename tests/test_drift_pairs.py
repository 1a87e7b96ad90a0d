"""Drift between pairs of OpenAPI documents with one difference: what breaks clients, and what not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from oracle_openapi import BREAKING
from test_drift_documents import version

from apiscribe.drift.compare import compare
from apiscribe.sources.openapi import parse_yaml

Json = dict[str, Any]
PAIRS: list[Json] = parse_yaml(Path(__file__).with_name("document_pairs.yaml").read_text("utf-8"))
NAMES = [pair["name"] for pair in PAIRS]


def document_of(short: Json) -> Json:
    """The document of a pair, with one operation."""
    short = dict(short)
    request, answer, parameter = map(short.pop, ("request", "answer", "parameter"), [None] * 3)
    operation: Json = {"responses": {"200": {"description": "Done."}}, **short.pop("operation", {})}
    is_read = (answer or parameter) and not request
    verb, path = short.pop("verb", "get" if is_read else "post"), short.pop("path", "/stars")
    if request:
        operation["requestBody"] = {"required": True, **_content(request)}
    if answer:
        operation["responses"]["200"] |= _content(answer)
    if parameter and parameter["in"] == "path":
        path, parameter = "/stars/{p}", {**parameter, "required": True}
    if parameter:
        operation["parameters"] = [parameter]
    schemas: Json = {"components": {"schemas": short.pop("schemas")}} if "schemas" in short else {}
    item = {verb: operation, **short.pop("item", {})}
    info = {"title": "Sky", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {path: item}, **schemas, **short}


def _content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_what_breaks_clients_is_known(pair: Json) -> None:
    old, new = (version(side, document_of(pair[side])) for side in ("old", "new"))
    changes = compare(old, new).changes
    assert any(change.grade in BREAKING for change in changes) == pair["breaks"], changes


def test_every_pair_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
