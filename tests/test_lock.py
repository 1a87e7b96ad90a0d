"""The text of lock.json: the types of fields, entries without a type."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from apiscribe.commands import main
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.model.lock import LOCK_FILE, Lock, Numbered, Numbers, lock_text, read_lock
from apiscribe.model.lock.field_types import FieldType, read_type
from apiscribe.model.types import MAP_KEYS

NAMES = st.from_regex(r"[a-z]\w{0,8}(\.[A-Za-z]\w{0,8}){0,3}", fullmatch=True)
TYPES = st.one_of(
    st.builds(FieldType, name=NAMES, repeated=st.booleans()),
    st.builds(FieldType, name=NAMES, key=st.sampled_from(sorted(MAP_KEYS))),
)


def read(text: str) -> tuple[Lock, list[str]]:
    report = Report()
    lock = read_lock(Source(LOCK_FILE, text), report)
    return lock, [diagnostic.message for diagnostic in report]


@examples(100)
@given(TYPES)
def test_a_type_is_read_as_it_was_written(type_: FieldType) -> None:
    assert read_type(type_.text) == type_


def test_the_values_of_a_map_are_renamed_and_its_keys_are_not() -> None:
    renamed = read_type("map<string, shop.v1.Book>").renamed({"shop.v1.Book": "shop.v2.Item"}.get)
    assert renamed.text == "map<string, shop.v2.Item>"


def test_a_reserved_field_may_have_no_type() -> None:
    numbers = Numbers(live={"a": Numbered(1, "string")}, reserved={"b": Numbered(2)})
    lock = Lock(messages={"shop.v1.Book": numbers})
    assert read(lock_text(lock)) == (lock, [])


def test_a_field_on_the_pages_has_a_type() -> None:
    lock = Lock(messages={"shop.v1.Book": Numbers(live={"a": Numbered(1)})})
    assert read(lock_text(lock)) == (
        Lock(),
        ['shop.v1.Book.a is not an object with "number" and "type"'],
    )


PROTO = """syntax = "proto3";
package shop.v1;
message Book {
  reserved 2, 7;
  reserved "gone";
  string title = 1;
  map<string, Author> authors = 3;
  map<string, State> states = 4;
  enum State { NEW = 0; LENT = 5; }
}
message Author { string name = 1; }
"""
PAGE = """# Book

> **Package : shop.v1**

## Message

### Book
| Field | Type |
| --- | --- |
| title | string |
| authors | map&lt;string, Author&gt; |
| stock | map&lt;string, int32&gt; |

### Author
| Field | Type |
| --- | --- |
| name | string |
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "book.md").write_text(PAGE, "utf-8")
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "book.proto").write_text(PROTO, "utf-8")
    return folder


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_an_adopted_lock_with_nameless_numbers_is_read(shop: Path) -> None:
    protos = shop.parent / "protos"
    run("adopt", shop, "--from", protos)
    text = (shop / LOCK_FILE).read_text("utf-8")
    assert '"authors": {"number": 3, "type": "map<string, shop.v1.Author>"}' in text
    assert read(text)[1] == []
    code, output = run("adopt", shop, "--from", protos, "--check")
    assert (code, "up to date" in output) == (0, True), output


def test_a_converted_spec_with_reserved_fields_compiles(shop: Path) -> None:
    out = shop.parent
    assert run("build", shop, "--out", out / "generated")[0] == 0
    page = shop / "pages" / "book.md"
    page.write_text(PAGE.replace("| title | string |\n", ""), "utf-8")
    assert run("build", shop, "--out", out / "generated")[0] == 0
    code, output = run("convert", shop, "--form", "gitbook", "--out", out / "converted")
    assert code == 0, output
    assert run("build", out / "converted" / "shop", "--out", out / "again")[0] == 0


def test_a_renamed_message_is_renamed_as_the_value_of_maps(shop: Path) -> None:
    out = shop.parent / "generated"
    assert run("build", shop, "--out", out)[0] == 0
    page = shop / "pages" / "book.md"
    page.write_text(PAGE.replace("Author&gt;", "Writer&gt;").replace("### Author", "### Writer"))
    (shop / "overlay.toml").write_text(
        '[[number]]\nat = "shop.v1.Writer"\nrenamed_from = "Author"\nreason = "Release 2."\n'
    )
    code, output = run("build", shop, "--out", out)
    assert code == 0, output
    assert "map<string, shop.v1.Writer>" in (shop / LOCK_FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("type_", "compatible"),
    [
        ("map&lt;string, int32&gt;", True),
        ("map&lt;string, uint32&gt;", True),
        ("map&lt;int32, int32&gt;", False),
        ("map&lt;string, Author&gt;", False),
        ("int32", False),
    ],
)
def test_another_map_is_compatible_if_its_keys_and_values_are(
    shop: Path, type_: str, compatible: bool
) -> None:
    out = shop.parent / "generated"
    assert run("build", shop, "--out", out)[0] == 0
    page = shop / "pages" / "book.md"
    page.write_text(PAGE.replace("map&lt;string, int32&gt;", type_), "utf-8")
    code, output = run("build", shop, "--out", out)
    assert (code == 0, "incompatible-type" not in output) == (compatible, compatible), output
