"""The values of an enum under the names that pages have for them."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.model.api import Enum


def by_our_names(ours: Enum, theirs: Enum) -> Mapping[str, int]:
    """The numbers of the source's values. Style guides ask for the enum's name before each value,
    and pages leave it out: `JOB_STATUS_NONE` is `NONE` where the page has that.
    """
    names = {value.json_name for value in ours.values}
    found: dict[str, int] = {}
    for value in theirs.values:
        found.setdefault(_our_name(value.json_name, names), value.number)
    return found


def _our_name(theirs: str, ours: set[str]) -> str:
    if theirs in ours:
        return theirs
    parts = theirs.split("_")
    tails = ("_".join(parts[count:]) for count in range(1, len(parts)))
    return next((tail for tail in tails if tail in ours), theirs)
