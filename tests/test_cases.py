"""Cases: a folder each, named for the claim that it proves.

tests/cases/<group>/<claim>/ holds a spec (pages/, and spec.toml, overlay.toml, lock.json,
reference/ and handlers/ where the claim needs them) and all that must come of it: diagnostics.txt, and without an error
in it, api.txt and proto/, and the new lock.json as lock.new.json. Where there is a source/, the
numbers in it are adopted, and the diagnostics are those of adopting. `pytest tests/test_cases.py --refresh` rewrites what must come, and fails: look at the
difference, then run again.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from adopting import adopted
from click.testing import CliRunner

from apiscribe.commands import main
from apiscribe.diagnostics import codes
from apiscribe.diagnostics.codes import CODES, Code
from apiscribe.diagnostics.renderers import format_named, group_by_cause, summary
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.model.api_text import api_text
from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace.protoc import compile_protos

CASES = Path(__file__).parent / "cases"
GROUPS = set(
    "adopt examples gitbook handlers http hugo inference names numbers overlay pages protobuf references symbols".split()
)
FOLDERS = sorted(folder for group in CASES.iterdir() for folder in group.iterdir())
GENERATOR = Path(__file__).parents[1] / "generator" / "apiscribe"

_FOUND = re.compile(r"^\S+:\d+:\d+: (?:error|warning|note): (?P<code>[a-z0-9-]+): ", re.MULTILINE)

# Faults of the generator: no page may show them.
_OURS = {"uncompilable-output", "broken-link", "foreign-link", "not-a-file"}  # no text shows them


def results(compilation: Compilation) -> dict[str, bytes]:
    """What comes of a spec: path in its case folder → content."""
    if adoption := adopted(compilation):
        compilation = with_numbers(compilation, lock_text(adoption.lock))
        compilation.report = adoption.report
    found = group_by_cause(compilation.report, compilation.spec.sources)
    shown = format_named("text").render(found, summary(found, 0))
    api = compilation.api
    outputs = [] if compilation.failed else list(render_all(emit_proto(api)))
    protos = {output.path.removeprefix("proto/"): output.content for output in outputs}
    if protos:
        compile_protos(protos)
    results = {"diagnostics.txt": shown.encode()} | {o.path: o.content for o in outputs}
    if not compilation.failed:
        results["api.txt"] = api_text(api).encode("utf-8", "backslashreplace")
    if outputs and LOCK_FILE in compilation.spec.sources:
        results["lock.new.json"] = lock_text(compilation.lock).encode()
    return results


def with_numbers(compilation: Compilation, text: str) -> Compilation:
    """The same spec read with another lock.json."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name, compilation.spec.folder.name)
        shutil.copytree(compilation.spec.folder, copy)
        (copy / LOCK_FILE).write_text(text, encoding="utf-8")
        return compile_folder(copy)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder: path → content."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(found)}


def refresh(folder: Path, expected: dict[str, bytes]) -> None:
    """Replace the expectations of a case."""
    shutil.rmtree(folder / "proto", ignore_errors=True)
    for name in ("api.txt", "lock.new.json"):
        (folder / name).unlink(missing_ok=True)
    for path, content in expected.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_case(folder: Path, request: pytest.FixtureRequest) -> None:
    compilation = compile_folder(folder)
    actual = results(compilation)
    if request.config.getoption("refresh"):
        refresh(folder, actual)
        pytest.fail("refreshed; run again", pytrace=False)
    pages = {*compilation.spec.page_files, *compilation.spec.other_files}
    have = files(folder)
    given = {*pages, "spec.toml", "overlay.toml", LOCK_FILE}
    expected = {
        p: have[p]
        for p in have.keys() - given
        if not p.startswith(("reference/", "handlers/", "source/"))
    }
    assert actual.keys() == expected.keys()
    for path, content in expected.items():
        assert actual[path].decode() == content.decode(), path


def test_cases_are_named_for_their_claims() -> None:
    assert {folder.parent.name for folder in FOLDERS} == GROUPS
    for folder in FOLDERS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", folder.name), folder


def message_functions() -> dict[str, set[str]]:
    """The functions that make messages, with the word of each code that they use."""
    functions: dict[str, set[str]] = {}
    for info in pkgutil.iter_modules(codes.__path__, f"{codes.__name__}."):
        module = importlib.import_module(info.name)
        constants = {name: each for name, each in vars(module).items() if isinstance(each, Code)}
        assert set(constants.values()) <= set(CODES.values()), info.name
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == info.name and name[0] != "_":
                used = {
                    constants[each].word for each in function.__code__.co_names if each in constants
                }
                assert len(used) == 1, f"{name} makes messages of {used}"
                assert name not in functions, f"two functions are called {name}"
                functions[name] = used
    return functions


def names_in(file: Path) -> set[str]:
    """Every name that a module uses, other than in an import."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def test_every_message_is_used_and_every_code_has_one() -> None:
    functions = message_functions()
    files = [file for file in GENERATOR.rglob("*.py") if file.parent.name != "codes"]
    used = set().union(*(names_in(file) for file in files))
    assert functions.keys() - used == set()
    assert set().union(*functions.values()) == CODES.keys()


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.word)
def test_code_is_explained(code: Code) -> None:
    result = CliRunner().invoke(main, ["explain", code.word])
    assert result.exit_code == 0, result.output
    assert code.summary in result.output
    assert code.action in result.output


def test_every_code_is_shown_by_a_case() -> None:
    reports = [(folder / "diagnostics.txt").read_text(encoding="utf-8") for folder in FOLDERS]
    shown = {found["code"] for report in reports for found in _FOUND.finditer(report)}
    assert shown == CODES.keys() - _OURS
