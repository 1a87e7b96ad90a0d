"""`apiscribe drift --suggest` and `--suggest-rows`: what is printed resolves its changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from test_drift_traffic import BASE, CUSTOMER, INVOICING, entry, planted, run, write_har

from apiscribe.commands import drift_suggestions
from apiscribe.commands.drift_suggestions import reading_back
from apiscribe.emit.openapi import emit_openapi
from apiscribe.model.settings import OpenapiSettings
from apiscribe.sources.compilation import compile_folder

PAGE = """# Berths

Base URL: `https://quay.example/v2`

## The berth

| Required | Attribute    | Unit   | Type            | Notes                                |
|----------|--------------|--------|-----------------|--------------------------------------|
| yes      | **`id`**     | -      | string          | Key of a berth.                      |
| no       | **`length`** | metres | number          | Usable length.                       |
| no       | **`tags`**   | -      | list of strings | Free words.                          |
| no       | **`state`**  | -      | string          | One of `free`, `booked` or `closed`. |

## List berths

`GET /berths`

| Query parameter | Type | Required | Description |
| --- | --- | :-: | --- |
| `harbour` | string | ✓ | Harbour of the berths. |
| `limit` | integer | | Berths in an answer. |

| Status | Body | Description |
| --- | --- | --- |
| `200 OK` | list of [berths](#the-berth) | The berths. |
| `400 Bad Request` | | A parameter is wrong. |

## Retrieve a berth

`GET /berths/{berth_id}`

Returns the [berth](#the-berth).

## Create a berth

`POST /berths`

- `length` (number, required): usable length in metres.
- `note` (string): text for the crew.

| Status | Description |
| --- | --- |
| 201 | The new [berth](#the-berth). |
| 422 | The length is missing. |
"""
BERTH = {"id": "b-1", "length": 30.5, "tags": ["deep"], "state": "free"}
HOST = "https://quay.example/v2"


def spec(folder: Path, page: str = PAGE) -> Path:
    pages = folder / "quay" / "pages"
    pages.mkdir(parents=True)
    (pages / "berths.md").write_text(page, "utf-8")
    return folder / "quay"


def kinds(*arguments: object) -> list[str]:
    _, out, err = run(*arguments, "--format", "json")
    assert out, err
    return [f"{change['kind']} {change['symbol']}" for change in json.loads(out)["changes"]]


def with_overlay(folder: Path, new: object) -> list[str]:
    """The changes after the suggested entries are appended."""
    _, text, _ = run(folder, new, "--suggest")
    assert text
    with (folder / "overlay.toml").open("a", encoding="utf-8") as overlay:
        overlay.write(text)
    return kinds(folder, new)


def with_rows(folder: Path, new: object) -> tuple[str, list[str]]:
    """The suggested rows, and the changes after they are inserted."""
    _, text, _ = run(folder, new, "--suggest-rows")
    command = ["patch", "-p1", "-d", str(folder)]
    subprocess.run(command, input=text, text=True, check=True, capture_output=True)
    added = (line[1:] for line in text.splitlines() if line[:2] == "+|")
    rows = "".join(f"{line}\n" for line in added if line not in PAGE.split("\n"))
    return rows, kinds(folder, new)


def traffic(folder: Path) -> Path:
    berth = {**BERTH, "draught": 4, "lights": [True], "owner": {"name": "Ada"}}
    secret = "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"
    entries = [
        entry("GET", f"{HOST}/berths/b-4", 200, {**BERTH, "state": secret}),
        entry("GET", f"{HOST}/berths/b-1", 200, berth),
        entry("GET", f"{HOST}/berths/b-2", 200, {**berth, "id": "b-2", "draught": 4.5}),
        entry("GET", f"{HOST}/berths/b-3", 200, {**BERTH, "state": "frozen"}),
        entry("GET", f"{HOST}/berths?harbour=north&sheltered=true", 200, [berth]),
        entry("GET", f"{HOST}/berths?harbour=north", 409, {}),
        entry("POST", f"{HOST}/berths", 201, BERTH, {"length": 3.5, "priority": 2}),
        entry("POST", f"{HOST}/berths", 409, {}, {"length": 3.5}),
    ]
    return write_har(folder / "quay.har", entries)


def document(folder: Path) -> dict[str, Any]:
    """The OpenAPI document of the pages."""
    (task,) = emit_openapi(compile_folder(folder).api, OpenapiSettings())
    (output,) = task.make()
    result: dict[str, Any] = json.loads(output.content)
    return result


def planted_document(folder: Path, file: Path) -> Path:
    """A document that has more than the pages: fields, a parameter, a value and an operation."""
    content = document(folder)
    schemas = content["components"]["schemas"]
    more = {
        "draught": {"type": "number", "description": "Depth of the water | at low tide."},
        "crew": {"type": "array", "items": {"type": "string"}},
        "owner": {"$ref": "#/components/schemas/Owner"},
    }
    schemas["Berth"]["properties"] |= more
    schemas["Owner"] = {"type": "object", "properties": {"name": {"type": "string"}}}
    schemas["Berth.State"]["enum"].append("frozen")
    schemas["CreateBerthRequest"]["properties"]["priority"] = {"type": "integer"}
    parameter = {"name": "offset", "in": "query", "schema": {"type": "integer", "format": "int64"}}
    content["paths"]["/berths"]["get"]["parameters"].append(parameter)
    answers = {"204": {"description": "It is gone."}}
    operation = {"operationId": "Berths.delete_berth", "tags": ["Berths"], "responses": answers}
    item = content["paths"]["/berths/{berth_id}"]
    item["delete"] = operation | {"parameters": item["get"]["parameters"]}
    file.write_text(json.dumps(content), "utf-8")
    return file


def test_entries_resolve_what_traffic_shows(tmp_path: Path) -> None:
    folder = spec(tmp_path)
    har = traffic(folder.parent)
    assert len(kinds(folder, har)) == 9
    assert with_overlay(folder, har) == [
        "undocumented-value quay.Berth.State.***",
        "undocumented-status GET /berths 409",
        "undocumented-status POST /berths 409",
    ]
    text = (folder / "overlay.toml").read_text("utf-8")
    assert 'at = "quay.Berth.draught"\nset = {type = "double"}' in text, "4 and 4.5"
    assert 'at = "quay.Berth.lights"\nset = {type = "bool", repeated = true}' in text
    assert "sk_live" not in text
    assert run(folder, har, "--suggest") == (
        1,
        "",
        "no overlay entry resolves 3 changes: undocumented-status (2), undocumented-value (1)\n",
    )


@pytest.mark.parametrize("page", [PAGE, PAGE.rstrip()], ids=["newline", "no newline"])
def test_rows_have_the_form_of_their_tables(tmp_path: Path, page: str) -> None:
    folder = spec(tmp_path, page)
    har = traffic(folder.parent)
    rows, left = with_rows(folder, har)
    assert rows == """\
| no       | **`state`**  | -      | string          | One of `free`, `booked`, `frozen` or `closed`. |
| no       | **`draught`** | -      | number          |                                      |
| no       | **`owner`**  | -      | object          |                                      |
| `sheltered` | boolean | | |
| `409 Conflict` | | |
| 409 | |
"""
    assert left == [
        "undocumented-field quay.Berth.lights",
        "undocumented-value quay.Berth.State.***",
        "undocumented-field quay.CreateBerthRequest.priority",
    ]


def test_entries_resolve_what_a_document_has(tmp_path: Path) -> None:
    folder = spec(tmp_path)
    new = planted_document(folder, tmp_path / "openapi.json")
    assert len(kinds(folder, new)) == 7
    assert with_overlay(folder, new) == ["field-added quay.Berth.owner"]
    text = (folder / "overlay.toml").read_text("utf-8")
    assert 'description = "Depth of the water | at low tide."' in text
    assert '{name = "berth_id", type = "string", required = true}' in text


def test_rows_describe_what_a_document_describes(tmp_path: Path) -> None:
    folder = spec(tmp_path)
    new = planted_document(folder, tmp_path / "openapi.json")
    rows, left = with_rows(folder, new)
    assert "| **`crew`**   | -      | list of strings |   " in rows
    assert "| number          | Depth of the water \\| at low tide.   |" in rows
    assert "| `offset` | integer | | |" in rows
    assert left == [
        "field-added quay.Berth.owner",
        "method-added quay.Berths.delete_berth",
        "field-added quay.CreateBerthRequest.priority",
    ]


@pytest.mark.parametrize("suggest", [with_overlay, with_rows])
def test_values_of_two_lists_are_suggested_together(tmp_path: Path, suggest: Any) -> None:
    folder = tmp_path / "invoicing"
    shutil.copytree(INVOICING, folder)
    har = write_har(tmp_path / "all.har", planted())
    left = suggest(folder, har)
    kinds_left = [change.split()[0] for change in (left if suggest is with_overlay else left[1])]
    unsuggested = ["contradicting-null", "undocumented-status", "contradicting-type"]
    operation = [] if suggest is with_overlay else ["undocumented-operation"]
    assert kinds_left == [*unsuggested, *operation]
    values = "`draft`, `open`, `paid`, `overdue` or `void`"
    page = (folder / "pages" / "invoices.md").read_text("utf-8")
    assert (values in page) == (suggest is with_rows)


def test_names_of_traffic_are_no_markdown(tmp_path: Path) -> None:
    customer = {**CUSTOMER, "a | b": 1, "c\n| d": 2, "__e__": 3, "{key}": 4}
    har = write_har(tmp_path / "x.har", [entry("GET", f"{BASE}/customers/cus_1", 200, customer)])
    _, text, err = run(INVOICING, har, "--suggest-rows")
    assert "a | b |" not in text
    assert "d |" not in text
    assert "no row resolves" in err


def test_suggestions_are_for_folders_of_pages(tmp_path: Path) -> None:
    folder = spec(tmp_path)
    har = traffic(tmp_path)
    document_ = planted_document(folder, tmp_path / "openapi.json")
    assert "has no pages on disk" in run(document_, har, "--suggest")[2]
    page = folder / "pages" / "berths.md"
    assert "is a page alone, without an overlay" in run(page, har, "--suggest")[2]
    assert "| `sheltered` | boolean | | |" in run(page, har, "--suggest-rows")[1]
    assert "pass one of" in run(folder, har, "--suggest", "--suggest-rows")[2]
    assert not (folder / "overlay.toml").exists()


def test_a_limit_of_readings_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reading_back, drift_suggestions):
        monkeypatch.setattr(module, "MAX_READINGS", 0)
    folder = spec(tmp_path)
    _, out, err = run(folder, traffic(tmp_path), "--suggest-rows")
    assert out == ""
    assert err.endswith("; some were not tried, after 0 readings of the pages\n")
