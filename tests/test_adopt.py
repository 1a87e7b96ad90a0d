"""`apiscribe adopt`, as a user calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from serving import ROOT

from apiscribe.commands import main
from apiscribe.model.lock import LOCK_FILE

CASE = ROOT / "tests" / "cases" / "adopt" / "contradictions-are-reported-and-not-adopted"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec whose page and lock.json contradict what lies beside them in source/."""
    shutil.copytree(CASE, tmp_path / "shop")
    return tmp_path / "shop"


def adopt(spec: Path, *options: str) -> tuple[int, str, str]:
    command = ["adopt", str(spec), "--from", str(spec / "source"), *options]
    result = CliRunner().invoke(main, command)
    return result.exit_code, result.stdout, result.stderr


def numbers(spec: Path) -> dict[str, int]:
    lock = json.loads((spec / LOCK_FILE).read_text("utf-8"))
    fields = lock["messages"]["shop.v1.BookInfo"]["fields"]
    return {name: entry["number"] for name, entry in fields.items()}


def test_assigned_numbers_stay_and_others_are_adopted(spec: Path) -> None:
    status, out, err = adopt(spec)
    assert status == 1
    assert "contradictory-source: shop.v1.BookInfo.book_id has the number 3 in lock.json" in err
    assert out.startswith(f"{spec / LOCK_FILE}: written; ")
    assert numbers(spec) == {"isbn": 2, "book_id": 3, "tags": 4}


def test_replace_takes_the_numbers_of_the_source(spec: Path) -> None:
    _, out, _ = adopt(spec, "--replace")
    assert [line for line in out.splitlines() if line.startswith("replaced: ")] == [
        "replaced: shop.v1.BookInfo.isbn gets another number: 2 is that of pages",
        "replaced: shop.v1.BookInfo.book_id has 1 in place of 3",
    ]
    taken = numbers(spec)
    assert (taken["book_id"], taken["pages"], taken["tags"]) == (1, 2, 4)
    assert "isbn" not in taken  # its number is another's; the next build gives it one


def test_check_writes_nothing(spec: Path) -> None:
    before = numbers(spec)
    status, out, _ = adopt(spec, "--check")
    assert status == 1
    assert "would change" in out
    assert numbers(spec) == before


def test_adopting_twice_changes_nothing(spec: Path) -> None:
    adopt(spec)
    assert adopt(spec)[1].startswith(f"{spec / LOCK_FILE}: up to date; ")


def test_suggestions_settle_all_facts_of_the_overlay(spec: Path) -> None:
    before = numbers(spec)
    status, out, _ = adopt(spec, "--suggest")
    assert status == 1
    assert numbers(spec) == before
    (spec / "overlay.toml").write_text(out, "utf-8")
    result = adopt(spec)[2]
    assert "is a list" not in result
    assert "is a stream" not in result
    assert "is int32 on the page" in result


@pytest.mark.parametrize(
    "source", ["nothing", "grpc://127.0.0.1:1", "python:no_such_package", "git:HEAD"]
)
def test_a_source_that_cannot_be_read_changes_nothing(spec: Path, source: str) -> None:
    before = numbers(spec)
    result = CliRunner().invoke(main, ["adopt", str(spec), "--from", source])
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert numbers(spec) == before


def test_pages_with_errors_adopt_nothing(spec: Path) -> None:
    (spec / "overlay.toml").write_text("[[broken]]\n", "utf-8")
    before = numbers(spec)
    status, _, err = adopt(spec)
    assert status == 1
    assert "nothing was written" in err
    assert numbers(spec) == before


def test_the_numbers_of_a_first_build_are_one_entry(tmp_path: Path) -> None:
    names = [f"field_{at}" for at in range(12)]
    rows = "".join(f"* **{name}** (string)\n\n" for name in names)
    page = f"# Book\n\n> **Package : shop.v1**\n\n## Message\n\n### BookInfo\n{rows}"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "book.md").write_text(page, "utf-8")
    (tmp_path / "spec.toml").write_text('name = "shop"\n', "utf-8")
    fields = "".join(f"string {name} = {at + 30};\n" for at, name in enumerate(names))
    (tmp_path / "source").mkdir()
    proto = f'syntax = "proto3";\npackage shop.v1;\nmessage BookInfo {{\n{fields}}}\n'
    (tmp_path / "source" / "book.proto").write_text(proto, "utf-8")
    CliRunner().invoke(main, ["build", str(tmp_path), "--out", str(tmp_path / "generated")])
    err = adopt(tmp_path)[2]
    assert err.count("contradictory-source") == 1
    assert "12 numbers in lock.json are not those of" in err
    assert "adopt with `--replace`" in err
    assert adopt(tmp_path, "--replace")[2] == ""
