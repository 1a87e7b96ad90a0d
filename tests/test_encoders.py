"""Encoders: text of a page comes out harmless, and as itself where it can."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest
from bs4 import BeautifulSoup
from google.api import annotations_pb2
from hypothesis import assume, example, given
from hypothesis import strategies as st
from thorough import examples

from apiscribe.emit import encoders
from apiscribe.emit.encoders import Encoded
from apiscribe.emit.html_prose import html_prose
from apiscribe.emit.templates import render
from apiscribe.workspace.protoc import compile_protos

TEMPLATES = Path(__file__).parents[1] / "templates"

# What ends a line, a comment or a string for somebody who reads our output.
SPECIAL = (
    *("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
    *(
        "*/",
        "/*",
        "//",
        "*",
        "/",
        '"""',
        "'''",
        '"',
        "'",
        "\\",
        "\\\\",
        "\\n",
        "`",
        "$",
        "{{",
        "%}",
    ),
    *("\x00", "\x07", "\x1b[31m", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"),
    *("\t", " ", "  ", "\xa0", "\u3000", "word", "é", "日本", "🎉", "\U000e0041"),
)
HOSTILE = st.lists(st.sampled_from(SPECIAL) | st.text(max_size=4), max_size=40).map("".join)
TEXTS = HOSTILE | st.text()
INDENTS = st.sampled_from([0, 2, 4])


def is_plain(text: str) -> bool:
    """Whether no character of a line steers or hides anything."""
    return all(char.isprintable() for char in text)


@examples(400)
@given(TEXTS, INDENTS)
@example("*/ message Evil {}", 0)
@example("**//**//**", 0)
@example("/*/*/", 2)
@example("a\\", 0)
@example("a\\ \u3000", 0)
@example('"' * 7 + "'" * 7, 0)
def test_a_comment_is_only_comment_to_every_reader(text: str, indent: int) -> None:
    lines = encoders.comment(text, indent)
    for line in lines:
        assert isinstance(line, Encoded)
        assert line == "//" or line.startswith("// ")
        assert is_plain(line)
        rest = line.removeprefix("//")
        for mark in ("*/", "/*", '"""', "'''"):
            assert mark not in rest
    assert not lines or not lines[-1].endswith("\\")


@pytest.mark.parametrize("before", range(90, 96))
def test_no_line_of_a_comment_ends_in_a_backslash(before: int) -> None:
    text = " ".join(["w" * before, "\\", "\\ end"])
    assert not [line for line in encoders.comment(text) if line.endswith("\\")]


@examples(400)
@given(TEXTS)
@example("\\")
@example('{\n  "a": 1\n}')
@example('{"a": "*/ message Evil {}"}\\\n\\')
def test_a_verbatim_comment_is_only_comment_to_every_reader(text: str) -> None:
    title, *lines = encoders.comment_verbatim("Example (response):", text)
    assert title == "// Example (response):"
    for line in lines:
        assert isinstance(line, Encoded)
        assert line == "//" or line.startswith("//   ")
        assert is_plain(line.replace("\t", " "))
        assert not line.endswith("\\")
        assert not re.search(r"\*/|/\*|\"{3}|'{3}", line.removeprefix("//"))


def test_a_verbatim_comment_keeps_lines_and_indentation() -> None:
    lines = encoders.comment_verbatim("Example:", '{\n  "a": [\n    1\n  ]\n}\n')
    assert lines == ["// Example:", "//   {", '//     "a": [', "//       1", "//     ]", "//   }"]


@given(st.lists(st.text("abcXYZ019.,;", min_size=1), max_size=60), INDENTS)
def test_a_comment_keeps_every_word(words: list[str], indent: int) -> None:
    lines = encoders.comment(" ".join(words), indent)
    assert " ".join(lines).replace("//", " ").split() == words
    for line in lines:
        assert indent + len(line) <= encoders.WIDTH or " " not in line.removeprefix("// ")


@given(st.text(st.sampled_from("\n\r\u2028 \t\v\x85")))
def test_blanks_make_no_comment(text: str) -> None:
    assert encoders.comment(text) == []


@examples(8)
@given(st.lists(HOSTILE | st.text(), min_size=20, max_size=60))
def test_protoc_reads_a_string_as_it_was(texts: list[str]) -> None:
    """Lone surrogates apart: protobuf has no strings with them."""
    wanted = [text.encode("utf-8", "ignore").decode() for text in texts]
    rows = [
        f"rpc M{index}(E) returns (E) {{ option (google.api.http) = {{ get: {literal} }}; }}"
        for index, literal in enumerate(map(encoders.proto_string, wanted))
    ]
    lines = ['syntax = "proto3";', 'import "google/api/annotations.proto";', "message E {}"]
    source = "\n".join([*lines, "service S {", *rows, "}"])
    assert source.isascii()
    assert source.count("\n") == len(lines) + len(rows) + 1
    (service,) = compile_protos({"x.proto": source.encode()})["x.proto"].service
    options = [method.options.Extensions[annotations_pb2.http].get for method in service.method]
    assert options == wanted


@given(TEXTS)
def test_a_proto_string_is_one_literal_of_printable_ascii(text: str) -> None:
    literal = encoders.proto_string(text)
    assert isinstance(literal, Encoded)
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\]|\\[0-7]{3})*"', literal)
    assert literal.isascii()
    assert is_plain(literal)


def test_a_proto_string_is_utf_8() -> None:
    literal = encoders.proto_string("a\ud800")
    value = ast.literal_eval(f"b{literal}")
    assert value.decode("utf-8")


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.binary()
)


@given(VALUES)
def test_a_python_literal_is_the_value(value: Any) -> None:
    literal = encoders.python_literal(value)
    assert isinstance(literal, Encoded)
    assert is_plain(literal)
    assert ast.literal_eval(literal) == value


@pytest.mark.xfail(strict=True, reason="repr of nan and inf is a name that no module defines")
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_python_literal_of_every_number_is_a_literal(value: float) -> None:
    ast.literal_eval(encoders.python_literal(value))


def shown(text: str) -> list[str]:
    """The words of a text as a docstring shows them."""
    return " ".join(encoders.plain_lines(text)).split()


def read_docstring(text: str, indent: int) -> str:
    """What Python reads of a class whose docstring it is; fails where there is more in it."""
    margin = " " * indent
    head = "" if indent == 0 else "class C:\n"
    tree = ast.parse(f"{head}{margin}{encoders.docstring(text, indent)}\n{margin}x = 1\n")
    holder: Any = tree if indent == 0 else tree.body[0]
    first, second = holder.body
    assert isinstance(second, ast.Assign)
    assert isinstance(first, ast.Expr)
    assert isinstance(first.value, ast.Constant)
    return str(first.value.value)


@examples(400)
@given(TEXTS, INDENTS)
@example('"', 0)
@example('a"', 4)
@example('a""', 4)
@example('""" + f() + """ x', 4)
@example("\\", 4)
@example('\\"', 4)
@example('a\n"""\nimport os\n"""\nb', 4)
@example("\\N{DIGIT ONE} \\x41 \\", 0)
def test_a_docstring_is_one_string_with_the_words_of_the_text(text: str, indent: int) -> None:
    assume(not "".join(shown(text)[-1:]).endswith('"""'))  # the next test's
    assert read_docstring(text, indent).split() == shown(text)


@pytest.mark.parametrize("text", ['"""', 'a"""', 'a\nb"""', '"""\nimport os\n"""'])
def test_a_docstring_may_end_in_three_quotes(text: str) -> None:
    assert read_docstring(text, 4).split() == text.split()


@examples(400)
@given(TEXTS)
@example("`<b>`**<i>**[<u>](x)\\<")
@example("`a``b` ![x](javascript:1)")
def test_prose_has_only_code_strong_words_and_breaks(text: str) -> None:
    shown = BeautifulSoup("".join(html_prose(text)), "html.parser")
    assert {tag.name for tag in shown.find_all(True)} <= {"code", "b", "br"}
    assert not any(tag.attrs for tag in shown.find_all(True))
    assert is_plain(shown.get_text().replace("\t", " "))


def test_prose_keeps_its_words() -> None:
    text = "Takes `a < b`,\nand **not** [that](x.md#y).\n\n- one\n- two"
    first, second = html_prose(text)
    assert first == "Takes <code>a &lt; b</code>, and <b>not</b> that."
    assert second == "- one<br>- two"


@given(st.text())
def test_a_name_is_an_identifier_or_a_path_of_them(text: str) -> None:
    wanted = all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", part) for part in re.split("[./]", text))
    try:
        assert encoders.name(text) == text
        assert wanted or text.startswith(".")
    except ValueError:
        assert not wanted


def test_the_allow_list_holds_under_python_o() -> None:
    program = "from apiscribe.emit.encoders import name; name('x; import os')"
    done = subprocess.run([sys.executable, "-O", "-c", program], capture_output=True, check=False)
    assert done.returncode != 0


def test_the_rest_of_a_long_line_is_put_before_the_next_line_of_its_paragraph() -> None:
    long = " ".join(["word"] * 30)
    assert encoders.comment(f"{long}\nand more") == [
        f"// {' '.join(['word'] * 19)}",
        f"// {' '.join(['word'] * 11)} and more",
    ]
    for apart in ("- an item", "1. an item", "| a cell |", "# a heading", "", "> a quote"):
        assert encoders.comment(f"{long}\n{apart}\nx")[2:] == [f"// {apart}".rstrip(), "// x"]


HEADS = {
    "models/module.py.j2": {"imports": [], "enums": [], "messages": []},
    "stubs/pb2.pyi.j2": {
        "uses_builtins": False,
        "uses_enums": False,
        "well_known": [],
        "imports": [],
        "messages": [],
        "enums": [],
        "values": [],
    },
    "stubs/pb2_grpc.py.j2": {"root": "", "uses_pool": False, "imports": [], "services": []},
    "stubs/pb2_grpc.pyi.j2": {"well_known": [], "imports": [], "services": []},
}


@pytest.mark.parametrize("template", HEADS)
@pytest.mark.parametrize(
    "value",
    [
        "plain",
        Encoded("a") + "b",
        f"{Encoded('a')}",
        Encoded("a").upper(),
        jinja2.filters.Markup("a"),
        b"bytes",
        None,
        1.5,
        ["list"],
    ],
    ids=repr,
)
def test_a_template_prints_nothing_that_no_encoder_has_seen(template: str, value: object) -> None:
    view = {name: Encoded(part) if part == "" else part for name, part in HEADS[template].items()}
    assert '"""Fine."""' in render(template, docstring=encoders.docstring("Fine."), **view)
    with pytest.raises(TypeError, match="was not encoded"):
        render(template, docstring=value, **view)


@pytest.mark.parametrize("template", HEADS)
def test_a_template_misses_nothing_in_silence(template: str) -> None:
    with pytest.raises((jinja2.UndefinedError, TypeError)):
        render(template)


NAMES_OF_TEMPLATES = {file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.j2")}
(INDENTATION,) = (
    jinja2.Environment()
    .parse("{% filter indent(2, first=True) %}{% endfilter %}")
    .find_all(jinja2.nodes.Filter)
)


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.j2")), ids=lambda file: file.name)
def test_no_template_opens_a_way_around_the_encoders(file: Path) -> None:
    """`finalize` sees what is printed; these would change it afterwards, or run something."""
    text = file.read_text("utf-8")
    for word in ("|safe", "| safe", "autoescape", "import %}", "{% call", "{% set", "|e}"):
        assert word not in text
    source = jinja2.Environment().parse(text)
    # What is included stands among the templates, and is held to the same.
    for include in source.find_all(jinja2.nodes.Include):
        assert isinstance(include.template, jinja2.nodes.Const), include
        assert include.template.value in NAMES_OF_TEMPLATES, include
    # A block is indented after `finalize` saw each part of it; blanks change no line of it.
    indented = [block.filter for block in source.find_all(jinja2.nodes.FilterBlock)]
    assert all(used == INDENTATION for used in indented), indented
    filters = list(source.find_all(jinja2.nodes.Filter))
    assert len(filters) == len(indented), filters
    assert not list(source.find_all((jinja2.nodes.Call, jinja2.nodes.Assign)))
