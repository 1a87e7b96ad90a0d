"""Numbers that pages print: those that are not used are reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apiscribe.diagnostics.codes.lock import (
    missing_numbers,
    printed_number,
    printed_number_in_use,
    printed_number_twice,
)
from apiscribe.diagnostics.report import Report
from apiscribe.lower.declarations import Declaration
from apiscribe.model.api import Enum, EnumValue, Field, Message
from apiscribe.model.lock import Numbers


def repeated_numbers(stated: Mapping[str, int]) -> dict[str, str]:
    """Return the names with a number that an earlier name has too, each with that name."""
    first: dict[int, str] = {}
    return {
        name: first[number]
        for name, number in stated.items()
        if first.setdefault(number, name) != name
    }


def compare_printed(
    owner: Message | Enum,
    parts: Sequence[Field | EnumValue],
    before: Numbers,
    numbers: Mapping[str, int],
    report: Report,
) -> None:
    """Report the numbers that a page prints and that are not used."""
    known = before.named()
    again = repeated_numbers({part.json_name: part.number for part in parts})
    for part in parts:
        used = numbers[part.json_name]
        if used == part.number:
            continue
        name = f"{owner.full_name}.{part.name}"
        if part.json_name in known:
            message = printed_number(name, used, part.number)
        elif first := again.get(part.json_name):
            message = printed_number_twice(name, used, part.number, first)
        else:
            message = printed_number_in_use(name, used, part.number)
        report.add(message, part.span, mark=str(part.number))


def prints_all_numbers(declaration: Declaration, report: Report) -> bool:
    """Return whether the page prints the numbers of all fields; report if it prints some."""
    fields = declaration.draft.fields
    without = [field.name for field in fields if not field.number]
    if without and len(without) < len(fields):
        message = missing_numbers(declaration.full_name, without)
        report.add(message, declaration.draft.span, mark=declaration.draft.name)
    return not without
