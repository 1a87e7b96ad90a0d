"""What `lint` prints of folders that are no specs: what was seen, and the way out, in few lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from apiscribe.commands import main

BOOK = """\
# Book

> **Package : shop.v1**

## Message

### BookInfo
| Field | Type |
| --- | --- |
| title | string |
"""
GUIDE = """\
# Guide

Install it, and start it.

| Option | Meaning |
| --- | --- |
| fast | less care |
"""
OPENAPI = "openapi: 3.0.0\ninfo: {title: x, version: '1'}\npaths: {}\n"
NO_PAGES = "error: no-pages: the folder has no pages"
CHECK = "Check the folder of the pages; pages are Markdown, MDX, HTML and text files."
CONVERT = "Pages are Markdown, MDX, HTML and text files; convert others, for example with"
SOURCES = "`apiscribe drift` and `apiscribe adopt` also read OpenAPI and `.proto`."

UNPACK = "Unpack the archives;"
ONE_PAGE = "error: no-pages: the only page declares no service and no type"
GRAPHQL = """\
# Books

```graphql
query { book(id: 1) { title } }
```

## Book

| Field | Type | Description |
| --- | --- | --- |
| title | String! | The title |
| author | Author | |
"""
COMMANDS = """\
## tool add

```
tool add [flags]
```

### Options

| Flag | Type | Default |
| --- | --- | --- |
| --name | string | |
| -v | bool | false |
"""
LIBRARY = """\
# module `shop`

### `Book(title: str, pages: int = 0)`

| Parameter | Type | Description |
| --- | --- | --- |
| title | str | its title |
"""
CHANGELOG = """\
# Changelog

## 1.2.0

- Added `GET /v1/books`
- Removed the field `pages` of message `Book`
"""
CONTENTS = """\
# Protocol Documentation

## Table of Contents

- [shop/v1/book.proto](#shop_v1_book-proto)
    - [Book](#shop-v1-Book)
"""
COLUMNS = """\
# Tables

## books

| Column | Type | Nullable |
| --- | --- | --- |
| id | bigint | no |
"""

# Folder → its files, what stands in the first line, and in the help.
REFUSED = {
    "an empty folder": ({}, NO_PAGES, CHECK),
    "images only": ({"a.png": "x", "b.svg": "x"}, f"{NO_PAGES}, only other files: .png (1), .svg (1)", CONVERT),
    "rst": ({"index.rst": "Books\n=====\n"}, f"{NO_PAGES}, only other files: .rst (1)", CONVERT),
    "adoc": ({"index.adoc": "= Books\n"}, f"{NO_PAGES}, only other files: .adoc (1)", CONVERT),
    "pdf": ({"a.pdf": "x", "b.pdf": "x"}, f"{NO_PAGES}, only other files: .pdf (2)", CONVERT),
    "docx": ({"a.docx": "x"}, f"{NO_PAGES}, only other files: .docx (1)", CONVERT),
    "OpenAPI alone": ({"api.yaml": OPENAPI}, f"{NO_PAGES}, only other files: .yaml (1)", SOURCES),
    "protos alone": ({"a.proto": "message A {}"}, f"{NO_PAGES}, only other files: .proto (1)", SOURCES),
    "a wiki of links": (
        {"Home.md": "# Wiki\n\n- [One](One)\n- [Two](Two)\n", "_Sidebar.md": "- [Home](Home)\n"},
        "error: no-pages: none of the 2 pages declares a service or a type",
        CHECK,
    ),
    "a README alone": (
        {"README.md": "# Tool\n\nIt does much.\n\n```sh\nmake\n```\n"},
        "error: no-pages: the only page declares no service and no type",
        CHECK,
    ),
    "archives": ({"pages.zip": b"PK\x03\x04", "old/pages.tar.gz": b"\x1f\x8b"}, f"{NO_PAGES}, only other files: .gz (1), .zip (1)", UNPACK),
    "binary files": ({"a.bin": b"\x00\xff", "b.dat": b"\x00"}, f"{NO_PAGES}, only other files: .bin (1), .dat (1)", CONVERT),
    "notebooks": ({"a.ipynb": "{}"}, f"{NO_PAGES}, only other files: .ipynb (1)", CONVERT),
    "files without an ending": ({"README": "x", "docs/Makefile": "x"}, f"{NO_PAGES}, only other files: README (1), Makefile (1)", CONVERT),
    "commands of a tool": ({"tool_add.md": COMMANDS}, ONE_PAGE, CHECK),
    "a library in Python": ({"shop.md": LIBRARY}, ONE_PAGE, CHECK),
    "a changelog": ({"CHANGELOG.md": CHANGELOG}, ONE_PAGE, CHECK),
    "a table of contents": ({"api.md": CONTENTS}, ONE_PAGE, CHECK),
    "tables of a database": ({"tables.md": COLUMNS}, ONE_PAGE, CHECK),
    "a page about soup": (
        {"soup.md": "# Soup\n\n| Ingredient | Grams |\n| --- | --- |\n| peas | 200 |\n"},
        "error: no-pages: the only page declares no service and no type",
        CHECK,
    ),
    "a blank page": (
        {"a.md": ""},
        "error: no-pages: the only page declares no service and no type",
        CHECK,
    ),
    "front matter alone": (
        {"a.md": "---\ntitle: x\n---\n"},
        "error: no-pages: the only page declares no service and no type",
        CHECK,
    ),
}  # fmt: skip
READ = {
    "an OpenAPI file among pages": (
        {"api.yaml": OPENAPI, "book.md": BOOK},
        ["note: unread-files: files that are not pages are not read: .yaml (1)"],
    ),
    "ninety guides and three pages": (
        {f"guide{n}.md": GUIDE for n in range(90)}
        | {f"book{n}.md": BOOK.replace("shop.v1", f"shop{n}.v1") for n in range(3)},
        ["note: nothing-declared: the page declares nothing; it is not read"],
    ),
}


# A page → its bytes, what stands in the first line, and in the help.
UNREADABLE = {
    "UTF-16": (
        BOOK.encode("utf-16"),
        "error: not-utf-8: the file is UTF-16; expected UTF-8",
        "iconv -f UTF-16 -t UTF-8",
    ),
    "Latin-1": (
        "# B\xfccher\n".encode("latin-1"),
        "error: not-utf-8: byte 0xfc is not valid UTF-8",
        "Save the file as UTF-8.",
    ),
    "a photo": (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
        "error: not-utf-8: the file is not text; expected UTF-8",
        "Remove the file from the pages",
    ),
    "one huge page": (
        b"# A\n" + b"word " * 2_000_000,
        "error: page-over-budget: the page has 10,000,004 bytes, more than the limit of 8,388,608",
        "Split the page",
    ),
}


def lint(folder: Path, files: dict[str, str | bytes], *options: str) -> tuple[int, list[str]]:
    (folder / "pages").mkdir()
    for name, content in files.items():
        file = folder / "pages" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    result = CliRunner().invoke(main, ["lint", str(folder), *options])
    return result.exit_code, result.output.replace(f"{folder}/", "").splitlines()


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_one_error_with_a_way_out(name: str, tmp_path: Path) -> None:
    files, seen, way_out = REFUSED[name]
    status, lines = lint(tmp_path, files)
    assert status == 1
    assert lines[0] == f"pages:1:1: {seen}"
    assert lines[1].startswith("    why: ")
    assert lines[2].startswith("    help: ")
    assert way_out in lines[2]
    assert lines[3].startswith("1 error")
    assert len(lines) == 4


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_page_that_cannot_be_read_is_one_error(name: str, tmp_path: Path) -> None:
    content, seen, way_out = UNREADABLE[name]
    status, lines = lint(tmp_path, {"a.md": content})
    assert status == 1
    assert seen in lines[0]
    assert lines[0].startswith("pages/a.md:1:")
    assert way_out in next(line for line in lines if line.startswith("    help: "))
    assert lines[-1].startswith("1 error")


def test_links_that_are_not_read_are_reported(tmp_path: Path) -> None:
    pages = tmp_path / "api" / "pages"
    (pages / "v1").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (pages / "old.md").symlink_to("nowhere.md")
    (pages / "zero.md").symlink_to("/dev/zero")
    (pages / "more").symlink_to(tmp_path / "elsewhere")
    (pages / ".#book.md").symlink_to("editor@host.1")
    (pages / "current").symlink_to("v1")
    (pages / "v1" / "book.md").write_text(BOOK)
    result = CliRunner().invoke(main, ["build", str(pages.parent), "--out", str(tmp_path / "out")])
    assert [line.partition(": warning: ")[2] for line in result.output.splitlines()[:3]] == [
        "broken-link: the link pages/more leads to a folder; its pages are not read",
        "broken-link: the link pages/old.md leads to no file; it is not read",
        "broken-link: the link pages/zero.md leads to no file; it is not read",
    ]
    assert "warning" not in "".join(result.output.splitlines()[3:])
    assert result.exit_code == 0


@pytest.mark.parametrize("name", READ)
def test_what_is_beside_the_pages_is_one_quiet_note(name: str, tmp_path: Path) -> None:
    files, notes = READ[name]
    status, lines = lint(tmp_path, files, "-v")
    assert status == 0
    found = [line.partition(": ")[2] for line in lines if ": note: " in line]
    assert found == notes
    assert lines[-1] == "no errors or warnings, 1 note"


def test_without_details_nothing_is_said_of_guides(tmp_path: Path) -> None:
    files, _ = READ["ninety guides and three pages"]
    assert lint(tmp_path, files) == (0, ["no errors or warnings, 1 note (show notes with -v)"])


def test_a_folder_that_does_not_exist_is_a_wrong_call(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["lint", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "does not exist; pass a folder of pages or a page" in result.output


def test_a_page_about_another_protocol_is_refused_by_its_name(tmp_path: Path) -> None:
    status, lines = lint(tmp_path, {"books.md": GRAPHQL})
    assert status == 1
    assert any("unknown-dialect: the page describes GraphQL calls" in line for line in lines)
    assert lines[-1] == "1 error, 1 warning"
