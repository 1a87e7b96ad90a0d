"""Match the names of enum values: in pages they lack the prefix that style guides require."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.model.api import Enum


def numbers_by_our_names(ours: Enum, theirs: Enum) -> Mapping[str, int]:
    """Return the numbers of the source's values by our names.

    Style guides prefix each value with the enum's name, and pages omit the prefix: the source's
    `JOB_STATUS_NONE` becomes `NONE` if the page lists `NONE`.
    """
    our_names = {value.json_name for value in ours.values}
    numbers: dict[str, int] = {}
    for value in theirs.values:
        numbers.setdefault(_our_name(value.json_name, our_names), value.number)
    return numbers


def _our_name(their_name: str, our_names: set[str]) -> str:
    if their_name in our_names:
        return their_name
    parts = their_name.split("_")
    suffixes = ("_".join(parts[count:]) for count in range(1, len(parts)))
    return next((suffix for suffix in suffixes if suffix in our_names), their_name)
