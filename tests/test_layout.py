"""What the templates lay out is as black would have it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import black
import pytest
from _pytest.mark import ParameterSet
from black.mode import TargetVersion
from hypothesis import example, given
from hypothesis import strategies as st
from thorough import THOROUGH, examples, unless_ordinary

from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted, layout
from apiscribe.emit.encoders import WIDTH, Encoded, docstring, python_literal
from apiscribe.sources.compilation import compile_folder

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared")) / "corpus"

NAMES = st.text("abcdefgh_", min_size=1, max_size=60).map(lambda text: f"n{text}")
TEXTS = st.text() | st.text(st.sampled_from("ab'\"\\\n é한"), max_size=120)
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
    NAMES
    | st.tuples(NAMES, NAMES).map(".".join)
    | NAMES.map(lambda name: f"list[{name}]")
    | NAMES.map(lambda name: f"{name} | None")
)
INDENTS = st.sampled_from([0, 4, 8, 16])


def by_black(text: str, is_pyi: bool = False) -> str:
    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH, is_pyi=is_pyi)
    return black.format_str(text, mode=mode)


def within(lines: str, indent: int, opening: str = "if block:", closing: str = "") -> str:
    """A module that holds the lines at an indentation."""
    blocks = [f"{' ' * depth}if block:" for depth in range(0, indent - 4, 4)]
    outer = " " * (indent - 4)
    before = [f"{outer}{opening}"] if indent else []
    after = [f"{outer}{closing}"] if closing else []
    return "\n".join([*blocks, *before, " " * indent + lines, *after]) + "\n"


@examples(40)
@given(VALUES, INDENTS)
def test_a_literal_is_as_black_has_it(value: Any, indent: int) -> None:
    statement = layout.prefixed("x = ", layout.literal(value))
    made = within(layout.laid_out(statement, indent), indent)
    assert by_black(within(layout.flat(statement), indent)) == by_black(made) == made


@examples(40)
@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from([4, 8, 16]))
@example("n", {"n": [{"": None, "0" * 90: []}]}, 16)
@example("n", {"n": {"0" * 90: {}}}, 4)
def test_a_call_is_as_black_has_it(name: str, arguments: dict[str, Any], indent: int) -> None:
    values = {key: layout.literal(value) for key, value in arguments.items()}
    argument = layout.prefixed("x=", layout.call(name, **values))
    made = within(layout.laid_out(argument, indent, "argument"), indent, "call(", ")")
    assert by_black(made) == made
    flat = within(f"{layout.flat(argument)},", indent, "call(", ")")
    assert by_black(flat) == made


@examples(40)
@given(NAMES, TYPES, st.none() | st.dictionaries(NAMES, TEXTS, max_size=3), INDENTS)
def test_a_declaration_is_as_black_has_it(
    name: str, type_: str, arguments: dict[str, str] | None, indent: int
) -> None:
    values = {key: layout.literal(value) for key, value in (arguments or {}).items()}
    value = layout.call("Field", **values) if arguments is not None else Encoded("None")
    declaration = layout.Declaration(Encoded(name), Encoded(type_), value)
    made = within(layout.laid_out(declaration, indent), indent)
    assert by_black(within(layout.flat(declaration), indent)) == by_black(made) == made


@examples(40)
@given(NAMES, TYPES)
def test_a_parameter_is_as_black_has_it(name: str, type_: str) -> None:
    declaration = layout.Declaration(Encoded(name), Encoded(type_), Encoded("..."))
    made = within(
        layout.laid_out(declaration, 8, "parameter"), 8, "def function(", ") -> None: ..."
    )
    flat = within(f"{layout.flat(declaration)},", 8, "def function(", ") -> None: ...")
    assert by_black(flat, is_pyi=True) == by_black(made, is_pyi=True) == made


@examples(40)
@given(NAMES, st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_an_import_is_as_black_has_it(module: str, names: list[str]) -> None:
    made = f"{layout.import_statement(module, *names)}\n"
    assert by_black(f"from {module} import {', '.join(names)}\n") == by_black(made) == made


@examples(40)
@given(TEXTS.map(lambda text: text[:5]))
def test_a_string_is_quoted_as_black_does_it(text: str) -> None:
    assert by_black(f"x({text!r})\n") == f"x({python_literal(text)})\n"
    assert by_black(f"x({text.encode()!r})\n") == f"x({python_literal(text.encode())})\n"


@examples(40)
@given(TEXTS)
def test_a_docstring_is_as_black_has_it(text: str) -> None:
    made = f"class A:\n    {docstring(text, 4)}\n"
    assert by_black(made) == made
    made = f"{docstring(text)}\n"
    assert by_black(made) == made


LARGE = ("1.10.2", "2.x")  # versions of the corpus, of both forms of pages


def specs() -> list[ParameterSet]:
    own = sorted(folder for folder in (ROOT / "specs").iterdir() if folder.is_dir())
    corpus = [pytest.param(CORPUS / version, marks=unless_ordinary(version)) for version in LARGE]
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
