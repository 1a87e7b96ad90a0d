"""Drift: cases of two versions each, properties, and the command.

tests/cases_drift/<claim>/ holds two specs, old/ and new/, and the expected report, drift.txt.
`pytest tests/test_drift.py --refresh` rewrites that, and fails: look at the difference, run again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from drafts import apis
from hypothesis import given
from score import CORPUS, versions
from thorough import ORDINARY, THOROUGH, examples

from apiscribe.commands import main
from apiscribe.drift.change import Drift
from apiscribe.drift.change_kinds import KINDS
from apiscribe.drift.compare import compare
from apiscribe.drift.formats import format_named
from apiscribe.drift.traffic import Recording, compare_traffic
from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion
from apiscribe.sources.kinds import open_source
from apiscribe.sources.spec_version import version_of_pages

CASES = sorted((Path(__file__).parent / "cases_drift").iterdir())
_KIND = re.compile(r"^  (?:wire|json|source|docs|safe): (?P<kind>[a-z-]+): ", re.MULTILINE)


def versions_of(folder: Path) -> tuple[ApiVersion, ApiVersion]:
    """The versions of a case: folders, or documents of OpenAPI."""
    paths = {name: folder / name for name in ("old", "new")}
    old, new = (
        replace(open_source(str(path if path.is_dir() else f"{path}.yaml")), name=name, folder=name)
        for name, path in paths.items()
    )
    return old, new


def compared(folder: Path) -> tuple[Drift, ApiVersion, ApiVersion]:
    """The drift of a case; its new version may be traffic."""
    recording = folder / "new.har"
    if recording.is_file():
        old = replace(open_source(str(folder / "old")), name="old", folder="old")
        drift, new = compare_traffic(old, Recording("new.har", str(folder), (recording,)))
        return drift, old, replace(new, folder="")
    old, new = versions_of(folder)
    return compare(old, new), old, new


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path, request: pytest.FixtureRequest) -> None:
    text = format_named("text").render(*compared(folder))
    if request.config.getoption("refresh"):
        (folder / "drift.txt").write_text(text, "utf-8")
        pytest.fail("refreshed; run again", pytrace=False)
    assert text == (folder / "drift.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "folder",
    [folder for folder in CASES if not (folder / "new.har").is_file()],
    ids=lambda folder: folder.name,
)
def test_a_version_has_no_drift_from_itself(folder: Path) -> None:
    for version in versions_of(folder):
        assert compare(version, version).changes == ()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.word)
def test_every_kind_is_shown_and_explained(kind: object) -> None:
    word = kind.word  # type: ignore[attr-defined]
    shown = {
        found["kind"]
        for folder in CASES
        for found in _KIND.finditer((folder / "drift.txt").read_text("utf-8"))
    }
    assert word in shown
    result = CliRunner().invoke(main, ["explain", word])
    assert result.exit_code == 0, result.output
    assert KINDS[word].consequence in result.output


def of(api: Api) -> ApiVersion:
    return version_of_pages(api, "shop")


@examples(5)
@given(apis(), apis())
def test_any_two_versions_can_be_compared(one: Api, other: Api) -> None:
    assert compare(of(one), of(one)).changes == ()
    forth, back = compare(of(one), of(other)), compare(of(other), of(one))
    assert forth == compare(of(one), of(other))
    assert removed(forth) == added(back)
    assert removed(back) == added(forth)
    for name in ("text", "markdown", "html", "json", "sarif", "junit", "github"):
        text = format_named(name).render(forth, of(one), of(other))
        assert text.endswith("\n") or not forth.changes


def removed(drift: Drift) -> set[str]:
    """The services and methods that are gone; what has another name may be text otherwise."""
    return {c.symbol for c in drift.changes if c.kind in ("service-removed", "method-removed")}


def added(drift: Drift) -> set[str]:
    return {c.symbol for c in drift.changes if c.kind in ("service-added", "method-added")}


NEIGHBOURS = ["0.9.0", "0.9.5", "1.2.2", "1.8.4", "2022-05-30", "1.10.2", "2023-04", "1.12", "2.x"]


@pytest.mark.skipif(not versions(), reason="APISCRIBE_CORPUS holds no corpus")
def test_every_version_is_compared_with_the_next_one() -> None:
    names = NEIGHBOURS if THOROUGH else ORDINARY
    read = [open_source(str(CORPUS / "corpus" / name)) for name in names]
    for old, new in pairwise(read):
        drift = compare(old, new)
        assert drift == compare(old, new)
        assert drift.changes
        assert len({change.fingerprint for change in drift.changes}) == len(drift.changes)
        pages = [c.old.path for c in drift.changes if c.old]
        order = {file.page: at for at, file in reversed(list(enumerate(old.api.files)))}
        places = [order[page] for page in pages if page in order]
        assert places == sorted(places), "document order"
