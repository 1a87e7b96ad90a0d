"""Ask the published query engine what it answers, and keep it in answers.json.

It runs with a Python of its own: README.md, beside this, says how. tests/test_query_oracle.py
compares a generated server with what is kept.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

from engine import RefusedError, answer, store

ROWS: list[dict[str, Any]] = [
    {"name": "Apple", "provider": "aws", "count": 1, "labels": ["red", "round"]},
    {"name": "banana", "provider": "AWS", "count": 2, "tags": {"a": {"b": 1}, "c": True}},
    {"name": "Ärger", "provider": "google", "count": 2, "tags": {"a": [{"b": 1}, {"b": 2}]}},
    {"name": "100%_\\", "count": 10, "errors": [{"code": "E1", "message": "x"}, {"code": "E2"}]},
    {"name": "x", "tags": {"a": None, "n": 1.5}, "labels": ["Red"]},
    {"name": "banana", "provider": "aws", "count": -3, "tags": {"a": {"b": "1"}, "n": 2}},
    {"name": "Zeta", "provider": "", "count": 7, "labels": ["red", "red"], "tags": {"c": False}},
    {"name": "a.b*c", "provider": "azure", "count": 2, "errors": [{"code": "E2", "message": "x"}]},
    {"name": "[x]", "tags": {"n": -1, "list": ["p", "q", 3]}, "labels": ["green"]},
    {"name": "apple pie", "provider": "google", "count": 100, "tags": {"list": [], "a": {}}},
]
for number, row in enumerate(ROWS, 1):
    row |= {
        "thing_id": f"thing-{number:02}",
        "domain_id": "d",
        "created_at": f"2024-{number:02}-{3 * number:02}T10:00:00.000Z",
    }

TEXTS = ["aws", "AWS", "banana", "", "nothing", "a"]
NUMBERS = [1, 2, -3, 2.0, 1.5, 100]
PLACES: dict[str, list[Any]] = {
    "name": [*TEXTS, "100%_\\"],
    "provider": [*TEXTS, None],
    "count": [*NUMBERS, None],
    "tags.a.b": [1, 2, "1", None],
    "tags.n": [1.5, 2, None, "x"],
    "tags.c": [True, False, None],
    "tags.list": ["p", 3, None],
    "labels": ["red", "Red", None],
    "errors.code": ["E1", "E2", "e2", None],
}
ORDERS = ["lt", "lte", "gt", "gte"]
PARTS = ["a", "AN", "ä", "%", "_", ".", "*", "[", "pie"]
TIMES = ["2024-03-09T10:00:00Z", "2024-03-09T12:00:00+02:00", "2024-05-01", "2020-01-01T00:00:00"]


def filters() -> list[list[dict[str, Any]]]:
    """One condition each, then several at a time."""
    found: list[tuple[str, str, Any]] = []
    for key, values in PLACES.items():
        found += [(key, operator, value) for operator in ("eq", "not") for value in values]
        scalars = [value for value in values if value is not None]
        found += [(key, operator, value) for operator in ORDERS for value in scalars[:3]]
        found += [(key, operator, values[at:]) for operator in ("in", "not_in") for at in (0, 2)]
        found += [(key, operator, []) for operator in ("in", "not_in")]
        found += [(key, "exists", value) for value in (True, False)]
    for key in ("name", "provider", "labels", "errors.code"):
        found += [(key, o, part) for o, part in product(("contain", "not_contain"), PARTS)]
        found += [(key, o, ["AN", "red"]) for o in ("contain_in", "not_contain_in")]
        found += [(key, o, ["e1"]) for o in ("contain_in", "not_contain_in")]
        found += [(key, "regex", part) for part in ("^a", "n+a$", "[xyz]", "^.e", "a|b")]
        found += [(key, "regex_in", ["^r", "E1"])]
    found += [("errors", "match", {"code": code}) for code in ("E1", "E2", "E3")]
    found += [("errors", "match", {"code": c, "message": "x"}) for c in ("E1", "E2")]
    found += [("created_at", f"datetime_{o}", time) for o, time in product(ORDERS, TIMES)]
    one = [[{"k": key, "o": operator, "v": value}] for key, operator, value in found]
    two = [[*first, *second] for first, second in zip(one[::17], one[5::17], strict=False)]
    return one + two


COUNT = {"name": "n", "operator": "count"}


def stages() -> list[list[dict[str, Any]]]:
    by_provider = [{"key": "provider", "name": "provider"}]
    unwind = {"unwind": {"path": "labels"}}
    found = [
        [{"group": {"keys": keys, "fields": [field]}}, {"sort": {"key": "n"}}]
        for keys in ([], by_provider, [{"key": "name", "name": "name"}])
        for field in (
            COUNT,
            *(
                {"name": "n", "operator": operator, "key": "count"}
                for operator in ("sum", "average", "max", "min")
            ),
        )
    ]
    found += [
        [
            {
                "group": {
                    "keys": [{"key": "created_at", "name": "at", "date_format": form}],
                    "fields": [COUNT],
                }
            },
            {"sort": {"key": "at"}},
        ]
        for form in ("year", "month", "day", "%Y-%m", "%d/%m")
    ]
    label = [{"key": "labels", "name": "label"}]
    found += [
        [unwind, {"group": {"keys": label, "fields": [COUNT]}}, {"sort": {"key": "label"}}],
        [unwind, {"count": {"name": "total"}}],
        [{"count": {"name": "total"}}],
        [{"group": {"keys": by_provider, "fields": [COUNT]}}, {"count": {"name": "kinds"}}],
        [
            {"group": {"keys": by_provider, "fields": [COUNT]}},
            {"sort": {"key": "provider", "desc": True}},
            {"skip": 1},
            {"limit": 2},
        ],
    ]
    found += [
        [{"group": {"keys": keys, "fields": [field]}}, {"sort": {"key": "name"}}]
        for keys in ([], [{"key": "provider", "name": "name"}])
        for field in (
            {"name": "n", "operator": "merge_objects", "key": "tags"},
            {"name": "n", "operator": "push", "key": "name"},
            {"name": "n", "operator": "add_to_set", "key": "provider"},
            {"name": "n", "operator": "max", "key": "tags.c"},
            {"name": "n", "operator": "min", "key": "name"},
        )
    ]
    merged = {"name": "all", "operator": "merge_objects", "key": "tags"}
    to_list = {"name": "x", "key": "all", "operator": "object_to_array"}
    back = {"name": "x", "key": "x", "operator": "array_to_object"}
    found += [
        [
            {"group": {"keys": by_provider, "fields": [merged]}},
            *stages,
            {"sort": {"key": "provider"}},
        ]
        for stages in (
            [{"project": {"fields": [to_list]}}],
            [{"project": {"fields": [to_list]}}, {"project": {"fields": [back]}}],
        )
    ]
    red = {"path": "labels", "filter": [{"k": "labels", "o": "in", "v": ["red", "green"]}]}
    by_name = {"sort": {"key": "name", "desc": True}}
    names = {"group": {"keys": [], "fields": [{"name": "n", "operator": "push", "key": "name"}]}}
    found += [
        [
            {"unwind": red},
            {"group": {"keys": label, "fields": [COUNT]}},
            {"sort": {"key": "label"}},
        ],
        [by_name, {"limit": 3}, names],
        [by_name, {"skip": 2}, {"limit": 4}, names],
        [{"unwind": {"path": "errors"}}, {"limit": 2}, {"count": {"name": "n"}}],
    ]
    for operator, value in product(("eq", "not", "gt", "gte", "lt", "lte"), (2, 7)):
        condition = {"key": "count", "operator": operator, "value": value}
        field = {**COUNT, "conditions": [condition]}
        found.append(
            [{"group": {"keys": by_provider, "fields": [field]}}, {"sort": {"key": "provider"}}]
        )
    return found


def queries() -> list[tuple[str, dict[str, Any]]]:
    """(method, query)."""
    by_id = {"key": "thing_id", "desc": False}
    found: list[tuple[str, dict[str, Any]]] = [
        ("list", {"filter": entries, "sort": by_id}) for entries in filters()
    ]
    either = [entries[0] for entries in filters()[::19]]
    found += [
        ("list", {"filter_or": either[at : at + 2], "sort": by_id}) for at in range(len(either) - 1)
    ]
    found += [
        ("list", {"sort": {"key": key, "desc": desc}})
        for key, desc in product(("name", "provider", "count", "created_at"), (False, True))
    ]
    found += [
        ("list", {"sort": by_id, "page": {"start": start, "limit": limit}})
        for start, limit in product((0, 1, 2, 9, 11, 50), (0, 1, 3, 100))
    ]
    found += [("stat", {"aggregate": asked}) for asked in stages()]
    found += [("analyze", asked) for asked in analyses()]
    found += [
        ("stat", {"distinct": key})
        for key in ("name", "provider", "count", "labels", "errors.code")
    ]
    return found


def analyses() -> list[dict[str, Any]]:
    fields = {"n": {"operator": "count"}, "sum": {"operator": "sum", "key": "count"}}
    by_sort: dict[str, Any] = {"sort": [{"key": "name"}, {"key": "provider"}]}
    found: list[dict[str, Any]] = [
        {"fields": fields, "group_by": group_by, **more}
        for group_by in (["name"], ["name", "provider"], [{"key": "tags.c", "name": "name"}])
        for more in (
            {**by_sort},
            {**by_sort, "page": {"start": 2, "limit": 3}},
            {**by_sort, "page": {"limit": 30}},
            {**by_sort, "filter": [{"k": "count", "v": 2, "o": "gte"}]},
            {"sort": [{"key": "name"}], "field_group": ["provider"]},
        )
    ]
    found += [
        {"fields": {"n": {"operator": "count"}}, "group_by": ["name"], **span, **by_sort}
        for span in (
            {"start": "2024"},
            {"start": "2024-03", "end": "2024-05"},
            {"start": "2024-03-09", "end": "2024-04-12"},
            {"end": "2024-01"},
        )
    ]
    found += [
        {
            "fields": fields,
            "group_by": ["name"],
            "sort": [{"key": "name"}],
            "select": {"name": "name", "x": {"operator": operator, "fields": parts}},
        }
        for operator in ("add", "subtract", "multiply", "divide")
        for parts in (["sum", "n"], ["sum", 2], [{"operator": "add", "fields": ["n", 1]}, 4])
    ]
    return found


def asked(method: str, query: dict[str, Any]) -> Any:
    """The engine's answer; `null` where it refuses."""
    try:
        return answer(method, query)
    except RefusedError as refused:
        print(f"refused: {method} {query}: {refused}")
        return None


def main() -> None:
    store(ROWS)
    cases = [
        {"method": method, "query": query, "answer": asked(method, query)}
        for method, query in queries()
    ]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    file = Path(__file__).with_name("answers.json")
    file.write_text(f'{{"rows": [\n{rows}\n],\n"cases": [\n{lines}\n]}}\n', "utf-8")
    print(f"{len(cases)} cases, {sum(case['answer'] is None for case in cases)} refused")


if __name__ == "__main__":
    main()
