"""Compares the keywords of schemas that limit values, and the values that enums list."""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.drift.documents.findings import Findings, Place
from apiscribe.drift.documents.schema_view import SchemaView, text_of
from apiscribe.drift.renamed_values import renamed_in_place

# Lower limits: a higher one accepts less.
_LOWER = frozenset("minimum exclusiveMinimum minLength minItems minProperties minContains".split())
_UPPER = frozenset("maximum exclusiveMaximum maxLength maxItems maxProperties maxContains".split())
# They limit a property to requests or to responses; `properties` compares them.
_PLACES = frozenset({"readOnly", "writeOnly"})
# Clients do not check these in what they receive.
_UNCHECKED = frozenset({"pattern"})
_MAX_TEXT = 60


def compare_keywords(findings: Findings, old: SchemaView, new: SchemaView, place: Place) -> None:
    """Report each limit that changed, and the default.

    An unknown keyword counts as a limit: a schema with it accepts less.
    """
    limits = set(_compare_limits(findings, old, new, place))
    if ("if" in old.constraints) != ("if" in new.constraints):
        limits |= {"then", "else"}  # without `if` they have no meaning
    for keyword in sorted((old.constraints.keys() | new.constraints.keys()) - _PLACES - limits):
        before, after = old.constraints.get(keyword), new.constraints.get(keyword)
        if before == after:
            continue
        grade = place.grade(_tightens(keyword, before, after))
        if keyword in _UNCHECKED and place.direction == "response":
            grade = "docs"
        message = f"{keyword} of {place.name} changed from {_text(before)} to {_text(after)}"
        if len(message) > 2 * _MAX_TEXT or _is_schema(before) or _is_schema(after):
            state = "added to" if before is None else "removed from" if after is None else ""
            message = (
                f"{keyword} was {state} {place.name}"
                if state
                else (f"{keyword} of {place.name} changed")
            )
        findings.add("constraint-changed", message, old.node, new.node, grade)
    if old.default != new.default:
        before, after = (_text(view.default) for view in (old, new))
        message = f"the default of {place.name} changed from {before} to {after}"
        grade = (
            "safe" if place.direction == "response" else "json" if place.is_parameter else "docs"
        )
        findings.add("default-changed", message, old.node, new.node, grade)
    if old.discriminator != new.discriminator:
        message = f"the discriminator of {place.name} changed"
        findings.add("discriminator-changed", message, old.node, new.node)
    if old.deprecated != new.deprecated:
        state = "is now" if new.deprecated else "is no longer"
        message = f"{place.name} {state} deprecated"
        findings.add("deprecation-changed", message, old.node, new.node)


def _compare_limits(
    findings: Findings, old: SchemaView, new: SchemaView, place: Place
) -> Iterator[str]:
    """Report a limit that includes its value and one that does not, in place of each other, as one
    change; yield their keywords.
    """
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        stated = [{inclusive, exclusive} & view.constraints.keys() for view in (old, new)]
        if sorted(map(len, stated)) != [1, 1] or stated[0] == stated[1]:
            continue
        (was,), (now,) = stated
        before, after = old.constraints[was], new.constraints[now]
        yield from (was, now)
        sign = 1 if inclusive == "minimum" else -1
        firsts = [(sign * before, was == exclusive), (sign * after, now == exclusive)]
        if old.types == new.types == {"integer"}:  # more than 0 is at least 1
            firsts = [(value + is_open, False) for value, is_open in firsts]
        if firsts[0] == firsts[1]:
            continue
        tightens = firsts[1] > firsts[0]
        message = f"{was} of {place.name}, {_text(before)}, is now {now}, {_text(after)}"
        findings.add("constraint-changed", message, old.node, new.node, place.grade(tightens))


def compare_values(findings: Findings, old: SchemaView, new: SchemaView, place: Place) -> None:
    """Report added, removed and renamed values of an enum.

    The server rejects requests with a removed value, and old clients may not know an added one.
    """
    if old.values == new.values:
        return
    if old.values is None or new.values is None or (old.is_const and new.is_const):
        keyword = "const" if old.is_const or new.is_const else "enum"
        before, after = (_listed(view.values, keyword) for view in (old, new))
        tightens = None if old.values and new.values else new.values is not None
        grade = place.grade(tightens)
        message = f"{keyword} of {place.name} changed from {before} to {after}"
        findings.add("constraint-changed", message, old.node, new.node, grade)
        return
    renamed = renamed_in_place(old.values, new.values)
    for was, now in renamed.items():
        texts = [value.strip('"') for value in (was, now)]
        message = f"{texts[0]} was renamed to {texts[1]} as a value of {place.name}"
        message = f"{message}, or was removed and {texts[1]} was added"
        findings.add("enum-value-renamed", message, old.node, new.node)
    gone = [v for v in old.values if v not in new.values and v not in renamed]
    came = [v for v in new.values if v not in old.values and v not in renamed.values()]
    for kind, values, tightens in (
        ("enum-value-removed", gone, True),
        ("enum-value-added", came, False),
    ):
        grade = place.grade(tightens)
        if old.is_extensible and not tightens:
            grade = "safe"
        if grade == "json" and place.direction == "response":
            grade = "source"  # a client's list of values is no longer complete
        for value in values:
            state = "removed" if tightens else "added"
            text = value.strip('"')
            message = f"{text} was {state} as a value of {place.name}"
            findings.add(kind, message, old.node, new.node, grade)


def _tightens(keyword: str, before: object, after: object) -> bool | None:
    """Return whether fewer values are accepted than before; None if neither more nor fewer."""
    if before is None or after is None:
        return before is None
    if isinstance(before, int | float) and isinstance(after, int | float):
        if keyword in _LOWER | _UPPER:
            return (after > before) == (keyword in _LOWER)
        if keyword == "multipleOf" and before and after:
            if not after % before:
                return True
            return False if not before % after else None
    return None


def _is_schema(value: object) -> bool:
    return isinstance(value, str) and value[:1] in ("{", "[") and value not in ("{}", "[]")


def _text(value: object) -> str:
    return "none" if value is None else text_of(value)


def _listed(values: tuple[str, ...] | None, keyword: str) -> str:
    if values is None:
        return "none"
    return values[0] if keyword == "const" and len(values) == 1 else f"[{', '.join(values)}]"
