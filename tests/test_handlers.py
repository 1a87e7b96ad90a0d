"""`apiscribe build` and the handlers of a project: stubs for what is new, and nothing else touched."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from serving import write_spec

from apiscribe.commands import main
from apiscribe.workspace.output_dir import OutputDirError, add_files

PAGE = """
# Book

> **Package : shop.v1**

## Book

| Method | Request | Response |
| --- | --- | --- |
| borrow | BookRequest | BookInfo |
| get | BookRequest | BookInfo |

### borrow
> **POST** /shop/v1/book/borrow

### get
> **POST** /shop/v1/book/get

## Message

### BookRequest
| Field | Type | Required | Description |
| --- | --- | --- | --- |
| book_id | string | ✅ | |

### BookInfo
| Field | Type | Required | Description |
| --- | --- | --- | --- |
| book_id | string | | |
"""
MENDED = PAGE.replace("| get |", "| mend | BookRequest | BookInfo |\n| get |")
SETTINGS = 'name = "shop"\nhandlers = "../../handlers/shop"\n'
HEAD = '''"""Handlers of shop.v1.Book.

When this file was written, the server implemented get. A handler replaces the server's
implementation, and can call it: `await call.default(request)`.

`apiscribe explain shop.v1.Book` shows the current state.
"""

from __future__ import annotations

from apiscribe_runtime.handlers import Call, JsonObject, implements
from apiscribe_runtime.rows import Rows

from shop.models.shop.v1.book import BookInfo, BookRequest
'''
STUB = '''

@implements("shop.v1.Book.{name}")
async def {name}(request: BookRequest, rows: Rows, call: Call) -> BookInfo | JsonObject:
    """Implement {name}."""
    # Not written yet: the method is UNIMPLEMENTED.
    return await call.default(request)
'''
WRITTEN = """from apiscribe_runtime.handlers import implements

@implements("shop.v1.Book.borrow")
def  borrow(request,rows):   # as its people write
    return {"book_id": "b-1"}"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_spec(tmp_path / "specs" / "shop", {"spec.toml": SETTINGS, "pages/book.md": PAGE})
    return tmp_path


def build(*options: str) -> Result:
    return CliRunner().invoke(main, ["build", *options])


def files(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def check_style() -> None:
    """Hold the handlers in the current folder to what a project's ruff asks for."""
    check = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E,F,I,B,UP"]
    check += ["--ignore", "E501", "--config", 'src = ["generated/shop"]', "handlers"]
    ruff = subprocess.run(check, capture_output=True, text=True, check=False)
    assert ruff.returncode == 0, ruff.stdout + ruff.stderr


def change(here: Path, page: str) -> None:
    (here / "specs" / "shop" / "pages" / "book.md").write_text(page, "utf-8")


def test_a_service_gets_a_file_with_its_stubs(here: Path) -> None:
    result = build()
    assert result.exit_code == 0, result.output
    assert "handlers/shop/book.py: added\n" in result.output
    made = files(here / "handlers" / "shop")
    assert made.keys() == {"__init__.py", "book.py"}
    assert made["book.py"].decode() == HEAD + STUB.format(name="borrow")
    again = build()
    assert (again.exit_code, "added" in again.output) == (0, False)
    assert files(here / "handlers" / "shop") == made


def test_a_method_that_is_new_gets_a_file_and_no_other_is_touched(here: Path) -> None:
    write_spec(
        here / "handlers" / "shop", {"__init__.py": "", "book.py": WRITTEN, "mine.py": "x = 1"}
    )
    before = files(here / "handlers" / "shop")
    assert build().exit_code == 0
    assert files(here / "handlers" / "shop") == before
    change(here, MENDED)
    result = build("--check")
    assert result.exit_code == 1
    assert "handlers/shop/book_mend.py: would be added\n" in result.output
    assert files(here / "handlers" / "shop") == before
    assert build().exit_code == 0
    after = files(here / "handlers" / "shop")
    added = after.pop("book_mend.py").decode()
    assert after == before
    about = '"""A handler of a new method of shop.v1.Book."""\n'
    assert added == about + HEAD.partition('"""\n')[2] + STUB.format(name="mend")


def test_a_stub_takes_the_name_of_no_file(here: Path) -> None:
    taken = {"__init__.py": "", "book.py": WRITTEN, "book_mend.py": "MINE = 1\n"}
    write_spec(here / "handlers" / "shop", taken)
    change(here, MENDED)
    assert build().exit_code == 0
    after = files(here / "handlers" / "shop")
    assert after["book_mend.py"] == b"MINE = 1\n"
    assert b"async def mend(" in after["book_mend_2.py"]


def test_a_handler_of_a_removed_method_stops_the_build(here: Path) -> None:
    assert build().exit_code == 0
    (here / "handlers" / "shop" / "book.py").write_text(WRITTEN, "utf-8")
    before = files(here / "generated"), files(here / "handlers"), files(here / "specs")
    change(here, PAGE.replace("borrow", "lend"))
    result = build()
    assert result.exit_code == 1
    place = "handlers/shop/book.py:3:14: error: orphaned-handler: shop.v1.Book.borrow"
    message = f"{place} is not declared on any page (was it renamed to shop.v1.Book.lend?)\n"
    assert message in result.output
    assert 'help: Write @implements("shop.v1.Book.lend") if this is the new name' in result.output
    change(here, PAGE)
    assert (files(here / "generated"), files(here / "handlers"), files(here / "specs")) == before
    change(here, PAGE.replace("borrow", "lend"))
    book = here / "handlers" / "shop" / "book.py"
    book.write_text(WRITTEN.replace("Book.borrow", "Book.lend"), "utf-8")
    assert build().exit_code == 0
    assert files(here / "handlers").keys() == before[1].keys(), "the renamed one needs no stub"


def test_a_page_that_is_left_out_takes_no_handler_along(here: Path) -> None:
    write_spec(here / "handlers" / "shop", {"book.py": WRITTEN})
    other = PAGE.replace("Book", "Shelf").replace("book", "shelf")
    write_spec(here / "specs" / "shop", {"pages/shelf.md": other})
    change(here, PAGE.replace("> **Package : shop.v1**", ""))
    result = build("--partial")
    assert result.exit_code == 1
    assert "orphaned-handler" not in result.output
    assert "1 page left out" in result.output
    assert (here / "generated" / "shop").is_dir()


def test_handlers_outside_of_this_folder_are_refused(here: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    settings = SETTINGS.replace("../../handlers/shop", f"../../../{outside.name}")
    write_spec(here / "specs" / "shop", {"spec.toml": settings})
    result = build()
    assert result.exit_code == 2
    assert "are outside the current folder" in result.output
    assert not outside.exists()
    assert not (here / "generated").exists()


def test_files_are_added_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("mine", "utf-8")
    with pytest.raises(OutputDirError, match="already exists"):
        add_files(tmp_path, {"a.py": b"1", "b.py": b"2", "c.py": b"3"})
    assert files(tmp_path) == {"b.py": b"mine"}


def test_a_stream_of_requests_comes_as_an_iterator(here: Path) -> None:
    overlay = """
[[change]]
at = "shop.v1.Book.borrow"
was = {}
set = { request_streams = true }
reason = "Books are borrowed by the cart."
"""
    write_spec(here / "specs" / "shop", {"overlay.toml": overlay})
    result = build()
    assert result.exit_code == 0, result.output
    made = files(here / "handlers" / "shop")["book.py"].decode()
    assert "from collections.abc import AsyncIterator\n\nfrom apiscribe_runtime." in made
    assert "def borrow(\n    request: AsyncIterator[BookRequest], rows: Rows, call: Call\n)" in made
    assert "    raise not_implemented(call.method)\n" in made
    check_style()


# --- names that are hard to write in Python

HARD = """
# Handlers

> **Package : hard.class.v1**

## Rows

Of \"\"\"all\"\"\" \\

| Method | Request | Response | Description |
| --- | --- | --- | --- |
| implements | Rows | Call | \"\"\"; import os # \\\\ |
| import | dict | Call | \\N{DEGREE SIGN} {{ 7 * 7 }} ${x} |
| Call | Empty | JsonObject | |
| list | google.protobuf.Empty | google.protobuf.Struct | |
| dict | dict | google.protobuf.Empty | |
| aVeryLong | Rows | RowsOfALength | |

## Message

### Rows
| Field | Type |
| --- | --- |
| import | string |

### Call
| Field | Type |
| --- | --- |
| call | string |

### dict
| Field | Type |
| --- | --- |
| rows | string |

### Empty
| Field | Type |
| --- | --- |
| rows | string |

### JsonObject
| Field | Type |
| --- | --- |
| rows | string |

### RowsOfALength
| Field | Type |
| --- | --- |
| rows | string |
"""


def test_stubs_of_hard_names_are_plain_python(here: Path) -> None:
    long = f"L{'o' * 190}ng"
    page = HARD.replace("RowsOfALength", long).replace("aVeryLong", f"a{long}")
    two = page.replace("hard.class.v1", "hard.class.v2")
    write_spec(here / "specs" / "shop", {"pages/rows.md": page, "pages/two.md": two})
    result = build()
    assert result.exit_code == 0, result.output
    stubs = here / "handlers" / "shop"
    names = {file.name for file in stubs.iterdir()}
    assert names == {"__init__.py", "book.py", "v1_rows.py", "v2_rows.py"}
    text = (stubs / "v1_rows.py").read_text("utf-8")
    functions = [
        node.name for node in ast.parse(text).body if isinstance(node, ast.AsyncFunctionDef)
    ]
    assert functions[:5] == ["implements_2", "import_", "Call_", "list_", "dict_"]
    check_style()
    assert build("--check").exit_code == 0
