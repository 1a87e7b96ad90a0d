"""The Python API: the names of `apiscribe`, and docs/python-api.md."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from importlib import import_module, resources
from pathlib import Path

import pytest
from click.testing import CliRunner

import apiscribe
from apiscribe.commands import main

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python-api.md").read_text("utf-8")
NAMES = [name for name in apiscribe.__all__ if name != "__version__"]
# Modules of the types that the page describes and `apiscribe` does not offer by name.
MODULES = (
    "apiscribe.model.api",
    "apiscribe.model.types",
    "apiscribe.drift.change",
    "apiscribe.diagnostics.source",
)


def files(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def spec(folder: Path, page: str = "") -> Path:
    """A copy of a spec without its lock; `page` is added to a page of it."""
    shutil.copytree(ROOT / "specs" / "cloudforet", folder)
    (folder / "lock.json").unlink()
    job = folder / "pages" / "inventory" / "v1" / "Job.md"
    job.write_text(job.read_text("utf-8") + page, "utf-8")
    return folder


def test_type_checkers_read_the_name() -> None:
    tree = ast.parse(Path(apiscribe.__file__).read_text("utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {
        alias.asname or alias.name: getattr(import_module(node.module or ""), alias.name)
        for node in checked.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {name: getattr(apiscribe, name) for name in NAMES}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = apiscribe.nothing  # type: ignore[attr-defined]


def test_the_package_is_typed() -> None:
    assert resources.files("apiscribe").joinpath("py.typed").is_file()


def test_the_package_loads_nothing_of_its_own() -> None:
    program = "import sys, apiscribe; print([n for n in sys.modules if n.startswith('apiscribe.')])"
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_the_page_describes_every_name() -> None:
    cells = re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE)
    assert set(NAMES) <= set(cells)


def test_the_page_describes_attributes_that_exist() -> None:
    types = PAGE.partition("| type | attributes |")[2].partition("\n\n")[0]
    for name, attributes in re.findall(r"^\| `(\w+)` \| (.*) \|$", types, re.MULTILINE):
        homes = (apiscribe, *map(import_module, MODULES))
        kind = next(getattr(home, name) for home in homes if hasattr(home, name))
        have = {*dir(kind), *getattr(kind, "__dataclass_fields__", ())}
        named = re.findall(r"`(\w+)(?:\(\))?`", re.sub(r"\([^)]+\)", "", attributes))
        assert named, name
        assert set(named) <= have, name


def test_outputs_are_those_of_the_command(tmp_path: Path) -> None:
    ours, theirs = spec(tmp_path / "ours" / "cloudforet"), spec(tmp_path / "theirs" / "cloudforet")
    out = tmp_path / "out"
    compilation = apiscribe.compile_spec(apiscribe.load_spec(ours))
    changes = apiscribe.write_outputs(compilation, out / "ours")
    built = CliRunner().invoke(main, ["build", str(theirs), "--out", str(out / "theirs")])
    assert built.exit_code == 0
    assert files(out / "ours") == files(out / "theirs" / "cloudforet")
    assert files(ours) == files(theirs)
    assert (ours / "lock.json").is_file()
    assert set(changes.written) == files(out / "ours").keys()
    again = apiscribe.compile_spec(apiscribe.load_spec(ours))
    assert not apiscribe.write_outputs(again, out / "ours")


def test_a_failed_compilation_writes_nothing(tmp_path: Path) -> None:
    folder = spec(tmp_path / "cloudforet", "| broken | two words | | |\n")
    overlay = folder / "overlay.toml"
    overlay.write_text(overlay.read_text("utf-8") + "\n[[broken]]\n", "utf-8")
    before = files(folder)
    compilation = apiscribe.compile_spec(apiscribe.load_spec(folder))
    assert compilation.failed
    assert any(diagnostic.level == "error" for diagnostic in compilation.diagnostics)
    with pytest.raises(apiscribe.OutputError, match=r"cloudforet has errors: overlay\.toml:\d+: "):
        apiscribe.write_outputs(compilation, tmp_path / "out")
    assert files(folder) == before
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_an_error_before_the_lock_changes(
    tmp_path: Path,
) -> None:
    folder = spec(tmp_path / "cloudforet")
    (tmp_path / "out").write_text("a file", "utf-8")
    compilation = apiscribe.compile_spec(apiscribe.load_spec(folder))
    with pytest.raises(apiscribe.OutputDirError):
        apiscribe.write_outputs(compilation, tmp_path / "out")
    assert not (folder / "lock.json").exists()


def test_a_source_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(apiscribe.SourceError):
        apiscribe.open_version(str(tmp_path / "missing"))
