"""The choice of outputs: `build --only` and [outputs] in spec.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from serving import write_spec
from shop_api import SHOP

from apiscribe.commands import main
from apiscribe.emit import emit_sorted
from apiscribe.emit.handlers.generated import imported
from apiscribe.model.outputs import ALL_OUTPUTS, OUTPUT_KINDS, OUTPUT_NAMES, chosen_outputs
from apiscribe.sources.compilation import Compilation, compile_folder

# The files that say what is in the package.
ABOUT = {"shop/__init__.py", "pyproject.toml"}
# Output → what is at the top of the folder or the package, besides the `__init__.py` of folders.
AT = {
    "api-json": {"api.json"},
    "proto": {"proto"},
    "openapi": {"openapi.json"},
    "models": {"pyproject.toml", "shop/models", "shop/v1", "shop/spaceone", "shop/py.typed"},
    "stubs": {"pyproject.toml", "shop/stubs", "shop/pool.py", "shop/py.typed"},
    "server": {"shop/registry", "shop/__main__.py", "requirements.txt"},
}


@pytest.fixture(scope="module")
def compilation(tmp_path_factory: pytest.TempPathFactory) -> Compilation:
    return compile_folder(write_spec(tmp_path_factory.mktemp("specs") / "shop", SHOP))


@pytest.fixture(scope="module")
def everything(compilation: Compilation) -> dict[str, bytes]:
    return written(compilation, ALL_OUTPUTS)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a spec that is built."""
    write_spec(tmp_path / "specs" / "shop", SHOP)
    monkeypatch.chdir(tmp_path)
    assert build().exit_code == 0
    return tmp_path


def build(*options: str) -> Result:
    return CliRunner().invoke(main, ["build", *options])


def written(compilation: Compilation, chosen: frozenset[str], **options: bool) -> dict[str, bytes]:
    outputs = emit_sorted(compilation.api, compilation.report, chosen=chosen, **options)
    assert outputs
    return {output.path: output.content for output in outputs}


def top(paths: Any) -> set[str]:
    """The first parts of paths: two in the package, and one besides."""
    parts = (
        path.split("/") for path in paths if path not in (".gitattributes", "shop/__init__.py")
    )
    return {"/".join(part[: 1 + (part[0] == "shop")]) for part in parts}


def state(folder: Path) -> set[str]:
    files = (file for file in (folder / "generated" / "shop").rglob("*") if file.is_file())
    return {file.relative_to(folder / "generated" / "shop").as_posix() for file in files}


def test_an_output_needs_only_those_before_it() -> None:
    for number, kind in enumerate(OUTPUT_KINDS):
        assert {*kind.needs} <= {*OUTPUT_NAMES[:number]}
    assert chosen_outputs(["server"]) == {"server", "models", "stubs"}
    assert chosen_outputs(["stubs", "proto"]) == {"stubs", "proto"}
    assert chosen_outputs([]) == ALL_OUTPUTS == AT.keys()


@pytest.mark.parametrize("name", OUTPUT_NAMES)
def test_a_chosen_output_is_written_with_what_it_needs(
    name: str, compilation: Compilation, everything: dict[str, bytes]
) -> None:
    chosen = chosen_outputs([name])
    outputs = written(compilation, chosen)
    assert top(outputs) == set.union(*(AT[each] for each in chosen))
    for path in outputs.keys() - ABOUT:
        assert outputs[path] == everything[path], path
    if name in ("models", "stubs", "server"):
        modules = [path for path in outputs if path.endswith(".py") and "__main__" not in path]
        parts = (path.removesuffix(".py").removesuffix("/__init__").split("/") for path in modules)
        files = emit_sorted(compilation.api, compilation.report, chosen=chosen)
        with imported("shop", files) as module:
            for _, *inside in parts:
                module(".".join(inside)) if inside else None


def test_all_outputs_are_those_of_each_choice(
    compilation: Compilation, everything: dict[str, bytes]
) -> None:
    choices = [written(compilation, chosen_outputs([name])) for name in OUTPUT_NAMES]
    assert {path for outputs in choices for path in outputs} == everything.keys()


@pytest.mark.parametrize(
    ("names", "title", "required", "extras"),
    [
        (["models"], "models", {"apiscribe-runtime"}, set()),
        (
            ["stubs"],
            "protobuf stubs",
            {"apiscribe-runtime", "googleapis-common-protos", "grpcio", "protobuf"},
            {"types"},
        ),
        (
            ["models", "stubs"],
            "models and protobuf stubs",
            {"apiscribe-runtime"},
            {"stubs", "types"},
        ),
        (
            ["server"],
            "models, protobuf stubs and a server",
            {"apiscribe-runtime"},
            {"stubs", "server", "types"},
        ),
    ],
)
def test_the_package_requires_what_is_in_it(
    names: list[str], title: str, required: set[str], extras: set[str], compilation: Compilation
) -> None:
    outputs = written(compilation, chosen_outputs(names))
    project = tomllib.loads(outputs["pyproject.toml"].decode())["project"]
    assert project["description"] == f"The API shop: {title}"
    assert {line.partition(">")[0] for line in project["dependencies"]} == required
    assert project.get("optional-dependencies", {}).keys() == extras
    assert f"The API shop: {title}." in outputs["shop/__init__.py"].decode()


def test_a_runtime_is_vendored_beside_a_package_only(compilation: Compilation) -> None:
    assert top(written(compilation, frozenset({"proto"}), vendor_runtime=True)) == {"proto"}
    outputs = written(compilation, frozenset({"models"}), vendor_runtime=True)
    assert "apiscribe_runtime/messages.py" in outputs
    assert b'packages = ["shop", "apiscribe_runtime"]' in outputs["pyproject.toml"]


def test_outputs_that_are_no_longer_wanted_are_removed(here: Path) -> None:
    before, lock = state(here), (here / "specs" / "shop" / "lock.json").read_bytes()
    checked = build("--check", "--only", "proto, models")
    assert checked.exit_code == 1
    assert state(here) == before
    (here / "generated" / "shop" / "notes.txt").write_text("mine")
    result = build("--only", "proto, models")
    assert result.exit_code == 0
    assert " deleted, " in result.stdout
    kept = {"manifest.json", "notes.txt", *AT["proto"], *AT["models"]}
    assert top(state(here)) == kept
    assert build("--check", "--only", "proto,models").exit_code == 0
    assert build("--check").exit_code == 1
    assert (here / "specs" / "shop" / "lock.json").read_bytes() == lock
    assert build().exit_code == 0
    assert state(here) == {*before, "notes.txt"}


def test_spec_toml_chooses_and_the_option_takes_precedence(here: Path) -> None:
    settings = here / "specs" / "shop" / "spec.toml"
    settings.write_text(f'{SHOP["spec.toml"]}[outputs]\nonly = ["openapi"]\n', "utf-8")
    assert build().exit_code == 0
    assert top(state(here)) == {"manifest.json", "openapi.json"}
    assert build("--check").exit_code == 0
    assert build("--only", "proto").exit_code == 0
    assert top(state(here)) == {"manifest.json", "proto"}


def test_an_unknown_output_is_status_2(here: Path) -> None:
    result = build("--only", "models,sevrer")
    assert result.exit_code == 2
    assert (
        '"sevrer" is not an output (did you mean "server"?); expected api-json, ' in result.stderr
    )
    assert "api.json" in state(here)


def test_handlers_are_stubbed_for_a_server_only(here: Path) -> None:
    settings = here / "specs" / "shop" / "spec.toml"
    settings.write_text(f'handlers = "../../handlers"\n{SHOP["spec.toml"]}', "utf-8")
    assert build("--only", "models,stubs").exit_code == 0
    assert not (here / "handlers").exists()
    assert build("--only", "server").exit_code == 0
    assert list((here / "handlers").rglob("*.py"))


def test_a_project_needs_the_server(here: Path) -> None:
    settings = here / "specs" / "shop" / "spec.toml"
    for name, status in ("models", 2), ("server", 0):
        settings.write_text(f'{SHOP["spec.toml"]}[outputs]\nonly = ["{name}"]\n', "utf-8")
        result = CliRunner().invoke(main, ["new", f"for-{name}", "--spec", "specs/shop"])
        assert result.exit_code == status, result.output
        assert ("leaves the server out" in result.stderr) == bool(status)
    assert not (here / "for-models").exists()
    assert top(path.name for path in (here / "for-server" / "generated" / "shop").iterdir()) == {
        *("manifest.json", "requirements.txt", "pyproject.toml", "shop", "apiscribe_runtime"),
    }
