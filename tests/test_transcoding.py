"""Paths, query strings and bodies become the requests that google.api.http says they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from serving import Json, Server, build, write_rows, write_spec

from apiscribe_runtime import routes as module
from apiscribe_runtime.routes import Routes

pytestmark = pytest.mark.slow

PAGE = """
# Berth

> **Package : dock.v1**

## Berth

| Method | Request | Response |
| :--- | :--- | :--- |
| set | BerthInfo | BerthInfo |
| get | BerthRequest | BerthInfo |
| list | BerthQuery | BerthsInfo |
| moor | BerthInfo | BerthInfo |

### set
> **POST** /dock/v1/berth/{number}

### get
> **GET** /dock/v1/berth/{number}

### list
> **GET** /dock/v1/berth
>
> **POST** /dock/v1/berth/search

### moor
> **PUT** /dock/v1/berth/{number}/ship/{ship.name}
>
> **PUT** /dock/v1/ship/{ship.name}

## Message

### BerthInfo
| Field | Type |
| :--- | :--- |
| number | int64 |
| depth | double |
| is_free | bool |
| kind | Kind |
| since | google.protobuf.Timestamp |
| ship | Ship |
| tags | google.protobuf.Struct |

### Ship
| Field | Type |
| :--- | :--- |
| name | string |
| flags | list of string |
| holds | list of int32 |

### BerthsInfo
| Field | Type |
| :--- | :--- |
| results | list of BerthInfo |
| total_count | int32 |

### BerthRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| number | int64 | ✅ |

### BerthQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| number | int64 | ❌ |
| is_free | bool | ❌ |
| kind | Kind | ❌ |
| since | google.protobuf.Timestamp | ❌ |
"""
OVERLAY = """
[[declare]]
at = "dock.v1.Kind"
enum = ["NONE", "DRY", "WET"]
reason = "A pipe table has no place for values."
"""
HANDLERS = """
from apiscribe_runtime.handlers import implements


@implements("dock.v1.Berth.moor")
def moor(request, rows):
    return request


@implements("dock.v1.Berth.set")
def set_(request, rows):
    return request

"""
ROWS: list[Json] = [
    {"number": "7", "kind": "DRY", "is_free": True, "since": "2024-01-01T00:00:00.000Z"},
    {"number": "9007199254740993", "kind": "WET", "since": "2024-01-02T00:00:00.000Z"},
]


@pytest.fixture(scope="module")
def dock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("dock")
    spec = write_spec(folder / "dock", {"pages/berth.md": PAGE, "overlay.toml": OVERLAY})
    (folder / "handlers.py").write_text(HANDLERS, "utf-8")
    options: dict[str, Any] = {"load": write_rows(folder, {"Berth": ROWS})}
    options["handlers"] = folder / "handlers.py"
    with Server(build(spec, folder / "out"), folder / "dock.db", **options) as server:
        yield server


@pytest.mark.parametrize(
    ("verb", "path", "body", "request_"),
    [
        ("POST", "berth/7", {}, {"number": "7"}),
        ("POST", "berth/-7", {"depth": 2}, {"number": "-7", "depth": 2.0}),
        ("POST", "berth/7", {"number": 7}, {"number": "7"}),
        ("POST", "berth/7", {"number": "7"}, {"number": "7"}),
        ("POST", "berth/7", {"number": None}, {"number": "7"}),
        ("POST", "berth/9007199254740993", {}, {"number": "9007199254740993"}),
        ("POST", "berth/7?depth=1.5e1&is_free=true", {}, {"number": "7", "depth": 15.0, "is_free": True}),
        ("POST", "berth/7?is_free=True&kind=WET", {}, {"number": "7", "is_free": True, "kind": "WET"}),
        ("POST", "berth/7?kind=2", {}, {"number": "7", "kind": "WET"}),
        ("POST", "berth/7?since=2024-01-01T01:00:00%2B01:00", {}, {"number": "7", "since": "2024-01-01T00:00:00.000Z"}),
        ("POST", "berth/7?ship.flags=a&ship.flags=b%26c", {"ship": {"name": "Ada"}}, {"number": "7", "ship": {"name": "Ada", "flags": ["a", "b&c"]}}),
        ("POST", "berth/7?ship.holds=3&ship.holds=-1", {"ship": None}, {"number": "7", "ship": {"holds": [3, -1]}}),
        ("POST", "berth/7?ship.name=a+b%20c", {}, {"number": "7", "ship": {"name": "a b c"}}),
        ("POST", "berth/7", {"tags": {"a": [1, None, {"b": 0.5}]}}, {"number": "7", "tags": {"a": [1, None, {"b": 0.5}]}}),
        ("PUT", "berth/7/ship/Ada", {}, {"number": "7", "ship": {"name": "Ada"}}),
        ("PUT", "berth/7/ship/Ada", {"ship": {"flags": ["red"]}}, {"number": "7", "ship": {"flags": ["red"], "name": "Ada"}}),
        ("PUT", "ship/a%2Fb%20%C3%A4+%3F%25", {"number": 1}, {"number": "1", "ship": {"name": "a/b ä+?%"}}),
        ("PUT", "ship/..", {}, {"ship": {"name": ".."}}),
    ],
)  # fmt: skip
def test_the_parts_of_a_request_are_put_together(
    dock: Server, verb: str, path: str, body: Json | None, request_: Json
) -> None:
    """Handlers give their request back."""
    url = f"http://{dock.http_address}/dock/v1/{path.replace('/..', '/%2E%2E')}"
    answer = dock.client.request(verb, url, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == request_


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["7", "9007199254740993"]),
        ("number=9007199254740993", ["9007199254740993"]),
        ("is_free=true", ["7"]),
        ("is_free=false", []),  # no value is another value than false
        ("kind=WET", ["9007199254740993"]),
        ("kind=1", ["7"]),
        ("since=2024-01-02T00:00:00Z", ["9007199254740993"]),
        ("number=7&number=7", ["7"]),
    ],
)
def test_a_query_string_selects_the_same_rows_as_a_body(
    dock: Server, query: str, numbers: list[str]
) -> None:
    answer = dock.client.get(f"/dock/v1/berth?{query}").json()
    assert [row["number"] for row in answer["results"]] == numbers


def test_a_literal_is_meant_before_a_parameter(dock: Server) -> None:
    """Though the page lists `set`, whose {number} would take "search" too, before `list`."""
    answer = dock.client.post("/dock/v1/berth/search", json={"number": 7})
    assert answer.json() == {"results": ROWS[:1], "total_count": 1}
    assert dock.client.post("/dock/v1/berth/8", json={}).json() == {"number": "8"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("berth/seven", "Parameter type is invalid. (key = number, type = int)"),
        ("berth/7.5", "Parameter type is invalid. (key = number, type = int)"),
        ("berth/%207", "Parameter type is invalid. (key = number, type = int)"),
        ("berth/0", "Resource cannot be found or access is denied. (number = 0)"),
        (f"berth/{2**63}", "Parameter is invalid. (key = number, reason = input should be less than 9223372036854775808)"),
        ("berth/5", "Resource cannot be found or access is denied. (number = 5)"),
    ],
)  # fmt: skip
def test_a_parameter_of_a_path_is_read_by_its_type(dock: Server, path: str, message: str) -> None:
    answer = dock.client.get(f"/dock/v1/{path}")
    assert answer.json()["detail"]["message"] == message
    assert answer.status_code == (404 if "found" in message else 400)


# No page of the corpus has a wildcard, and Markdown takes two stars for another thing.
TEMPLATES = ["/a/{name=**}", "/a/{name=day/*}/raw", "/a/{b.c}:cancel", "/a/*/{id}", "/a/b/c"]


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/a/b/c", 4, {}),
        ("/a/day/monday/raw", 1, {"name": "day/monday"}),
        ("/a/x:cancel", 2, {"b.c": "x"}),
        ("/a/x/y", 3, {"id": "y"}),
        ("/a/x/y/z%2F", 0, {"name": "x/y/z/"}),
        ("/a/", 0, {"name": ""}),
        ("/a", None, {}),
        ("/A/b/c", None, {}),
    ],
)
def test_a_template_may_have_wildcards(path: str, template: int | None, values: Json) -> None:
    routes = Routes()
    for number, each in enumerate(TEMPLATES):
        routes.add("GET", each, number)
    found = next(iter(routes.find(path)), None)
    assert (found and found.by_verb) == (None if template is None else {"GET": template})
    assert (found.parameters if found else {}) == values


def test_a_parameter_with_a_literal_is_more_specific_than_one_without() -> None:
    for templates in (["/a/{id}", "/a/{id}:cancel"], ["/a/{id}:cancel", "/a/{id}"]):
        routes = Routes()
        for template in templates:
            routes.add("POST", template, template)
        found = [match.by_verb["POST"] for match in routes.find("/a/x:cancel")]
        assert found == ["/a/{id}:cancel", "/a/{id}"]


def test_a_path_is_compared_with_templates_that_can_begin_as_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled: list[str] = []
    pattern = module._pattern
    monkeypatch.setattr(
        module, "_pattern", lambda template: compiled.append(template) or pattern(template)
    )
    routes = Routes()
    for template in ("/{id}/x", "/a/x", "/b/x", "/{name=**}"):
        routes.add("GET", template, template)
    for path, expected in (
        ("/a/x", ["/a/x", "/{id}/x", "/{name=**}"]),
        ("/c/x", ["/{id}/x", "/{name=**}"]),
        ("/d/x", ["/{id}/x", "/{name=**}"]),
    ):
        assert [match.by_verb["GET"] for match in routes.find(path)] == expected
    assert compiled == ["/a/x", "/{id}/x", "/{name=**}", "/{id}/x", "/{name=**}"]
