"""AnalyzeQuery → StatisticsQuery: aggregates of groups over a range of dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from . import limits
from .descriptors import (
    documented_name,
)
from .errors import invalid_parameter, invalid_parameter_type, required_parameter
from .query import as_list, sort_keys
from .registry import Resource

JsonObject = dict[str, Any]
_PATTERNS = {"DAILY": "%Y-%m-%d", "MONTHLY": "%Y-%m", "YEARLY": "%Y"}
_TOTALS = {"count": "sum", "sum": "sum", "average": "average", "max": "max", "min": "min"}
_LIMITS = {
    "fields": limits.FIELDS,
    "select": limits.FIELDS,
    "group_by": limits.GROUP_KEYS,
    "field_group": limits.GROUP_KEYS,
}
_DATE_FORMATS = {4: "YYYY", 7: "YYYY-MM", 10: "YYYY-MM-DD"}


def as_statistics(query: Mapping[str, Any], resource: Resource) -> JsonObject:
    """Return the StatisticsQuery of an AnalyzeQuery. Its limit is one row more than the page has,
    so that the caller sees whether there are more.
    """
    if not query.get("fields"):
        raise required_parameter("fields")
    for name, maximum in _LIMITS.items():
        limits.at_most(maximum, query.get(name) or (), f"entries in {name}")
    keys = [_group_key(entry) for entry in query.get("group_by") or ()]
    if pattern := _PATTERNS.get(query.get("granularity", "")):
        keys.append({"key": _date_field(resource), "name": "date", "date_format": pattern})
    fields = [_group_field(name, entry) for name, entry in query["fields"].items()]
    stages: list[JsonObject] = [{"unwind": query["unwind"]}] if query.get("unwind") else []
    stages.append({"group": {"keys": keys, "fields": fields}})
    if select := query.get("select"):
        projected = [_projected_field(name, entry) for name, entry in select.items()]
        stages.append({"project": {"fields": projected, "exclude_keys": True}})
    sort = sort_keys(query.get("sort"))
    if field_group := query.get("field_group"):
        stages.append({"group": _outer_group(keys, fields, field_group)})
        totalled = {field["name"] for field in fields}
        sort = [(f"_total_{key}" if key in totalled else key, desc) for key, desc in sort]
    if sort:
        stages.append({"sort": {"keys": [{"key": key, "desc": desc} for key, desc in sort]}})
    page = query.get("page") or {}
    if limit := page.get("limit"):
        stages += [{"skip": max(page.get("start", 0), 1) - 1}, {"limit": limit + 1}]
    kept = {name: query[name] for name in ("filter_or", "keyword") if name in query}
    return {
        **kept,
        "filter": [*as_list(query.get("filter")), *_date_conditions(query, resource)],
        "aggregate": stages,
    }


def _group_key(entry: Any) -> JsonObject:
    """Return a key and its name; an entry without a name is named by the last part of its key."""
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
    field = {"name": name, "operator": operator, "conditions": entry.get("conditions", [])}
    if operator == "push" and fields:
        field["fields"] = [{"name": member, "key": path} for member, path in fields.items()]
    elif operator == "push" and not key:
        raise required_parameter("query.fields.fields")
    return field if operator == "count" else {**field, "key": key}


def _projected_field(name: str, entry: Any) -> JsonObject:
    if isinstance(entry, str):
        return {"name": name, "key": entry}
    if not isinstance(entry, dict) or not (entry.get("key") or entry.get("fields")):
        raise required_parameter("query.select.fields")
    return {**entry, "name": name}


def _outer_group(keys: list[JsonObject], fields: list[JsonObject], field_group: Any) -> JsonObject:
    """Return the group by the keys outside of `field_group`. Each field becomes a list of its
    values with their keys in `field_group`; a numeric field gets a `_total_` field too.
    """
    if any(name.startswith("_total_") for name in field_group):
        raise invalid_parameter("field_group", "a key cannot begin with _total_")
    names = [key["name"] for key in keys if key["name"] not in field_group]
    outer_fields: list[JsonObject] = []
    for field in fields:
        name = field["name"]
        if total := _TOTALS.get(field["operator"]):
            outer_fields.append({"name": f"_total_{name}", "operator": total, "key": name})
        members = [{"name": "value", "key": name}, *({"name": n, "key": n} for n in field_group)]
        outer_fields.append({"name": name, "operator": "push", "fields": members})
    return {"keys": [{"key": name, "name": name} for name in names], "fields": outer_fields}


def _date_conditions(query: Mapping[str, Any], resource: Resource) -> list[JsonObject]:
    """Return the conditions of `start` and `end`, both inclusive."""
    days: dict[str, date] = {}
    if start := query.get("start"):
        days["datetime_gte"], _ = _period("start", start)
    if end := query.get("end"):
        _, days["datetime_lt"] = _period("end", end)
    return [
        {"key": _date_field(resource), "operator": operator, "value": day.isoformat()}
        for operator, day in days.items()
    ]


def _period(key: str, value: str) -> tuple[date, date]:
    """Return the first day of a year, a month or a day, and the first day after it."""
    date_format = _DATE_FORMATS.get(len(value), "YYYY-MM-DD")
    try:
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
            raise ValueError(value)
        first = date.fromisoformat((value + "-01-01")[:10])
        days = {"YYYY": 366, "YYYY-MM": 31, "YYYY-MM-DD": 1}[date_format]
        after = first + timedelta(days)
    except (ValueError, OverflowError) as error:
        raise invalid_parameter_type(key, date_format) from error
    # 366 days after a year's start, or 31 after a month's, lie near the start of the next one.
    start = {"YYYY": {"month": 1, "day": 1}, "YYYY-MM": {"day": 1}}.get(date_format, {})
    return first, after.replace(**start)


def _date_field(resource: Resource) -> str:
    """Return the field with the date of a row: `date`, else the first `…_date`, else its creation
    time. Raises ApiError if there is none.
    """
    names = [documented_name(field) for field in resource.proto.DESCRIPTOR.fields]
    dates = [name for name in names if name == "date"] + [n for n in names if n.endswith("_date")]
    if name := [*dates, resource.created][0]:
        return name
    raise invalid_parameter("granularity", f"{resource.model.__name__} has no date field")
