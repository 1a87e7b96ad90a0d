"""Adopt: numbers of an API that is published already, for a spec of its pages.

A source has what pages have not: the numbers of fields and values, and where enums stand. They go
into lock.json; contradictions with the pages are diagnostics.
"""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.diagnostics.report import Report
from apiscribe.model.api import Api
from apiscribe.model.lock import Lock
from apiscribe.model.version import ApiVersion
from apiscribe.sources.adopt.methods import compare_methods
from apiscribe.sources.adopt.pairs import Pairs
from apiscribe.sources.adopt.taking import Counts, Taking

__all__ = ["Adoption", "Counts", "adopt"]


@dataclass(frozen=True)
class Adoption:
    """The lock with the numbers of a source, and what was found on the way."""

    lock: Lock
    counts: Counts
    report: Report


def adopt(api: Api, locked: Lock, source: ApiVersion, replace: bool = False) -> Adoption:
    """The numbers that the source has for an Api. One that is `locked` already stays, and is
    reported, unless it is to `replace` it.
    """
    report = Report()
    pairs = Pairs(api, source.api)
    taking = Taking(pairs, locked, source.name, replace, report)
    lock = taking.lock()
    compare_methods(pairs, source, report)
    return Adoption(lock, taking.counts, report)
