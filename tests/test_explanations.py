"""Every code is explained by an example that is run: the bad spec shows it, the good one is clean."""

from __future__ import annotations

from pathlib import Path

import pytest
from adopting import adopted
from click.testing import CliRunner

from apiscribe.commands import main
from apiscribe.diagnostics import explanations
from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.explanations import Example, example
from apiscribe.diagnostics.report import Report
from apiscribe.sources.compilation import compile_folder

# Faults of the generator, and links: no text shows them.
OURS = {"uncompilable-output", "broken-link", "foreign-link", "not-a-file"}
EXPLAINED = sorted(CODES.keys() - OURS)


def lint(files: dict[str, bytes], folder: Path) -> Report:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    compilation = compile_folder(folder)
    adoption = adopted(compilation)
    return adoption.report if adoption else compilation.report


def example_of(code: str) -> Example:
    found = example(code)
    assert found, f"explanations/{code}.diff is missing"
    return found


@pytest.mark.parametrize("code", EXPLAINED)
def test_the_bad_example_shows_its_code(code: str, tmp_path: Path) -> None:
    report = lint(example_of(code).spec("-"), tmp_path / "shop")
    assert code in {found.code for found in report}
    if CODES[code].level != "error":
        assert {found.code for found in report.at("error", "warning")} <= {code, "undeclared-type"}


@pytest.mark.parametrize("code", EXPLAINED)
def test_the_good_example_is_clean(code: str, tmp_path: Path) -> None:
    report = lint(example_of(code).spec("+"), tmp_path / "shop")
    assert code not in {found.code for found in report}
    assert [found.message for found in report.at("error", "warning")] == []


def test_every_example_is_of_a_code() -> None:
    (folder,) = explanations.__path__
    assert {file.stem for file in Path(folder).glob("*.diff")} == set(EXPLAINED)


@pytest.mark.parametrize("code", EXPLAINED)
def test_explain_shows_differences(code: str) -> None:
    result = CliRunner().invoke(main, ["explain", code])
    assert result.exit_code == 0
    signs = [line[2] for line in result.output.splitlines() if line[:2] == "  " and line[2:]]
    assert {"-", "+"} & set(signs)
    lines = result.output.splitlines()
    for sign, line in (pair for file in example_of(code).files.values() for pair in file):
        if sign != " ":
            shown = sign.replace("=", " ")
            assert f"  {shown} {line.decode('utf-8', 'replace')}".rstrip() in lines
    assert len(lines) < 40
