"""Import the numbers of a published API into the lock of a spec.

Pages state no field numbers, no enum numbers and no scope of an enum; another source does. Adoption
writes these into lock.json and reports what contradicts the pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.diagnostics.report import Report
from apiscribe.model.api import Api
from apiscribe.model.lock import Lock
from apiscribe.model.version import ApiVersion
from apiscribe.sources.adopt.matching import DeclarationPairs
from apiscribe.sources.adopt.methods import compare_methods
from apiscribe.sources.adopt.number_import import Counts, NumberImport

__all__ = ["Adoption", "Counts", "adopt"]


@dataclass(frozen=True)
class Adoption:
    """The lock with the numbers of a source, counts and diagnostics. `replaced` are sentences about
    the numbers of the former lock that are other ones.
    """

    lock: Lock
    counts: Counts
    report: Report
    replaced: tuple[str, ...] = ()


def adopt(api: Api, locked: Lock, source: ApiVersion, replace: bool = False) -> Adoption:
    """Return the lock of an Api with the numbers of the source.

    A number in `locked` that the source contradicts is reported; it changes only with `replace`.
    """
    report = Report()
    pairs = DeclarationPairs(api, source.api)
    number_import = NumberImport(pairs, locked, source.name, replace, report)
    lock = number_import.lock()
    compare_methods(pairs, source, report)
    replaced = tuple(each.replacement for each in number_import.replaced)
    return Adoption(lock, number_import.counts, report, replaced)
