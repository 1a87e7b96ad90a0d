"""ruff lays generated Python out, and black would change nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import black
import pytest
from _pytest.mark import ParameterSet
from black.mode import TargetVersion
from hypothesis import given
from hypothesis import strategies as st
from thorough import THOROUGH, examples, unless_ordinary

from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted
from apiscribe.emit.encoders import WIDTH, docstring, python_call, python_import, python_literal
from apiscribe.sources.compilation import compile_folder
from apiscribe.workspace import ruff

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared")) / "corpus"

NAMES = st.text("abcdefgh_", min_size=1, max_size=60).map(lambda text: f"n{text}")
TEXTS = st.text(max_size=120) | st.text(st.sampled_from("ab'\"\\\n é한"), max_size=120)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS, inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=12,
)
TYPES = (
    NAMES | NAMES.map(lambda name: f"list[{name}]") | NAMES.map(lambda name: f"dict[str, {name}]")
)


def by_black(text: str, is_pyi: bool = False) -> str:
    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH, is_pyi=is_pyi)
    return black.format_str(text, mode=mode)


def by_ruff(text: str, path: str = "module.py") -> str:
    return ruff.formatted({path: text.encode()})[path].decode()


def test_imports_are_in_the_order_of_isort() -> None:
    text = "from .b import Zebra, Ant\nfrom ..a import x as y, z\nfrom typing import Any\n"
    wanted = "from typing import Any\n\nfrom ..a import x as y\nfrom ..a import z\n"
    found = ruff.formatted({"module.py": text.encode()}, sort_imports=True)["module.py"].decode()
    assert found == wanted + "from .b import Ant, Zebra\n"


def refuse(modules: Mapping[str, bytes], *, sort_imports: bool) -> dict[str, bytes]:
    raise ruff.RuffError("refused")


@examples(15)
@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), st.lists(NAMES, min_size=1, unique=True))
def test_black_agrees_on_models_and_calls(
    name: str, values: dict[str, Any], imported: list[str]
) -> None:
    arguments = {key: python_literal(value) for key, value in values.items()}
    call = python_call("Field", default=python_literal(None), **arguments)
    module = f"""{python_import("module", *imported)}


class {name}(Message):
    {docstring("A model", 4)}

    model_config = {python_call("ConfigDict", json_schema_extra=python_literal(values))}

    {name}: {name} | None = None
    {name}: list[{name}] = {call}


page = PageServices(
    services={call},
)
"""
    formatted = by_ruff(module)
    assert by_black(formatted) == formatted


@examples(10)
@given(st.lists(st.tuples(NAMES, TYPES), min_size=1, max_size=8))
def test_black_agrees_on_stubs(fields: list[tuple[str, str]]) -> None:
    declared = "".join(f"    {name}: {type_}\n" for name, type_ in fields)
    parameters = ", ".join(f"{name}: _Optional[{type_}] = ..." for name, type_ in fields)
    module = f"class A:\n{declared}    def __init__(self, *, {parameters},) -> None: ...\n"
    formatted = by_ruff(module, "module.pyi")
    assert by_black(formatted, is_pyi=True) == formatted


@examples(40)
@given(TEXTS)
def test_a_docstring_is_as_black_has_it(text: str) -> None:
    made = f"class A:\n    {docstring(text, 4)}\n"
    assert by_black(made) == made
    made = f"{docstring(text)}\n"
    assert by_black(made) == made


def test_no_setting_and_no_folder_of_the_machine_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "build"  # ruff skips folders of this name by default
    folder.mkdir()
    (tmp_path / "ruff.toml").write_text("line-length = 10\n")
    (tmp_path / ".gitignore").write_text("*\n")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert by_ruff("x = ['some text', 'some text']") == 'x = ["some text", "some text"]\n'


def test_code_that_ruff_refuses_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ruff.RuffError, match="Failed to parse"):
        by_ruff("x = (\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("apiscribe.emit.python_files.ruff.formatted", refuse)
    report = Report()
    assert emit_sorted(compile_folder(ROOT / "specs" / "cloudforet").api, report) == []
    assert [error.code for error in report.at("error")] == ["uncompilable-output"]


LARGE = ("1.10.2", "2.x")  # versions of the corpus, of both forms of pages


def specs() -> list[ParameterSet]:
    own = sorted(folder for folder in (ROOT / "specs").iterdir() if folder.is_dir())
    corpus = [
        pytest.param(CORPUS / version, marks=[pytest.mark.slow, *unless_ordinary(version)])
        for version in LARGE
    ]
    return [*map(pytest.param, own), *corpus]


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_black_would_change_no_output(spec: Path) -> None:
    if not spec.is_dir():
        pytest.skip("the corpus is not here (APISCRIBE_CORPUS)")
    made = {
        output.path: output.content.decode()
        for output in emit_sorted(compile_folder(spec).api, Report())
        if output.path.endswith((".py", ".pyi"))
    }
    assert made
    # Files of one kind are alike: of a large version one in four is tried.
    if spec.name in LARGE and not THOROUGH:
        made = dict(sorted(made.items())[::4])
    changed = {path for path, text in made.items() if by_black(text, path.endswith("i")) != text}
    assert not changed, json.dumps(sorted(changed), indent=1)
