"""What a release needs: its notes, both distributions, and workflows that agree with them."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from apiscribe import __version__

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def notes() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "release_notes", ROOT / ".ci" / "release_notes.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def workflow(name: str) -> Any:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text("utf-8"))


def test_the_notes_are_the_part_on_the_version(notes: ModuleType) -> None:
    changelog = "# Changelog\n\n## 0.2.0\n\nNew.\n\n### Part\n\n- a\n\n## 0.1.0\n\nOld.\n"
    assert notes.release_notes("0.2.0", changelog) == "New.\n\n### Part\n\n- a\n"
    with pytest.raises(ValueError, match=r"no part on 0\.3\.0; it has: 0\.2\.0, 0\.1\.0"):
        notes.release_notes("0.3.0", changelog)


def test_a_version_is_not_released_while_the_changelog_calls_it_unreleased(
    notes: ModuleType,
) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if f"## {__version__} (unreleased)" in changelog:
        with pytest.raises(ValueError, match="no part on"):
            notes.release_notes(__version__, changelog)


def test_the_changelog_says_each_thing_once() -> None:
    # A merge may keep an entry at its old place, too.
    entries = re.findall(r"^(?:- .*|  \S.{40,})", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert [entry for entry in entries if entries.count(entry) > 1] == []


def test_both_distributions_have_the_version_of_the_tag(notes: ModuleType, tmp_path: Path) -> None:
    assert len(notes.missing_files("1.0", tmp_path)) == 4
    for name in ("apiscribe", "apiscribe_runtime"):
        (tmp_path / f"{name}-1.0.tar.gz").touch()
        (tmp_path / f"{name}-1.0-py3-none-any.whl").touch()
    assert notes.missing_files("1.0", tmp_path) == []


def test_the_runtime_has_the_version_of_the_generator() -> None:
    text = (ROOT / "runtime" / "apiscribe_runtime" / "__init__.py").read_text("utf-8")
    assert f'__version__ = "{__version__}"' in text


def test_only_the_job_that_publishes_may_ask_for_a_token() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == [
        "publish"
    ]
    assert jobs["publish"]["needs"] == "build"


def test_ci_runs_every_supported_python() -> None:
    tested = workflow("ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    for folder in (ROOT, ROOT / "runtime"):
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        stated = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
        assert stated == tested
        assert project["requires-python"] == f">={tested[0]}"


def test_the_issue_template_asks_for_the_diagnostics() -> None:
    template = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/problem.yml").read_text("utf-8"))
    fields = {each["id"]: each for each in template["body"]}
    assert "apiscribe lint --format json" in fields["lint"]["attributes"]["description"]
    assert fields["lint"]["validations"]["required"]


def test_the_image_copies_what_the_wheels_are_made_of() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    included = (ROOT / ".dockerignore").read_text("utf-8")
    for name in ("pyproject.toml", "README.md", "LICENSE", "generator", "runtime", "templates"):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", image, re.MULTILINE)
        assert f"!{name}\n" in included
