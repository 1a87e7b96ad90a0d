"""Rows and queries made up by Hypothesis: of every operator, stage and kind of value."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

TEXTS = ["", "a", "A", "aws", "ä", "Ä", "ß", "100%", "_", "\\", "x.y", "'", '"', "😀", "1", "true"]
TIMES = [
    *("2024-03-09T10:00:00Z", "2024-03-09T12:30:00.250+02:00", "2024-02-29"),
    *("2023-12-31 23:59:59", "2024-02-30", "no time"),
]
NUMBERS = [0, 1, 2, -3, 1.5, 0.1, 0.2, 2.0, 1e10, 2**31, -0.25]
BIGS = [0, 7, -7, 2**53 + 1, 2**63 - 1, -(2**63)]
MEMBERS = ["a", "b", "c", "n", "x.y", "list", "at", "k", "v"]
KEYS = [
    *("name", "provider", "count", "big", "labels", "errors", "errors.code", "state", "tags"),
    *("tags.a", "tags.a.b", "tags.b", "tags.c", "tags.n", "tags.list", "tags.at", "tags.x"),
]
PLAIN = ["name", "provider", "count", "big", "state"]  # fields that hold no list and no object
PATTERNS = [
    "^a",
    "[[:alpha:]]",
    r"\d",
    "a|ä",
    r"(?P<n>.)\b",
    "^$",
    r"\Q%\E",
    "(?-i)A",
    r"\S{2}",
    "(",
]

texts = st.sampled_from(TEXTS) | st.text("aÄ%.'\n", max_size=3)
numbers = st.sampled_from(NUMBERS)
scalars = st.none() | st.booleans() | numbers | texts | st.sampled_from(TIMES)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=3),
    max_leaves=5,
)


def _few(one: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    """A list of one element or more."""
    sizes = [st.tuples(*[one] * size) for size in range(1, most + 1)]
    return st.one_of(sizes).map(list)


def _members(names: list[str], one: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object of one member or more."""
    return _few(st.tuples(st.sampled_from(names), one)).map(dict)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object that has some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


rows = st.lists(
    _some(
        name=texts.filter(bool),
        provider=texts.filter(bool),
        count=st.sampled_from([1, 2, 2**31 - 1, -3]),
        big=st.sampled_from(BIGS).filter(bool).map(str),
        labels=_few(texts),
        errors=_few(_some(code=st.sampled_from(["E1", "E2", "e1"]), message=texts.filter(bool))),
        tags=_members(MEMBERS, values),
        state=st.sampled_from(["ENABLED", "DISABLED"]),
    ),
    max_size=6,
)

keys = st.sampled_from(KEYS)
plain_keys = st.sampled_from(PLAIN)
scalar_lists = st.lists(scalars, max_size=3)
_OPERANDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("eq", "not", "lt", "lte", "gt", "gte"), scalars),
    **dict.fromkeys(("in", "not_in"), scalar_lists),
    **dict.fromkeys(("contain", "not_contain"), texts),
    **dict.fromkeys(("contain_in", "not_contain_in"), st.lists(texts, max_size=3)),
    "exists": st.booleans(),
    "match": _members(["code", "message", "a", "b"], scalars),
    "regex": st.sampled_from(PATTERNS),
    "regex_in": st.lists(st.sampled_from(PATTERNS[:5]), max_size=2),
    **{f"datetime_{o}": st.sampled_from(TIMES[:4]) for o in ("lt", "lte", "gt", "gte")},
    **{
        f"timediff_{o}": st.sampled_from(["now", "now/d - 52w", "now/m", "now/w + 1d"])
        for o in ("lt", "lte", "gt", "gte")
    },
}
_rightly = st.sampled_from(sorted(_OPERANDS)).flatmap(
    lambda operator: st.tuples(st.just(operator), _OPERANDS[operator])
)
_wrongly = st.tuples(st.sampled_from([*sorted(_OPERANDS), "like"]), values)


def _entry(of: tuple[str, tuple[str, Any]]) -> Json:
    key, (operator, value) = of
    return {"k": key, "o": operator, "v": value}


# One operand in ten is of any kind, which is refused where the operator does not take it.
conditions = st.tuples(keys, st.integers(0, 9).flatmap(lambda n: _rightly if n else _wrongly)).map(
    _entry
)
pages = st.fixed_dictionaries({"limit": st.integers(1, 4)}, optional={"start": st.integers(0, 4)})
sorts = _few(st.fixed_dictionaries({"key": keys}, optional={"desc": st.just(True)}), 2)
unwinds = st.fixed_dictionaries(
    {"path": st.sampled_from(["labels", "errors", "tags.list", "tags.a", "name"])},
)
where = {
    "filter": st.lists(conditions, max_size=2),
    "filter_or": st.lists(conditions, max_size=2),
    "keyword": st.sampled_from(["a", "  A ä", "thing-1", " "]),
}
lists = _some(
    **where,
    page=pages,
    sort=sorts.map(lambda found: {"keys": found}),
    only=_few(st.sampled_from([*KEYS, "thing_id"])),
    minimal=st.just(True),
    count_only=st.just(True),
)
unwound_lists = st.fixed_dictionaries(
    {"unwind": unwinds, "only": st.just(["name", "labels", "errors"])},
    optional={**where, "page": pages},
)

_FIGURES = ("sum", "average", "max", "min", "first", "last", "push", "add_to_set", "merge_objects")
_compared = st.fixed_dictionaries(
    {
        "key": st.sampled_from(["name", "count", "tags.n", "tags.c"]),
        "operator": st.sampled_from(["eq", "not", "gt", "gte", "lt", "lte"]),
        "value": scalars.filter(lambda value: value is not None),
    }
)
_counted = st.fixed_dictionaries(
    {"operator": st.just("count")}, optional={"conditions": st.lists(_compared, max_size=2)}
)
_figured = st.fixed_dictionaries({"operator": st.sampled_from(_FIGURES), "key": keys})
_pushed = st.fixed_dictionaries(
    {
        "operator": st.just("push"),
        "fields": _few(keys).map(
            lambda found: [
                {"name": key.replace(".", "_"), "key": key} for key in sorted(set(found))
            ]
        ),
    }
)
figures = st.lists(_counted | _figured | _pushed, max_size=3).map(
    lambda found: [{**field, "name": f"f{at}"} for at, field in enumerate(found)]
)
_group_keys = st.lists(
    st.fixed_dictionaries({"key": keys})
    | st.fixed_dictionaries(
        {
            "key": st.sampled_from(["created_at", "tags.at"]),
            "date_format": st.sampled_from(["year", "month", "day", "%Y-%m-%d %H:%M:%S", "%%%j"]),
        }
    ),
    max_size=2,
).map(lambda found: [{**key, "name": f"k{at}"} for at, key in enumerate(found)])
groups = st.fixed_dictionaries({"keys": _group_keys, "fields": figures}).filter(
    lambda group: bool(group["keys"] or group["fields"])
)
_outputs = st.sampled_from(["k0", "k1", "f0", "f1", "f2", "k0.a", "none"])
_calculated = st.recursive(
    _outputs | numbers,
    lambda inner: st.fixed_dictionaries(
        {
            "operator": st.sampled_from(["add", "subtract", "multiply", "divide"]),
            "fields": st.tuples(inner, inner).map(list),
        }
    ),
    max_leaves=4,
)
_projected = st.fixed_dictionaries(
    {"key": _outputs},
    optional={
        "operator": st.sampled_from(["size", "sum", "array_to_object", "object_to_array"]),
    },
)
projects = st.fixed_dictionaries(
    {
        "fields": _few(_projected).map(
            lambda found: [{**field, "name": f"f{at}"} for at, field in enumerate(found)]
        )
    },
    optional={"exclude_keys": st.just(True)},
)
_stage = (
    st.fixed_dictionaries({"unwind": unwinds})
    | st.fixed_dictionaries({"sort": sorts.map(lambda found: {"keys": found})})
    | st.fixed_dictionaries({"limit": st.integers(1, 4)})
    | st.fixed_dictionaries({"skip": st.integers(1, 2)})
)
_before = st.lists(_stage, max_size=2)
_after = st.lists(
    st.fixed_dictionaries({"project": projects})
    | st.fixed_dictionaries({"unwind": st.fixed_dictionaries({"path": st.just("f0")})})
    | st.fixed_dictionaries({"count": st.just({"name": "rows"})})
    | st.fixed_dictionaries(
        {
            "group": st.just(
                {
                    "keys": [{"key": "k0", "name": "k0"}],
                    "fields": [{"name": "f0", "operator": "sum", "key": "f0"}],
                }
            )
        }
    ),
    max_size=2,
)
pipelines = st.tuples(_before, groups, _after).map(
    lambda found: [*found[0], {"group": found[1]}, *found[2]]
) | _few(_stage, 2)
# Objects and lists have no order among each other, so no page of them is sure.
stats = (
    st.fixed_dictionaries({"distinct": keys}, optional=where)
    | st.fixed_dictionaries({"aggregate": pipelines}, optional=where)
    | st.fixed_dictionaries({"distinct": plain_keys}, optional={**where, "page": pages})
)

_named = _few(_counted.map(lambda field: {"operator": "count"}) | _figured, 2)
analyses = st.fixed_dictionaries(
    {
        "fields": _named.map(lambda found: {f"f{at}": field for at, field in enumerate(found)}),
        "group_by": st.lists(
            plain_keys | plain_keys.map(lambda key: {"key": key, "name": f"the_{key}"}),
            max_size=2,
            unique_by=str,
        ),
    },
    optional={
        "filter": st.lists(conditions, max_size=1),
        "start": st.sampled_from(["2024", "2024-02", "2024-01-15"]),
        "end": st.sampled_from(["2024", "2024-03", "2024-03-15"]),
        "granularity": st.sampled_from(["DAILY", "MONTHLY", "YEARLY"]),
        "select": _calculated.filter(lambda found: isinstance(found, dict)).map(
            lambda found: {"x": found, "f0": "f0"}
        ),
        "unwind": unwinds,
    },
)
queries: st.SearchStrategy[tuple[str, Json]] = (
    st.tuples(st.just("list"), lists | unwound_lists)
    | st.tuples(st.just("stat"), stats)
    | st.tuples(st.just("analyze"), analyses)
)
