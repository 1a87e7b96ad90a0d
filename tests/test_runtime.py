"""The runtime of generated packages: a distribution that they require, or a copy beside them."""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from serving import package, tree, write_spec
from shop_api import SHOP

import apiscribe_runtime
from apiscribe.commands import main
from apiscribe.emit.runtime import runtime_requirement, server_requirements
from apiscribe_runtime import require

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "runtime" / "apiscribe_runtime"
FILES = [file for file in SOURCE.rglob("*") if file.suffix == ".py" or file.name == "py.typed"]
COPY = {file.relative_to(SOURCE.parent).as_posix() for file in FILES}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec, which is the current one."""
    monkeypatch.chdir(tmp_path)
    write_spec(tmp_path / "specs" / "shop", SHOP)
    return tmp_path


def forget(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the modules of a package be imported again, and restore them after the test."""
    for module in list(sys.modules):
        if module == name or module.startswith(f"{name}."):
            monkeypatch.delitem(sys.modules, module)


# --- a copy of it


def test_build_copies_the_runtime_and_removes_the_copy_again(here: Path) -> None:
    for options, setting in ((["--vendor"], ""), ([], "vendor_runtime = true\n")):
        write_spec(here / "specs" / "shop", {"spec.toml": setting})
        assert run("build", *options).exit_code == 0
        out = here / "generated" / "shop"
        listed = set(json.loads((out / "manifest.json").read_text("utf-8"))["files"])
        assert listed >= COPY
        for path in COPY:
            assert (out / path).read_bytes() == (SOURCE.parent / path).read_bytes()
        _, *required = (out / "requirements.txt").read_text("utf-8").splitlines()
        assert required == server_requirements(vendor=True)
        assert not [line for line in required if "apiscribe" in line]

        write_spec(here / "specs" / "shop", {"spec.toml": ""})
        assert run("build").exit_code == 0
        listed = set(json.loads((out / "manifest.json").read_text("utf-8"))["files"])
        assert not listed & COPY
        assert not (out / "apiscribe_runtime").exists()
        required = (out / "requirements.txt").read_text("utf-8").splitlines()[1:]
        assert required == [runtime_requirement("server")]


def test_a_copy_changes_no_other_output(here: Path) -> None:
    for out, options in (("plain", []), ("vendored", ["--vendor"])):
        assert run("build", "--out", out, *options).exit_code == 0
    texts = {
        out: {
            file.relative_to(here / out / "shop").as_posix(): file.read_bytes()
            for file in (here / out).rglob("*.*")
        }
        for out in ("plain", "vendored")
    }
    differ = {path for path, _ in texts["plain"].items() ^ texts["vendored"].items()}
    assert differ == {*COPY, "pyproject.toml", "requirements.txt", "manifest.json"}


@pytest.mark.parametrize("vendored", [True, False])
def test_a_project_has_a_copy_unless_it_shall_require_the_distribution(
    here: Path, vendored: bool
) -> None:
    write_spec(here / "specs" / "shop", {"spec.toml": f"vendor_runtime = {not vendored}".lower()})
    options = [] if vendored else ["--no-vendor"]
    assert run("new", "service", "--spec", "specs/shop", *options).exit_code == 0
    settings = tomllib.loads((here / "service" / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["dependencies"] == server_requirements(vendored)
    packages = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copy = "generated/shop/apiscribe_runtime"
    assert (copy in packages, (here / "service" / copy).is_dir()) == (vendored, vendored)
    built = CliRunner().invoke(main, ["build", "service/specs/shop", "--out", "service/generated"])
    assert "shop: 0 written, " in built.output, "the next build does the same"


# --- its version


@pytest.mark.parametrize(
    ("version", "requirement", "fits"),
    [
        ("0.1.0", "apiscribe-runtime>=0.1,<0.2", True),
        ("0.1.9", "apiscribe-runtime>=0.1,<0.2", True),
        ("0.2.0", "apiscribe-runtime>=0.1,<0.2", False),
        ("0.1.9", "apiscribe-runtime>=0.2,<0.3", False),
        ("0.10.0", "apiscribe-runtime>=0.9,<0.11", True),
        ("1.4.2", "apiscribe-runtime>=1.3,<2", True),
        ("2.0.0", "apiscribe-runtime>=1.3,<2", False),
    ],
)
def test_a_package_checks_the_version_that_it_was_generated_for(
    version: str, requirement: str, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apiscribe_runtime, "__version__", version)
    if fits:
        require(requirement, "shop")
        return
    with pytest.raises(ImportError) as error:
        require(requirement, "shop")
    assert f"another version of its runtime than {version}" in str(error.value)
    assert str(error.value).endswith(f"; run: pip install '{requirement}'")


def test_a_package_is_generated_for_this_version() -> None:
    require(runtime_requirement(), "shop")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = settings["project"]["optional-dependencies"]
    assert extras["serve"] == [runtime_requirement("server")]
    stating = [
        file.relative_to(tree("shop")).as_posix()
        for file in tree("shop").rglob("*.py*")
        if "__pycache__" not in file.parts and "apiscribe-runtime" in file.read_text("utf-8")
    ]
    assert stating == ["shop/__init__.py"], "in one place"


def test_a_package_without_its_runtime_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package(tree("shop"))
    forget("shop", monkeypatch)
    monkeypatch.setitem(sys.modules, "apiscribe_runtime", None)
    with pytest.raises(ImportError) as error:
        importlib.import_module("shop")
    assert str(error.value) == (
        "the runtime of this package is not installed;"
        f" run: pip install '{runtime_requirement()}'"
    )


# --- `apiscribe serve`


def test_serve_without_the_libraries_of_the_server_says_what_to_install(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget("apiscribe_runtime", monkeypatch)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    result = run("serve", "specs/shop")
    assert result.exit_code == 2
    assert result.output == ("Error: serve needs sqlalchemy; run: pip install 'apiscribe[serve]'\n")


def test_serve_with_another_version_of_the_runtime_says_what_to_install(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apiscribe_runtime, "__version__", "99.0.0")
    result = run("serve", "specs/shop")
    assert result.exit_code == 2
    assert result.output.startswith("Error: shop was generated for another version")
    assert result.output.endswith(f"; run: pip install '{runtime_requirement()}'\n")
