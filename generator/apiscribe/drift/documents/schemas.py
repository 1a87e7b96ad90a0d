"""Compares the schemas of two documents, from the bodies and parameters that use them."""

from __future__ import annotations

from apiscribe.drift.change import Grade
from apiscribe.drift.documents.alternatives import compare_alternatives, wrapped
from apiscribe.drift.documents.findings import Findings, Place
from apiscribe.drift.documents.keywords import compare_keywords, compare_values
from apiscribe.drift.documents.properties import compare_properties, share_of_names
from apiscribe.drift.documents.schema_view import SchemaView, text_of, view_of
from apiscribe.model.openapi_document import Node

# Objects with other names and fewer common properties than these are not one type.
_MIN_SHARED = 0.4
# Pairs of formats: all values of the first are values of the second.
_NARROWER = frozenset({("int32", "int64"), ("float", "double"), ("uint32", "uint64")})


class SchemaWalk:
    """Compares pairs of schemas, each once for requests and once for responses."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self._visited: set[tuple[object, ...]] = set()

    def compare(self, old: Node, new: Node, place: Place) -> None:
        """Compare the schemas of one place in both versions."""
        key = (old.keys, new.keys, place.direction, place.texts, place.splits, place.raw)
        if key in self._visited:
            return
        self._visited.add(key)
        before, after = view_of(old), view_of(new)
        if before.nullable != after.nullable and (before.types or before.alternatives):
            state = "may now be null" if after.nullable else "may no longer be null"
            grade = place.grade(not after.nullable)
            self.findings.add("null-changed", f"{place.name} {state}", old, new, grade)
        self.compare_views(before, after, place)

    def compare_views(self, old: SchemaView, new: SchemaView, place: Place) -> None:
        """Compare two schemas; what is inside only if they can be of one type."""
        if old.alternatives or new.alternatives:
            if not (old.alternatives and new.alternatives) and wrapped(self, old, new, place):
                return
            if not self._compare_alternatives(old, new, place):
                return
        if not self._compare_types(old, new, place):
            return
        self._compare_format(old, new, place)
        compare_values(self.findings, old, new, place)
        compare_keywords(self.findings, old, new, place)
        compare_properties(self, old, new, place)
        if old.items and new.items:
            self.compare(old.items, new.items, place.named(place.name))
        elif old.types == new.types == {"array"} and (old.items or new.items):
            self._one_sided("items", old, new, bool(old.items), place)
        self._compare_rest(old, new, place)

    def _compare_alternatives(self, old: SchemaView, new: SchemaView, place: Place) -> bool:
        """Compare alternatives; return whether the rest of the schemas can be compared."""
        if old.alternatives and new.alternatives:
            compare_alternatives(self, old, new, place)
            return True
        is_free = not (old.types or old.properties or old.alternatives)
        if is_free or not (new.types or new.properties or new.alternatives):
            keyword = old.combined or new.combined
            self._one_sided(keyword, old, new, bool(old.alternatives), place)
            return True
        plain, mixed = (old, new) if new.alternatives else (new, old)
        if mixed.properties or (mixed.types and mixed.types == plain.types):
            # The alternatives limit an object that both have.
            self._one_sided(mixed.combined, old, new, mixed is old, place)
            return True
        self._report_type(old, new, "json", place)
        return False

    def _one_sided(
        self, keyword: str, old: SchemaView, new: SchemaView, was: bool, place: Place
    ) -> None:
        """Report a keyword with schemas that only one version has."""
        what = f"{keyword} of {place.name} was {'removed' if was else 'added'}"
        self.findings.add("constraint-changed", what, old.node, new.node, place.grade(not was))

    def _compare_types(self, old: SchemaView, new: SchemaView, place: Place) -> bool:
        """Compare types; return whether what is inside can be compared."""
        if _are_different(old, new):
            self._report_type(old, new, "json", place)
            return False
        if old.types == new.types:
            return True
        if place.splits and place.direction == "request" and new.types == {"array"} and new.items:
            # A single value is the same in a request as a list of one value.
            return self._compare_split(old, new, place)
        wider, narrower = _covers(new, old, place), _covers(old, new, place)
        grade: Grade = "safe" if (wider if place.direction == "request" else narrower) else "json"
        self._report_type(old, new, grade, place)
        return wider or narrower

    def _compare_split(self, old: SchemaView, new: SchemaView, place: Place) -> bool:
        assert new.items
        item = view_of(new.items)
        fits = _covers(item, old, place) and not new.constraints.keys() - {"maxItems"}
        grade: Grade = "safe" if fits else "json"
        message = f"{place.name} is now a list"
        self.findings.add("field-label-changed", message, old.node, new.node, grade)
        if fits and old.types == item.types:
            self.compare_views(old, item, place.named(place.name))
        return False

    def _report_type(self, old: SchemaView, new: SchemaView, grade: Grade, place: Place) -> None:
        lists = ["array" in view.types for view in (old, new)]
        if lists[0] != lists[1] and old.types and new.types:
            state = "is now a list" if lists[1] else "is no longer a list"
            message = f"{place.name} {state}"
            kind = "field-label-changed"
        else:
            kind = "field-type-changed"
            change = f"changed from {old.type_text} to {new.type_text}"
            message = f"the type of {place.name} {change}"
        common = f"the type {change}" if kind == "field-type-changed" and old.name else ""
        self.findings.add(kind, message, old.node, new.node, grade, common=common)

    def _compare_format(self, old: SchemaView, new: SchemaView, place: Place) -> None:
        if old.format == new.format:
            return
        tightens: bool | None = None
        if not old.format or (new.format, old.format) in _NARROWER:
            tightens = True
        elif not new.format or (old.format, new.format) in _NARROWER:
            tightens = False
        message = (
            f"format of {place.name} changed from {old.format or 'none'} to {new.format or 'none'}"
        )
        grade = place.grade(tightens)
        self.findings.add("constraint-changed", message, old.node, new.node, grade)

    def _compare_rest(self, old: SchemaView, new: SchemaView, place: Place) -> None:
        """Compare the properties that a schema does not name."""
        if isinstance(old.rest, Node) and isinstance(new.rest, Node):
            self.compare(old.rest, new.rest, place.named(f"the values of {place.name}"))
            return
        before, after = _openness(old.rest), _openness(new.rest)
        may_be_object = [not view.types or "object" in view.types for view in (old, new)]
        if before == after or not all(may_be_object):
            return
        stated = [
            text_of(r.value) if isinstance(r, Node) else text_of(r) for r in (old.rest, new.rest)
        ]
        message = f"additionalProperties of {place.name} changed from {stated[0]} to {stated[1]}"
        grade = place.grade(after < before)
        if grade == "json" and place.direction == "response" and before == _CLOSED:
            grade = "docs"  # clients ignore properties that they do not know
        self.findings.add("constraint-changed", message, old.node, new.node, grade)


_CLOSED, _OPEN = 0, 2


def _openness(rest: Node | bool) -> int:
    if isinstance(rest, Node):
        return 1
    return _OPEN if rest else _CLOSED


def _are_different(old: SchemaView, new: SchemaView) -> bool:
    """Return whether two objects are not one type: with other names and few common properties, or
    none; or a map and an object with properties.
    """
    if not (old.is_object and new.is_object):
        return False
    is_map = [isinstance(view.rest, Node) and not view.properties for view in (old, new)]
    if is_map[0] != is_map[1] and (old.properties or new.properties):
        return True
    shared = share_of_names(old, new)
    has_names = bool(old.name and new.name)
    return old.name != new.name and (shared < _MIN_SHARED if has_names else not shared)


def _covers(wide: SchemaView, narrow: SchemaView, place: Place) -> bool:
    """Return whether a schema takes all types of another."""
    if not wide.types:
        return True
    if not narrow.types:
        return False
    if all(t in wide.types or (t == "integer" and "number" in wide.types) for t in narrow.types):
        return True
    is_text = place.texts and (place.raw or not narrow.types & {"object", "array"})
    if not is_text or "string" not in wide.types:
        return False
    return not wide.format and wide.values is None and "pattern" not in wide.constraints
