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


def lint(folder: Path, files: dict[str, str], *options: str) -> tuple[int, list[str]]:
    (folder / "pages").mkdir()
    for name, text in files.items():
        (folder / "pages" / name).write_text(text, "utf-8")
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
    assert "does not exist; pass the folder of a spec" in result.output
