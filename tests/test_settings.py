"""spec.toml, overlay.toml, lock.json and drift-baseline.toml: their schemas and docs/settings.md."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from schemas import FOLDER, schema_text, schemas
from settings_tables import described, with_tables

from apiscribe.commands import main
from apiscribe.drift.baseline import baseline_text
from apiscribe.drift.change import Change

ROOT = Path(__file__).parent.parent
# File name → schema.
FILES = {
    "spec.toml": "spec",
    "overlay.toml": "overlay",
    "lock.json": "lock",
    "drift-baseline.toml": "baseline",
}
SCHEMAS = schemas()
PAGE = ROOT / "docs" / "settings.md"
WRITTEN = sorted(
    file
    for folder in ("specs", "tests/cases", "tests/cases_drift")
    for file in (ROOT / folder).rglob("*")
    if file.name in FILES
)
# Errors that a schema cannot find: they depend on the pages, or on the levels of codes.
UNSEEN = {
    "overlay/a-fact-of-another-kind-cannot-be-set/overlay.toml",
    "pages/a-key-of-an-unknown-service-is-an-error/spec.toml",
    "http/conventions-of-unknown-methods-and-fields-are-errors/spec.toml",
    "pages/an-error-cannot-be-lowered/spec.toml",
}


def parsed(text: str, suffix: str) -> Any:
    """The document as JSON has it: dates are texts."""
    if suffix == ".json":
        return json.loads(text)
    return json.loads(json.dumps(tomllib.loads(text), default=date.isoformat))


def errors(document: Any, name: str) -> list[str]:
    found = Draft202012Validator(SCHEMAS[name]).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


def is_malformed(file: Path) -> bool:
    """Whether the diagnostics of a case have an error of the file itself."""
    diagnostics = file.parent / "diagnostics.txt"
    text = diagnostics.read_text("utf-8") if diagnostics.is_file() else ""
    errors = re.findall(rf"^{file.name}:\d+:\d+: error: (\S+): (.*)", text, re.MULTILINE)
    return any(
        code.startswith("malformed-") or message.endswith("is an error and cannot be accepted")
        for code, message in errors
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_made_of_its_types(name: str, request: pytest.FixtureRequest) -> None:
    file, text = FOLDER / f"{name}.schema.json", schema_text(SCHEMAS[name])
    if request.config.getoption("refresh"):
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


def test_there_is_no_other_schema() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_describes_every_entry(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    objects = [schema, *schema.get("$defs", {}).values()]
    for each in objects:
        assert each["description"]
        if each["type"] == "object":
            assert each["additionalProperties"] is False
            for entry, about in each["properties"].items():
                assert about["description"].endswith("."), entry


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_schema_accepts_exactly_the_settings_that_are_read(file: Path) -> None:
    try:
        document = parsed(file.read_text("utf-8"), file.suffix)
    except ValueError:
        pytest.skip("neither TOML nor JSON")
    found = errors(document, FILES[file.name])
    is_unseen = "/".join(file.parts[-3:]) in UNSEEN
    assert bool(found) == (is_malformed(file) and not is_unseen), found


def test_every_unseen_error_is_one_of_a_case() -> None:
    assert all(is_malformed(ROOT / "tests" / "cases" / case) for case in UNSEEN)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("", True),
        ('[[accept]]\nfingerprint = "3f1c"\nreason = "Unused."\nexpires = 2026-12-31\n', True),
        ('[[accept]]\nfingerprint = "3f1c"\nreason = " "\n', False),
        ('[[accept]]\nfingerprint = "3f1c"\n', False),
        ('[[accept]]\nfingerprint = "3f1c"\nreason = "Unused."\nsince = 1\n', False),
        ('[[accepted]]\nfingerprint = "3f1c"\nreason = "Unused."\n', False),
    ],
)
def test_the_schema_of_a_baseline(text: str, valid: bool) -> None:
    assert (not errors(parsed(text, ".toml"), "baseline")) == valid


def test_a_written_baseline_lacks_only_its_reasons() -> None:
    change = Change(
        kind="route-removed",
        grade="json",
        symbol="shop.v1.Book.list",
        message="gone",
        consequence="",
        old=None,
        new=None,
        fingerprint="3f1c",
    )
    (error,) = errors(parsed(baseline_text([change]), ".toml"), "baseline")
    assert error.startswith("$.accept[0].reason: ")


# ---- apiscribe schema


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_command_prints_the_file(name: str) -> None:
    result = CliRunner().invoke(main, ["schema", name])
    assert result.exit_code == 0
    assert result.output == schema_text(SCHEMAS[name])


# ---- docs/settings.md


def test_the_page_has_the_entries_of_the_schemas(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text("utf-8")
    if request.config.getoption("refresh"):
        PAGE.write_text(with_tables(text, SCHEMAS), "utf-8")
    assert text == with_tables(text, SCHEMAS)


def test_the_page_has_a_table_of_each_definition() -> None:
    definitions = {
        (name, kind)
        for name, schema in SCHEMAS.items()
        for kind, definition in schema.get("$defs", {}).items()
        if definition["type"] == "object"
    }
    assert described(PAGE.read_text("utf-8")) == definitions | {(name, "") for name in SCHEMAS}


def test_each_link_of_the_page_leads_to_a_heading() -> None:
    text = PAGE.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings))
    anchors = {re.sub(r"[^a-z-]", "", title.lower().replace(" ", "-")) for title in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= anchors


EXAMPLES = [
    (file, code)
    for section in re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    if (file := section.partition("\n")[0]) in FILES
    for code in re.findall(r"```(?:toml|json)\n(.*?)```", section, re.DOTALL)
]


@pytest.mark.parametrize(("file", "code"), EXAMPLES)
def test_each_example_of_the_page_is_valid(file: str, code: str) -> None:
    assert errors(parsed(code, Path(file).suffix), FILES[file]) == []
