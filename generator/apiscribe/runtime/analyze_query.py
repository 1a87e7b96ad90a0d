"""AnalyzeQuery → StatisticsQuery: figures of groups, over a span of dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from . import limits, query
from .codec import documented_name
from .errors import invalid_parameter, invalid_parameter_type, required_parameter
from .registry import Resource

JsonObject = dict[str, Any]
_PATTERNS = {"DAILY": "%Y-%m-%d", "MONTHLY": "%Y-%m", "YEARLY": "%Y"}
_TOTALS = {"count": "sum", "sum": "sum", "average": "average", "max": "max", "min": "min"}
_MOST = {
    "fields": limits.FIELDS,
    "select": limits.FIELDS,
    "group_by": limits.GROUP_KEYS,
    "field_group": limits.GROUP_KEYS,
}
_WRITTEN = {4: "YYYY", 7: "YYYY-MM", 10: "YYYY-MM-DD"}


def as_statistics(asked: Mapping[str, Any], resource: Resource) -> JsonObject:
    """The StatisticsQuery that an AnalyzeQuery stands for; it asks for one row more than the page
    has, which tells whether there are more.
    """
    if not asked.get("fields"):
        raise required_parameter("fields")
    for name, most in _MOST.items():
        limits.at_most(most, asked.get(name) or (), f"entries in {name}")
    keys = [_group_key(entry) for entry in asked.get("group_by") or ()]
    if pattern := _PATTERNS.get(asked.get("granularity", "")):
        keys.append({"key": _date_field(resource), "name": "date", "date_format": pattern})
    fields = [_group_field(name, entry) for name, entry in asked["fields"].items()]
    stages: list[JsonObject] = [{"unwind": asked["unwind"]}] if asked.get("unwind") else []
    stages.append({"group": {"keys": keys, "fields": fields}})
    if select := asked.get("select"):
        named = [_selected_field(name, entry) for name, entry in select.items()]
        stages.append({"project": {"fields": named, "exclude_keys": True}})
    sort = query.sort_keys(asked.get("sort"))
    if apart := asked.get("field_group"):
        stages.append({"group": _grouped_apart(keys, fields, apart)})
        totalled = {field["name"] for field in fields}
        sort = [(f"_total_{key}" if key in totalled else key, desc) for key, desc in sort]
    if sort:
        stages.append({"sort": {"keys": [{"key": key, "desc": desc} for key, desc in sort]}})
    page = asked.get("page") or {}
    if limit := page.get("limit"):
        stages += [{"skip": max(page.get("start", 0), 1) - 1}, {"limit": limit + 1}]
    held = {name: asked[name] for name in ("filter_or", "keyword") if name in asked}
    return {
        **held,
        "filter": [*query.one_or_more(asked.get("filter")), *_span(asked, resource)],
        "aggregate": stages,
    }


def _group_key(entry: Any) -> JsonObject:
    """A key, which gives its last part as the name, or `key` and `name`."""
    if isinstance(entry, str) and entry:
        return {"key": entry, "name": entry.rpartition(".")[2]}
    if not isinstance(entry, dict) or not (entry.get("key") and entry.get("name")):
        raise invalid_parameter("group_by", "it takes keys, or objects with key and name")
    return {"key": entry["key"], "name": entry["name"]}


def _group_field(name: str, entry: Any) -> JsonObject:
    if not isinstance(entry, dict) or not entry.get("operator"):
        raise required_parameter("query.fields.operator")
    operator, key, fields = entry["operator"], entry.get("key"), entry.get("fields")
    if not key and operator not in ("count", "push"):
        raise required_parameter("query.fields.key")
    found = {"name": name, "operator": operator, "conditions": entry.get("conditions", [])}
    if operator == "push" and fields:
        found["fields"] = [{"name": part, "key": place} for part, place in fields.items()]
    elif operator == "push" and not key:
        raise required_parameter("query.fields.fields")
    return found if operator == "count" else {**found, "key": key}


def _selected_field(name: str, entry: Any) -> JsonObject:
    if isinstance(entry, str):
        return {"name": name, "key": entry}
    if not isinstance(entry, dict) or not (entry.get("key") or entry.get("fields")):
        raise required_parameter("query.select.fields")
    return {**entry, "name": name}


def _grouped_apart(keys: list[JsonObject], fields: list[JsonObject], apart: Any) -> JsonObject:
    """A group by the keys that are not set apart: of each field a list of its values with the keys
    that are, and of its figures the total.
    """
    if any(name.startswith("_total_") for name in apart):
        raise invalid_parameter("field_group", "a key cannot begin with _total_")
    names = [key["name"] for key in keys if key["name"] not in apart]
    found: list[JsonObject] = []
    for field in fields:
        name = field["name"]
        if total := _TOTALS.get(field["operator"]):
            found.append({"name": f"_total_{name}", "operator": total, "key": name})
        members = [{"name": "value", "key": name}, *({"name": n, "key": n} for n in apart)]
        found.append({"name": name, "operator": "push", "fields": members})
    return {"keys": [{"key": name, "name": name} for name in names], "fields": found}


def _span(asked: Mapping[str, Any], resource: Resource) -> list[JsonObject]:
    """The conditions of `start` and `end`; the end is within the span."""
    days: dict[str, date] = {}
    if start := asked.get("start"):
        days["datetime_gte"], _ = _period("start", start)
    if end := asked.get("end"):
        _, days["datetime_lt"] = _period("end", end)
    return [
        {"key": _date_field(resource), "operator": operator, "value": day.isoformat()}
        for operator, day in days.items()
    ]


def _period(key: str, value: str) -> tuple[date, date]:
    """The first day of a year, a month or a day, and the first after it."""
    written = _WRITTEN.get(len(value), "YYYY-MM-DD")
    try:
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
            raise ValueError(value)
        first = date.fromisoformat((value + "-01-01")[:10])
        days = {"YYYY": 366, "YYYY-MM": 31, "YYYY-MM-DD": 1}[written]
        after = first + timedelta(days)
    except (ValueError, OverflowError) as error:
        raise invalid_parameter_type(key, written) from error
    # A year has at most 366 days, a month 31: the day after is in the next one, near its begin.
    begin = {"YYYY": {"month": 1, "day": 1}, "YYYY-MM": {"day": 1}}.get(written, {})
    return first, after.replace(**begin)


def _date_field(resource: Resource) -> str:
    """The field that tells the date of a row: `date`, else the first `…_date`, else when it was
    created. Raises ApiError where there is none.
    """
    names = [documented_name(field) for field in resource.proto.DESCRIPTOR.fields]
    dates = [name for name in names if name == "date"] + [n for n in names if n.endswith("_date")]
    if found := [*dates, resource.created][0]:
        return found
    raise invalid_parameter("granularity", f"{resource.model.__name__} has no field of a date")
