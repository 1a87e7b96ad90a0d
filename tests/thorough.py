"""How much a run of the tests tries: a part in every run, all with APISCRIBE_THOROUGH set."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

THOROUGH = "APISCRIBE_THOROUGH" in os.environ
thorough = pytest.mark.skipif(not THOROUGH, reason="only with APISCRIBE_THOROUGH")


# One version of the corpus for each form of pages, the smallest: what ordinary runs read.
ORDINARY = ("0.9.0", "2.x")


def unless_ordinary(version: str) -> list[pytest.MarkDecorator]:
    """Return the marks of a test of a version: ordinary runs read only some."""
    return [] if version in ORDINARY else [thorough]


def parameters(versions: Iterable[str]) -> list[ParameterSet]:
    """Return all versions as parameters of a test, with their marks."""
    return [pytest.param(version, marks=unless_ordinary(version)) for version in versions]


def examples(count: int) -> settings:
    """Return settings for a number of examples, which a thorough run multiplies by ten."""
    return settings(max_examples=10 * count if THOROUGH else count)


def register_profiles() -> None:
    """Register and load the profile of this run; no profile measures time.

    Every ordinary run tries the same examples: a test that fails by chance does not name the
    change that broke it.
    """
    by_count = [HealthCheck.filter_too_much, HealthCheck.data_too_large]
    without_time = settings(
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, *by_count],
    )
    settings.register_profile("same", without_time, derandomize=True, max_examples=40)
    settings.register_profile("thorough", without_time, derandomize=False, max_examples=1000)
    settings.load_profile("thorough" if THOROUGH else "same")
    if not THOROUGH:
        # Hypothesis also draws constants of the modules that happen to be loaded, which differ
        # between processes. There is no setting for it.
        no_constants = providers._local_constants
        providers._get_local_constants = lambda: no_constants
