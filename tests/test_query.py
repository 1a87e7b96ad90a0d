"""The query language and the verbs of a server, through both doors.

The API and its rows are this test's own; what each operator means is told by a plain sentence in
the case's id, and by the numbers of the rows that it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from serving import (
    QUERY_PAGE,
    WAIT,
    RefusedError,
    Server,
    build,
    delete_rows,
    write_rows,
    write_spec,
)

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("depot"))


@pytest.fixture(scope="module")
def depot(tree: Path, new_store: Callable[[], Path | str]) -> Iterator[Server]:
    rows = write_rows(tree.parent, {"Thing": ROWS})
    with Server(tree, new_store(), load=rows) as server:
        yield server


@pytest.fixture(scope="module")
def unfilled(
    tree: Path, new_store: Callable[[], Path | str]
) -> Iterator[tuple[Server, Path | str]]:
    store = new_store()
    with Server(tree, store) as server:
        yield server, store


@pytest.fixture
def empty(unfilled: tuple[Server, Path | str]) -> Iterator[Server]:
    """A server without rows; those that a test stores are deleted after it."""
    server, store = unfilled
    yield server
    delete_rows(store)


def kept(depot: Server, **query: Any) -> str:
    """The numbers of the rows that a query keeps, in the order of the answer."""
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": query})
    return "".join(row["thing_id"].removeprefix("thing-") for row in answer.get("results", []))


def stat(depot: Server, *stages: dict[str, Any], **query: Any) -> list[Any]:
    asked = {**query, **({"aggregate": list(stages)} if stages else {})}
    return list(depot.ask(f"{THING}.stat", {"domain_id": "d", "query": asked})["results"])


FILTERS = [
    ("eq", "provider", "aws", "1"),
    ("eq", "count", 2, "23"),
    ("eq", "count", "2", ""),
    ("eq", "provider", None, "45"),
    ("eq", "labels", "red", "1"),
    ("eq", "tags.a.b", 1, "23"),
    ("eq", "tags.c", True, "2"),
    ("eq", "tags.c", 1, ""),
    ("eq", "errors.code", "E2", "4"),
    ("eq", "big", "9007199254740993", "4"),
    ("eq", "name", "100%_\\", "4"),
    ("not", "provider", "aws", "2345"),
    ("not", "provider", None, "123"),
    ("not", "tags.a.b", 1, "145"),
    ("lt", "count", 2, "1"),
    ("lte", "count", 2, "123"),
    ("gt", "count", 2, "4"),
    ("gte", "count", 2, "234"),
    ("gt", "big", "7", "4"),
    ("lt", "name", "a", "14"),
    ("gt", "count", None, ""),
    ("in", "provider", ["aws", "google"], "13"),
    ("in", "provider", [None, "aws"], "145"),
    ("in", "provider", [], ""),
    ("not_in", "provider", ["aws", "google"], "245"),
    ("not_in", "provider", [], "12345"),
    ("contain", "name", "A", "12"),
    ("contain", "name", "ä", "3"),
    ("contain", "name", "%_", "4"),
    ("contain", "labels", "RED", "15"),
    ("not_contain", "provider", "aws", "345"),
    ("contain_in", "name", ["app", "ban"], "12"),
    ("not_contain_in", "name", ["app", "ban"], "12345"),
    ("exists", "tags.a", True, "235"),
    ("exists", "tags.a", False, "14"),
    ("exists", "tags.a.b", True, "23"),
    ("match", "errors", {"code": "E1", "message": "x"}, "4"),
    ("match", "errors", {"code": "E1", "message": "y"}, ""),
    ("regex", "name", "^a", "1"),
    ("regex", "name", "n+a$", "2"),
    ("regex_in", "name", ["^b", "^x$"], "25"),
    ("datetime_gt", "created_at", "2024-01-06", "12"),
    ("datetime_gte", "created_at", "2024-01-06T00:00:00Z", "123"),
    ("datetime_lt", "created_at", "2024-01-06T02:00:00+02:00", "45"),
    ("datetime_lte", "tags.at", "2024-03-01T10:00:00.000Z", "5"),
    ("timediff_lt", "created_at", "now/d - 4w", "12345"),
    ("timediff_gt", "created_at", "now", ""),
]


@pytest.mark.parametrize(("operator", "key", "value", "expected"), FILTERS)
def test_an_operator_keeps_the_rows_that_it_means(
    depot: Server, operator: str, key: str, value: Any, expected: str
) -> None:
    assert kept(depot, filter=[{"k": key, "v": value, "o": operator}]) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(?P<n>an)+", "2"),
        (r"\Q%_\E", "4"),
        ("^ä", "3"),
        ("(?-i)^a", ""),
        (r"\bx\b", "5"),
        (r"[\s%]", "4"),
        ("[[:^alpha:]]", "34"),
        (r"^\w+$", "125"),
        (r"^[^\W\d]{5}\z", "1"),
        (r"\x{c4}RGER", "3"),
        ("a|", "12345"),
    ],
)
def test_a_regular_expression_is_that_of_re2(depot: Server, pattern: str, expected: str) -> None:
    assert kept(depot, filter=[{"k": "name", "v": pattern, "o": "regex"}]) == expected


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"\pL", r"\p is not supported"),
        (r"[\p{Greek}]", r"\p is not supported"),
        (r"\Ba", r"\B is not supported"),
        ("a{256}", "a part is repeated more than 255 times"),
        ("a(?i)*", "flags are repeated"),
        (r"[\b]", "invalid escape sequence"),
        ("(?=a)", "invalid perl operator"),
        ("(a){900}{900}", "bad repetition operator"),
        ("(" * 101 + ")" * 101, "groups are nested deeper than 100"),
        ("a" * 1001, "a regular expression is longer than 1000 characters"),
    ],
)
def test_a_regular_expression_that_one_store_cannot_read_is_refused_by_both(
    depot: Server, pattern: str, said: str
) -> None:
    query = {"filter": [{"k": "name", "v": pattern, "o": "regex"}]}
    refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)
    assert said in refusal.message


def test_what_a_request_gives_and_rows_lack_keeps_them_all(depot: Server) -> None:
    given = {"domain_id": "d", "tenant_id": "t"}
    assert depot.ask(f"{THING}.get", {**given, "thing_id": "thing-1"})["name"] == "Apple"
    assert depot.ask(f"{THING}.list", given)["total_count"] == len(ROWS)


def test_filters_are_all_met_and_of_the_others_any(depot: Server) -> None:
    two = {"key": "count", "value": 2, "operator": "eq"}
    either = [{"k": "provider", "v": v, "o": "eq"} for v in ("aws", "google")]
    assert kept(depot, filter=[two], filter_or=either) == "3"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"keyword": " APP thing-5 "}, "15"),
        ({"keyword": "  "}, "12345"),
        ({"sort": {"key": "name"}}, "41253"),
        ({"sort": {"key": "count", "desc": True}}, "42315"),
        ({"sort": {"keys": [{"key": "count"}, {"key": "name", "desc": True}]}}, "51324"),
        ({"sort": {"key": "tags.c", "desc": True}}, "21345"),
        ({"page": {"limit": 2, "start": 3}}, "34"),
    ],
)
def test_rows_are_found_sorted_and_paged(
    depot: Server, query: dict[str, Any], expected: str
) -> None:
    assert kept(depot, **query) == expected


def test_a_row_is_narrowed_to_what_is_asked_for(depot: Server) -> None:
    query = {"filter": [{"k": "name", "v": "Ärger", "o": "eq"}], "only": ["tags.a.b", "count"]}
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": query})
    assert answer["results"] == [{"count": 2, "tags": {"a": [{"b": 1}, {"b": 2}]}}]
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": {"minimal": True}})
    assert answer["results"][0] == {"thing_id": "thing-1", "name": "Apple", "state": "ENABLED"}


def group(*keys: str, **fields: tuple[str, str]) -> dict[str, Any]:
    """A group stage: name → operator and key."""
    entries = [{"name": n, "operator": o, "key": k} for n, (o, k) in fields.items()]
    return {"group": {"keys": [{"key": k, "name": k} for k in keys], "fields": entries}}


def test_a_group_gives_what_its_operators_mean(depot: Server) -> None:
    fields = {name: (name, "count") for name in ("sum", "average", "max", "min", "push")}
    (found,) = stat(depot, group(**fields, first=("first", "name"), last=("last", "name")))
    assert found == {
        "sum": 15,
        "average": 3.75,
        "max": 10,
        "min": 1,
        "push": [1, 2, 2, 10],
        "first": "Apple",
        "last": "x",
    }
    (found,) = stat(depot, group(most=("max", "tags.c"), least=("min", "tags.c")))
    assert found == {"most": True, "least": True}
    (found,) = stat(depot, group(s=("add_to_set", "count")))
    assert sorted(found["s"]) == [1, 2, 10]


def test_conditions_count_a_part_of_a_group(depot: Server) -> None:
    conditions = [{"key": "count", "value": 2, "operator": "gte"}]
    field = {"name": "n", "operator": "count", "conditions": conditions}
    assert stat(depot, {"group": {"keys": [], "fields": [field]}}) == [{"n": 3}]


def test_a_list_is_unwound_before_it_is_grouped(depot: Server) -> None:
    found = stat(depot, {"unwind": {"path": "labels"}}, group("labels", n=("count", "")))
    assert found == [
        {"labels": "Red", "n": 1},
        {"labels": "red", "n": 1},
        {"labels": "round", "n": 1},
    ]


def test_an_unwound_list_is_filtered(depot: Server) -> None:
    red = [{"k": "labels", "v": "red", "o": "contain"}]
    counted = group("labels", n=("count", ""))
    assert stat(depot, {"unwind": {"path": "labels", "filter": red}}, counted) == [
        {"labels": "Red", "n": 1},
        {"labels": "red", "n": 1},
    ]
    first = {"path": "errors", "filter": [{"k": "errors.code", "v": ["E1", "E3"], "o": "in"}]}
    found = stat(depot, {"unwind": first}, group("errors.code", n=("count", "")))
    assert found == [{"errors.code": "E1", "n": 1}]
    asked = {"fields": COUNTED, "group_by": ["errors.code"]}
    assert analyze(depot, **asked, unwind=first)["results"] == [{"code": "E1", "n": 1}]


def test_a_list_has_a_row_for_each_element(depot: Server) -> None:
    unwind = {"path": "errors", "filter": [{"k": "errors.message", "v": "z", "o": "not"}]}
    query = {"unwind": unwind, "only": ["name", "errors.code"], "sort": {"key": "errors.code"}}
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": query})
    assert answer == {
        "results": [{"name": "100%_\\", "errors": [{"code": code}]} for code in ("E1", "E2")],
        "total_count": 2,
    }
    paged = {**query, "page": {"limit": 1, "start": 2}}
    answer = depot.ask(f"{THING}.list", {"domain_id": "d", "query": paged})
    assert (answer["results"][0]["errors"], answer["total_count"]) == ([{"code": "E2"}], 2)
    nothing = {"path": "labels", "filter": [{"k": "nothing", "v": 1, "o": "eq"}]}
    for wrong in ({"unwind": unwind}, {**query, "unwind": nothing}):
        refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": wrong})
        assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)


def test_rows_are_sorted_and_cut_before_they_are_grouped(depot: Server) -> None:
    by_name = {"sort": {"key": "name", "desc": True}}
    names = group(names=("push", "name"), last=("last", "name"))
    found = stat(depot, by_name, {"skip": 1}, {"limit": 3}, names)
    assert found == [{"names": ["x", "banana", "Apple"], "last": "Apple"}]
    found = stat(depot, {"sort": {"key": "labels"}}, {"limit": 2}, {"unwind": {"path": "labels"}})
    assert found == []
    found = stat(depot, {"unwind": {"path": "labels"}}, by_name, {"limit": 1})
    assert found == [{**ROWS[4], "labels": "Red"}]


@pytest.mark.parametrize(
    ("date_format", "expected"),
    [("%Y-%m", ["2024-01"]), ("year", [2024]), ("month", [1]), ("day", [4, 5, 6, 7, 8])],
)
def test_times_are_grouped_by_a_part_of_them(
    depot: Server, date_format: str, expected: list[Any]
) -> None:
    keys = [{"key": "created_at", "name": "at", "date_format": date_format}]
    fields = [{"name": "n", "operator": "count"}]
    found = stat(depot, {"group": {"keys": keys, "fields": fields}})
    assert [row["at"] for row in found] == expected
    assert sum(row["n"] for row in found) == 5


TIMES = {
    "2024-02-29": "2024-02-29 00:00:00",
    "2024-02-29T23:59:59.9999999Z": "2024-02-29 23:59:59",
    "2024-02-29T00:30:00+02:00": "2024-02-28 22:30:00",
    "2024-02-30": None,
    "2023-02-29": None,
    "2024-01-01T24:00:00": None,
    "2024-01-01T10": None,
    "2024-01-01\n00:00:00": None,
    "٢٠٢٤-01-01": None,
    "0001-01-01T00:00:00+02:00": None,
    "now": None,
}


def test_a_text_is_a_time_for_both_databases_or_for_none(empty: Server) -> None:
    for number, text in enumerate(TIMES):
        over_http(empty, "create", name=f"{number:02}", tags={"at": text})
    form = "%Y-%m-%d %H:%M:%S"
    keys = [{"key": "name"}, {"key": "tags.at", "name": "second", "date_format": form}]
    found = [row.get("second") for row in stat(empty, {"group": {"keys": keys}})]
    assert found == list(TIMES.values())
    later = [{"k": "tags.at", "v": "0001-01-02", "o": "datetime_gt"}]
    assert len(kept(empty, filter=later)) == 12 * sum(map(bool, TIMES.values()))  # ids of 12 digits


def test_stages_come_one_after_another(depot: Server) -> None:
    found = stat(
        depot,
        group("count", n=("count", "")),
        {"sort": {"key": "n", "desc": True}},
        {"skip": 1},
        {"limit": 2},
    )
    assert found == [{"n": 1}, {"count": 1, "n": 1}]
    assert stat(depot, group("count", n=("push", "name")), {"count": {"name": "rows"}}) == [
        {"rows": 4}
    ]


def test_a_project_names_and_computes_fields(depot: Server) -> None:
    grouped = group("provider", counts=("push", "count"))
    fields = [
        {"name": "of", "key": "provider"},
        {"name": "n", "key": "counts", "operator": "size"},
        {"name": "total", "key": "counts", "operator": "sum"},
    ]
    found = stat(depot, grouped, {"project": {"fields": fields}}, {"limit": 2})
    assert found == [
        {"n": 1, "total": 10},
        {"provider": "AWS", "of": "AWS", "n": 1, "total": 2},
    ]
    left = {"fields": [{"name": "counts"}], "exclude_keys": True}
    assert stat(depot, grouped, {"project": left}, {"limit": 2}) == [
        {"counts": [10]},
        {"counts": [2]},
    ]


def test_objects_are_merged_and_turned_into_lists_and_back(depot: Server) -> None:
    merged = {"a": None, "c": True, "at": "2024-03-01T10:00:00Z"}
    grouped = group(all=("merge_objects", "tags"), none=("merge_objects", "name"))
    assert stat(depot, grouped) == [{"all": merged, "none": {}}]
    members = [{"k": key, "v": merged[key]} for key in sorted(merged)]
    listed = {"name": "all", "key": "all", "operator": "object_to_array"}
    nothing = {"name": "none", "key": "n", "operator": "object_to_array"}
    again = {"name": "again", "key": "all", "operator": "array_to_object"}
    project = {"project": {"fields": [listed, nothing]}}
    assert stat(depot, grouped, project) == [{"all": members, "none": None}]
    assert stat(depot, grouped, project, {"project": {"fields": [again]}}) == [{"again": merged}]
    pairs = [{"name": "all", "key": "pairs", "operator": "array_to_object"}]
    pushed = [{"key": "name", "name": "k"}, {"key": "count", "name": "v"}]
    push = {"name": "pairs", "operator": "push", "fields": pushed}
    found = stat(depot, {"group": {"fields": [push]}}, {"project": {"fields": pairs}})
    assert found == [{"all": {"Apple": 1, "banana": 2, "Ärger": 2, "100%_\\": 10}}]


def test_numbers_are_calculated_alike_on_both_databases(empty: Server) -> None:
    """Sums are of decimals, all else is of doubles, and equal numbers are one."""
    for n in (0.1, 0.2, 1, 1.0, 0.12345678901234568, {"a": 1, "bb": 2}, {"bb": 2.0, "a": 1.0}):
        over_http(empty, "create", name="a", tags={"n": n})
    (found,) = stat(empty, group(**{o: (o, "tags.n") for o in ("sum", "average", "max", "min")}))
    total = 2.42345678901234568
    assert found == {"sum": total, "average": total / 5, "max": 1, "min": 0.1}
    counts = [row["n"] for row in stat(empty, group("tags.n", n=("count", "")))]
    assert counts == [1, 1, 1, 2, 2]
    assert len(stat(empty, distinct="tags.n")) == 5
    (found,) = stat(empty, group(s=("add_to_set", "tags.n")))
    assert len(found["s"]) == 5
    select = {"x": {"operator": "add", "fields": ["n", 0.2]}}
    fields = {"n": {"operator": "min", "key": "tags.n"}}
    assert analyze(empty, fields=fields, select=select)["results"] == [{"x": 0.1 + 0.2}]


def test_a_number_that_no_double_holds_is_refused(empty: Server) -> None:
    for _ in range(2):
        over_http(empty, "create", name="a", tags={"n": 1.7e308})
    refused = empty.refusal(
        f"{THING}.stat", {"domain_id": "d", "query": {"aggregate": [group(n=("sum", "tags.n"))]}}
    )
    assert (refused.http, refused.message) == (
        400,
        "Database query failed. (reason = a number is out of range)",
    )


def analyze(depot: Server, **asked: Any) -> Any:
    return depot.ask(f"{THING}.analyze", {"domain_id": "d", "query": asked})


COUNTED = {"n": {"operator": "count"}}


def test_an_analysis_counts_in_a_span_of_dates(depot: Server) -> None:
    span = {"start": "2024-01-05", "end": "2024-01-07"}
    found = analyze(depot, fields=COUNTED, granularity="MONTHLY", **span)
    assert found == {"results": [{"date": "2024-01", "n": 3}]}
    found = analyze(depot, fields=COUNTED, granularity="DAILY", start="2024", end="2024-01-05")
    assert found == {"results": [{"date": "2024-01-04", "n": 1}, {"date": "2024-01-05", "n": 1}]}
    assert analyze(depot, fields=COUNTED, end="2023") == {"results": [{"n": 0}]}
    assert analyze(depot, fields=COUNTED, start="2023-12", end="2024")["results"] == [{"n": 5}]


def test_an_analysis_tells_whether_there_is_more(depot: Server) -> None:
    asked: dict[str, Any] = {"fields": COUNTED, "group_by": ["name"], "sort": [{"key": "name"}]}
    pages = [analyze(depot, **asked, page={"start": s, "limit": 2}) for s in (1, 4)]
    assert [page["more"] for page in pages] == [True, False]
    assert [row["name"] for page in pages for row in page["results"]] == [
        *("100%_\\", "Apple"),
        *("x", "Ärger"),
    ]


def test_an_analysis_is_calculated_from(depot: Server) -> None:
    select = {
        "provider": "provider",
        "more": {"operator": "add", "fields": ["n", 1, {"operator": "divide", "fields": ["n", 2]}]},
        "never": {"operator": "divide", "fields": ["n", 0]},
    }
    found = analyze(
        depot, fields=COUNTED, group_by=["provider"], select=select, sort=[{"key": "provider"}]
    )
    assert found["results"][0] == {"more": 4.0, "never": None}
    assert found["results"][1] == {"provider": "AWS", "more": 2.5, "never": None}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Required parameter. (key = fields)"),
        ({"fields": {"n": {}}}, "Required parameter. (key = query.fields.operator)"),
        ({"fields": {"n": {"operator": "sum"}}}, "Required parameter. (key = query.fields.key)"),
        ({"fields": COUNTED, "group_by": [1]}, "(key = group_by"),
        ({"fields": COUNTED, "start": "2024-13"}, "(key = start, type = YYYY-MM)"),
        ({"fields": COUNTED, "end": "9999"}, "(key = end, type = YYYY)"),
        ({"fields": COUNTED, "field_group": ["_total_n"]}, "(key = field_group"),
        ({"fields": COUNTED, "select": {"x": {"operator": "add", "fields": ["n"]}}}, "two fields"),
    ],
)
def test_an_analysis_of_nothing_is_refused(depot: Server, asked: dict[str, Any], said: str) -> None:
    request = {"domain_id": "d", "query": asked} if asked else {"domain_id": "d"}
    refused = depot.refusal(f"{THING}.analyze", request)
    assert refused.http == 400
    assert said in refused.message


def test_distinct_looks_into_lists(depot: Server) -> None:
    assert stat(depot, distinct="labels") == ["Red", "red", "round"]
    assert stat(depot, distinct="tags.c") == [True]
    assert stat(depot, distinct="errors.code") == ["E1", "E2"]
    assert stat(depot, distinct="tags.a.b") == [1, 2]


@pytest.mark.parametrize(
    ("operator", "value", "code"),
    [
        ("eq", ["a"], "ERROR_OPERATOR_VALUE_TYPE"),
        ("in", "a", "ERROR_OPERATOR_LIST_VALUE_TYPE"),
        ("exists", "yes", "ERROR_OPERATOR_BOOLEAN_TYPE"),
        ("match", "a", "ERROR_OPERATOR_DICT_VALUE_TYPE"),
        ("contain", 1, "ERROR_OPERATOR_VALUE_TYPE"),
        ("regex", "(?=a)", "ERROR_DB_QUERY"),
        ("like", "a", "ERROR_DB_QUERY"),
    ],
)
def test_a_value_of_another_type_is_refused(
    depot: Server, operator: str, value: Any, code: str
) -> None:
    query = {"filter": [{"k": "tags.a", "v": value, "o": operator}]}
    refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == (code, 400)


def nested(depth: int) -> Any:
    return "n" if not depth else {"operator": "add", "fields": [nested(depth - 1), 1]}


def grouped(**body: Any) -> dict[str, Any]:
    return {"aggregate": [{"group": body}]}


A = {"k": "name", "v": "a", "o": "eq"}
DEEP = ".".join(["tags", *"abcdefghijklmno"])  # as deep as a key may be
TOO_MUCH: list[tuple[str, dict[str, Any], str]] = [
    ("list", {"filter": [A] * 60, "filter_or": [A] * 41}, "100 conditions"),
    ("list", {"filter": [{**A, "o": "contain_in", "v": ["a"] * 101}]}, "100 conditions"),
    ("list", {"filter": [{**A, "o": "in", "v": ["a"] * 1001}]}, "1000 values in conditions"),
    ("list", {"filter": [{**A, "o": "in", "v": ["a"] * 600}] * 2}, "1000 values in conditions"),
    ("list", {"keyword": "a " * 21}, "20 words in keyword"),
    ("list", {"only": ["name"] * 201}, "200 names in only"),
    ("list", {"sort": {"keys": [{"key": "name"}] * 21}}, "20 keys to sort by"),
    (
        "list",
        {"filter": [{"k": "errors", "o": "match", "v": {f"m{at}": 1 for at in range(21)}}]},
        "20 members to match",
    ),
    (
        "list",
        {"only": ["name"], "unwind": {"path": "labels", "filter": [A] * 21}},
        "20 conditions of an unwind",
    ),
    ("stat", {"aggregate": [{"limit": 1}] * 21}, "20 stages"),
    ("stat", {"aggregate": [{"sort": {"keys": [{"key": "a"}] * 21}}]}, "20 keys to sort by"),
    ("stat", grouped(keys=[{"key": "name"}] * 21), "20 keys of a group"),
    ("stat", grouped(fields=[{"operator": "count"}] * 101), "100 fields of a group"),
    (
        "stat",
        grouped(fields=[{"operator": "count", "conditions": [A] * 21}]),
        "20 conditions of a field",
    ),
    (
        "stat",
        grouped(fields=[{"operator": "push", "fields": [{"key": "name"}] * 101}]),
        "100 fields of a push",
    ),
    (
        "stat",
        grouped(keys=[{"key": "created_at", "date_format": "%Y" * 51}]),
        "100 characters in a date_format",
    ),
    (
        "stat",
        {"aggregate": [{"project": {"fields": [{"key": "name"}] * 101}}]},
        "100 fields of a project",
    ),
    ("analyze", {"fields": {f"n{n}": {"operator": "count"} for n in range(101)}}, "100 entries"),
    ("analyze", {"fields": COUNTED, "group_by": ["name"] * 21}, "20 entries in group_by"),
    ("analyze", {"fields": COUNTED, "field_group": ["name"] * 21}, "20 entries in field_group"),
    ("analyze", {"fields": COUNTED, "select": {"x": nested(10)}}, "8 calculations in each other"),
    (
        "analyze",
        {"fields": COUNTED, "select": {"x": {"operator": "add", "fields": ["n"] * 1000}}},
        "1000 parts of stages",
    ),
]


@pytest.mark.parametrize(("method", "query", "said"), TOO_MUCH)
def test_what_asks_for_too_much_is_refused(
    depot: Server, method: str, query: dict[str, Any], said: str
) -> None:
    refusal = depot.refusal(f"{THING}.{method}", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)
    assert f"(reason = more than {said}" in refusal.message


def test_the_most_that_may_be_asked_for_is_answered(depot: Server) -> None:
    for operator, count in (("in", 1000), ("contain_in", 100)):
        words = [f"w{at}" for at in range(count)]
        assert kept(depot, filter=[{"k": DEEP, "o": operator, "v": words}]) == ""
    both = {"filter": [{**A, "k": DEEP}] * 50, "filter_or": [{**A, "k": DEEP}] * 50}
    assert kept(depot, **both, keyword="a " * 20) == ""
    conditions = [{"key": DEEP, "value": 1, "operator": "eq"}] * 20
    counted = [{"name": f"n{at}", "operator": "count", "conditions": conditions} for at in range(9)]
    assert stat(depot, {"group": {"fields": counted}}) == [{f"n{at}": 0 for at in range(9)}]


HOSTILE = ["'; DROP TABLE x; --", '"', "$[*]", "a' OR '1'='1", "%", "\\", "\u2028", "(a+)+$"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("operator", ["eq", "contain", "lt"])
def test_text_of_a_request_is_data(depot: Server, text: str, operator: str) -> None:
    assert set(kept(depot, filter=[{"k": "name", "v": text, "o": operator}])) <= set("12345")
    assert kept(depot, filter=[{"k": "tags", "v": text, "o": "eq"}]) == ""


@pytest.mark.parametrize("key", ["tags.'", "tags.a b", "tags.$", "tags.-1", "tags.ä", "tags.%"])
def test_a_key_of_a_request_is_data(depot: Server, key: str) -> None:
    assert kept(depot, filter=[{"k": key, "v": "x", "o": "eq"}]) == ""


@pytest.mark.parametrize("key", ['tags."', "tags.\\", "tags.", ".", "tags" + ".a" * 99])
def test_what_can_be_no_key_is_refused(depot: Server, key: str) -> None:
    query = {"filter": [{"k": key, "v": "x", "o": "eq"}]}
    refusal = depot.refusal(f"{THING}.list", {"domain_id": "d", "query": query})
    assert (refusal.code, refusal.http) == ("ERROR_DB_QUERY", 400)


def over_http(server: Server, verb: str, **request: Any) -> Any:
    found = server.over_http(("POST", f"/depot/v1/thing/{verb}"), {"domain_id": "d", **request})
    assert found.status_code == 200, found.text
    return found.json()


def test_blanks_around_texts_are_not_stored(empty: Server) -> None:
    made = over_http(
        empty, "create", name="  a ", tags={" k ": " v", "in": {"o": [" x "], " p": " y"}}
    )
    assert (made["name"], made["tags"]) == ("a", {"k": "v", "in": {"o": [" x "], "p": "y"}})
    key = {"domain_id": "d", "thing_id": made["thing_id"]}
    empty.over_grpc(
        f"{THING}.update", empty.request(f"{THING}.update", {**key, "tags": {"k": " w "}})
    )
    assert empty.ask(f"{THING}.get", key)["tags"] == {"k": "w"}


def test_a_row_lives_from_create_to_delete(empty: Server) -> None:
    made = over_http(empty, "create", name="  a ", tags={"k": [1, None]}, big="5")
    key = {"domain_id": "d", "thing_id": made["thing_id"]}
    assert made["thing_id"].startswith("thing-")
    assert len(made["thing_id"]) == len("thing-") + 12
    at = datetime.fromisoformat(made["created_at"])
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=1)
    assert {**made, "name": "a", "tags": {"k": [1, None]}, "big": "5"} == made
    assert empty.ask(f"{THING}.get", key) == made

    # Over gRPC a field that is not given is not touched, and what is fixed stays as it is.
    changes = empty.request(f"{THING}.update", {**key, "provider": "p"})
    empty.over_grpc(f"{THING}.update", changes)
    changed = empty.ask(f"{THING}.get", key)
    assert {**changed, "updated_at": made["updated_at"]} == {**made, "provider": "p"}
    assert changed["updated_at"] >= made["updated_at"]

    for verb, state in (("enable", "ENABLED"), ("disable", "DISABLED")):
        assert over_http(empty, verb, thing_id=made["thing_id"])["state"] == state
        assert empty.ask(f"{THING}.get", key)["state"] == state
    assert stat(empty, {"count": {"name": "n"}}) == [{"n": 1}]
    over_http(empty, "delete", thing_id=made["thing_id"])
    assert empty.refusal(f"{THING}.get", key).code == "ERROR_NOT_FOUND"


@pytest.mark.parametrize("verb", ["update", "enable", "disable", "delete", "get"])
def test_a_row_of_another_domain_is_not_found(empty: Server, verb: str) -> None:
    made = over_http(empty, "create", name="a")
    request = {"domain_id": "other", "thing_id": made["thing_id"]}
    assert empty.refusal(f"{THING}.{verb}", request).code == "ERROR_NOT_FOUND"
    assert empty.ask(f"{THING}.get", {**request, "domain_id": "d"}) == made


def test_a_key_that_the_resource_does_not_show_names_one_row(
    tree: Path, tmp_path: Path, new_store: Callable[[], Path | str]
) -> None:
    rows = [{"seal_id": key, "name": key} for key in ("one", "other")]
    with Server(tree, new_store(), load=write_rows(tmp_path, {"Seal": rows})) as server:

        def seal(verb: str, **request: Any) -> Any:
            return server.client.post(f"/depot/v1/seal/{verb}", json=request)

        assert seal("get", seal_id="other").json() == {"name": "other"}
        assert seal("list", seal_id="none").json() == {"results": []}
        for verb in ("get", "delete"):
            assert seal(verb, seal_id="none").status_code == 404
        assert seal("delete", seal_id="one").status_code == 200
        assert seal("list").json() == {"results": [{"name": "other"}]}
        # What gRPC has no place for, HTTP does not show.
        assert server.ask("depot.v1.Seal.create", {"name": "new"}) == {"name": "new"}


def test_changes_at_the_same_time_lose_nothing(empty: Server) -> None:
    made = over_http(empty, "create", name="a")
    key = {"domain_id": "d", "thing_id": made["thing_id"]}
    request = {name: {**key, name: name} for name in ("name", "provider")}
    calls = [
        empty.channel.unary_unary(f"/{THING}/update").future(
            empty.request(f"{THING}.update", found).SerializeToString(), timeout=WAIT
        )
        for found in [*request.values()] * 10
    ]
    for call in calls:
        call.result()
    found = empty.ask(f"{THING}.get", key)
    assert (found["name"], found["provider"]) == ("name", "provider")


def test_an_unread_query_stores_nothing(empty: Server) -> None:
    with pytest.raises(RefusedError) as refused:
        empty.ask(f"{THING}.create", {"domain_id": "d"})
    assert refused.value.code == "ERROR_REQUIRED_PARAMETER"
    assert kept(empty) == ""
