"""The depot: an API with every standard method and the whole query language, and its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from serving import Server, build, write_spec
from shop_api import QUERY_PAGE

THING = "depot.v1.Thing"
PAGE = """
# Thing

> **Package : depot.v1**

## Thing

| Method | Request | Response |
| :--- | :--- | :--- |
| create | CreateThing | ThingInfo |
| update | UpdateThing | ThingInfo |
| enable | ThingRequest | ThingInfo |
| disable | ThingRequest | ThingInfo |
| delete | ThingRequest | google.protobuf.Empty |
| get | GetThing | ThingInfo |
| list | ThingQuery | ThingsInfo |
| stat | ThingStat | google.protobuf.Struct |
| analyze | ThingAnalyze | google.protobuf.Struct |

"""
METHODS = ("create", "update", "enable", "disable", "delete", "get", "list", "stat", "analyze")
REQUIRED, OPTIONAL = "✔", "✘"
OWN = [
    ("name", "string"),
    ("provider", "string"),
    ("count", "int32"),
    ("big", "int64"),
    ("tags", "google.protobuf.Struct"),
    ("labels", "list of string"),
]
INFO = [
    ("thing_id", "string"),
    *OWN,
    ("state", "string"),
    ("errors", "list of ThingError"),
    ("created_at", "string"),
    ("updated_at", "string"),
    ("domain_id", "string"),
]
SCOPE = ("domain_id", "string", REQUIRED)
MESSAGES: dict[str, list[tuple[str, ...]]] = {
    "CreateThing": [("name", "string", REQUIRED), *OWN[1:], SCOPE],
    "UpdateThing": [("thing_id", "string", REQUIRED), *OWN, SCOPE],
    "ThingRequest": [("thing_id", "string", REQUIRED), SCOPE],
    "GetThing": [
        ("thing_id", "string", REQUIRED),
        ("only", "list of string"),
        SCOPE,
        ("tenant_id", "string"),
    ],
    "ThingQuery": [("query", "spaceone.api.core.v1.Query"), SCOPE, ("tenant_id", "string")],
    "ThingStat": [("query", "spaceone.api.core.v1.StatisticsQuery"), SCOPE],
    "ThingAnalyze": [("query", "spaceone.api.core.v1.AnalyzeQuery"), SCOPE],
    "ThingInfo": list(INFO),
    "ThingError": [("code", "string"), ("message", "string")],
    "ThingsInfo": [("results", "list of ThingInfo"), ("total_count", "int32")],
}


ANALYZE = [
    ("granularity", "string"),
    ("start", "string"),
    ("end", "string"),
    ("group_by", "google.protobuf.ListValue"),
    ("field_group", "list of string"),
    ("filter", "list of Filter"),
    ("filter_or", "list of Filter"),
    ("page", "Page"),
    ("sort", "list of AggregateSort"),
    ("fields", "google.protobuf.Struct"),
    ("select", "google.protobuf.Struct"),
    ("keyword", "string"),
    ("unwind", "Unwind"),
]


def message_table(name: str, fields: list[tuple[str, ...]]) -> str:
    rows = [
        f"| {number} | {field[0]} | {field[1]} | {(*field, OPTIONAL)[2]} | |"
        for number, field in enumerate(fields, 1)
    ]
    head = "| No | Field | Type | Required | Description |\n| --- | --- | --- | --- | --- |\n"
    return f"### {name}\n{head}" + "\n".join(rows) + "\n\n"


def page() -> str:
    routes = "".join(f"### {m}\n> **POST** /depot/v1/thing/{m}\n\n" for m in METHODS)
    return PAGE + routes + "## Message\n\n" + "".join(message_table(*m) for m in MESSAGES.items())


def seal_page() -> str:
    """A service whose resource does not show the key that its requests ask for."""
    calls = {"create": "SealInfo", "get": "SealInfo", "delete": "google.protobuf.Empty"}
    rows = "".join(f"| {method} | Seal{method} | {answer} |\n" for method, answer in calls.items())
    asked = [("seal_id", "string", REQUIRED)]
    return "".join(
        [
            "# Seal\n\n> **Package : depot.v1**\n\n## Seal\n\n",
            "| Method | Request | Response |\n| :--- | :--- | :--- |\n",
            f"{rows}| list | Seallist | SealsInfo |\n\n",
            *(f"### {m}\n> **POST** /depot/v1/seal/{m}\n\n" for m in (*calls, "list")),
            "## Message\n\n",
            message_table("Sealcreate", [("name", "string", REQUIRED)]),
            message_table("Sealget", list(asked)),
            message_table("Sealdelete", list(asked)),
            message_table("Seallist", [("seal_id", "string")]),
            message_table("SealInfo", [("name", "string")]),
            message_table("SealsInfo", [("results", "list of SealInfo")]),
        ]
    )


def later_query_page() -> str:
    """The page of the Query with the stages that later versions have."""
    rows = {
        "| 4 | sort |[AggregateSort](query.md#aggregatesort) | |\n": (
            "| 5 | project | AggregateProject | |\n| 6 | limit | int32 | |\n| 7 | skip | int32 | |\n"
        ),
        "| 7 | fields |[list of AggregateGroupSubField](query.md#aggregategroupsubfield) | |\n": (
            "| 8 | conditions | list of SubCondition | |\n"
        ),
        "| 8 | keyword |string | Word to look for in the searchable fields.|\n": (
            "| 9 | unwind | Unwind | |\n"
        ),
    }
    text = QUERY_PAGE.replace("[AggregateUnwind](query.md#aggregateunwind)", "Unwind")
    for row, more in rows.items():
        assert text.count(row) == 1
        text = text.replace(row, row + more)
    key = [("key", "string"), ("k", "string")]
    operator = [("operator", "string"), ("o", "string")]
    value = [("value", "google.protobuf.Value"), ("v", "google.protobuf.Value")]
    name = [("name", "string"), ("n", "string")]
    project = [("fields", "list of ProjectField"), ("exclude_keys", "bool")]
    return "\n".join(
        [
            text,
            message_table("SubCondition", [*key, *value, *operator]),
            message_table("ProjectField", [*key, *name, *operator]),
            message_table("AggregateProject", list(project)),
            message_table("Unwind", [("path", "string"), ("filter", "list of Filter")]),
            message_table("AnalyzeQuery", list(ANALYZE)),
        ]
    )


# Newest first, which is the order of lists without sort.
ROWS: list[dict[str, Any]] = [
    {
        "name": "Apple",
        "provider": "aws",
        "count": 1,
        "labels": ["red", "round"],
        "state": "ENABLED",
    },
    {"name": "banana", "provider": "AWS", "count": 2, "tags": {"a": {"b": 1}, "c": True}},
    {"name": "Ärger", "provider": "google", "count": 2, "tags": {"a": [{"b": 1}, {"b": 2}]}},
    {
        "name": "100%_\\",
        "count": 10,
        "big": "9007199254740993",
        "errors": [{"code": "E1", "message": "x"}, {"code": "E2", "message": "y"}],
    },
    {"name": "x", "big": "7", "tags": {"a": None, "at": "2024-03-01T10:00:00Z"}, "labels": ["Red"]},
]
for number_, row_ in enumerate(ROWS, 1):
    row_ |= {
        "thing_id": f"thing-{number_}",
        "domain_id": "d",
        "created_at": f"2024-01-{9 - number_:02}",
    }


def build_depot(folder: Path, thing_page: str = "") -> Path:
    """The outputs of this API, in a folder; `thing_page` in place of the page of things."""
    files = {
        "spec.toml": 'name = "depot"\nuses = ["spaceone.api.core.v1"]\ntenant = "domain_id"\n',
        "pages/query.md": later_query_page(),
        "pages/thing.md": thing_page or page(),
        "pages/seal.md": seal_page(),
    }
    return build(write_spec(folder / "spec", files), folder / "out")


def kept(depot: Server, **query: Any) -> str:
    """The numbers of the rows that a query keeps, in the order of the answer."""
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": query})
    return "".join(row["thing_id"].removeprefix("thing-") for row in answer.get("results", []))


def stat(depot: Server, *stages: dict[str, Any], **query: Any) -> list[Any]:
    asked = {**query, **({"aggregate": list(stages)} if stages else {})}
    return list(depot.ask(f"{THING}.stat", {"domain_id": "d", "query": asked})["results"])


def group(*keys: str, **fields: tuple[str, str]) -> dict[str, Any]:
    """A group stage: name → operator and key."""
    entries = [{"name": n, "operator": o, "key": k} for n, (o, k) in fields.items()]
    return {"group": {"keys": [{"key": k, "name": k} for k in keys], "fields": entries}}


def analyze(depot: Server, **asked: Any) -> Any:
    return depot.ask(f"{THING}.analyze", {"domain_id": "d", "query": asked})


def over_http(server: Server, verb: str, **request: Any) -> Any:
    found = server.over_http(("POST", f"/depot/v1/thing/{verb}"), {"domain_id": "d", **request})
    assert found.status_code == 200, found.text
    return found.json()


COUNTED = {"n": {"operator": "count"}}
