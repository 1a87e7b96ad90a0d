"""Numbers never move, whatever is done to the pages."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from drafts import apis
from hypothesis import example, given
from hypothesis import strategies as st
from locked_pages import read_and_lock, type_of
from thorough import examples

from apiscribe.commands import main, write_outputs
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.lower.api_lock import lock_of
from apiscribe.model.api import Api
from apiscribe.model.lock import FIELD_NUMBERS, LOCK_FILE, lock_text, read_lock
from apiscribe.model.types import EnumRef
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace.protoc import compile_protos

HEADER = "<tr><th>Field</th><th>Type</th><th>Required</th><th>Description</th></tr>"
FIELDS = ("book_id", "title", "isbn", "domain_id", "state", "created_at")
VALUES = ("NONE", "NEW", "LENT", "GONE")
MESSAGES = ("BookInfo", "ShelfInfo", "RoomInfo")
PAGES = ("book", "shelf")


@dataclass(frozen=True)
class Declared:
    """A message on a page; its fields in order, those without values are texts."""

    page: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]


def page_text(messages: dict[str, Declared], page: str) -> str:
    parts = ["# Book", "> **Package : shop.v1**", "## Message"]
    for name, message in messages.items():
        if message.page == page:
            rows = "\n".join(
                f"<tr><td>{field}</td><td>{type_of(values)}</td><td></td><td></td></tr>"
                for field, values in message.fields
            )
            parts += [f"### {name}", f"<table>\n{HEADER}\n{rows}\n</table>"]
    return "\n\n".join(parts) + "\n"


def build(folder: Path, messages: dict[str, Declared]) -> Compilation:
    """Write the pages, read them, keep the numbers, as the command does."""
    (folder / "pages").mkdir(exist_ok=True)
    for page in PAGES:
        (folder / "pages" / f"{page}.md").write_text(page_text(messages, page), "utf-8")
    return read_and_lock(folder)


fields = st.dictionaries(
    st.sampled_from(FIELDS), st.just(()), min_size=1, max_size=len(FIELDS)
).flatmap(
    lambda names: st.permutations(list(names)).flatmap(
        lambda order: st.lists(
            st.sampled_from(VALUES), min_size=1, max_size=len(VALUES), unique=True
        ).map(lambda values: tuple((n, tuple(values) if n == "state" else ()) for n in order))
    )
)
declared = st.builds(Declared, page=st.sampled_from(PAGES), fields=fields)
version = st.dictionaries(st.sampled_from(MESSAGES), declared, min_size=1).flatmap(
    lambda messages: st.permutations(list(messages)).map(
        lambda order: {name: messages[name] for name in order}
    )
)


def numbers_of(api: Api) -> dict[str, dict[str, int]]:
    """Each message's fields, and the values of the enum of each field, by what they are of."""
    found: dict[str, dict[str, int]] = {}
    enums = {enum.full_name: enum for file in api.files for enum in file.all_enums()}
    for _, message in api.messages():
        found[message.full_name] = {f.json_name: f.number for f in message.fields}
        for each in message.fields:
            if isinstance(each.type, EnumRef):
                values = {v.json_name: v.number for v in enums[each.type.name].values}
                # A stand-in for a value 0 that is gone has no number of its own.
                values.pop("STATE_UNSPECIFIED", None)
                found[f"{message.full_name}.{each.json_name}"] = values
    return found


def two_states(ours: tuple[str, ...], theirs: tuple[str, ...]) -> dict[str, Declared]:
    """Two messages on a page; equal lists of values are one enum."""
    names = {"BookInfo": ours, "ShelfInfo": theirs}
    return {name: Declared("book", (("state", values),)) for name, values in names.items()}


@example([two_states(("NEW", "GONE"), ("NEW", "GONE")), two_states(("NEW",), ("GONE", "NEW"))])
@examples(20)
@given(st.lists(version, min_size=2, max_size=6))
def test_no_edit_moves_a_number_or_gives_it_again(versions: list[dict[str, Declared]]) -> None:
    ever: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for messages in versions:
            compilation = build(folder, messages)
            for owner, numbers in numbers_of(compilation.api).items():
                known = ever.setdefault(owner, {})
                for key, number in numbers.items():
                    assert known.setdefault(key, number) == number, f"{owner}.{key} moved"
                assert len(set(known.values())) == len(known), f"{owner}: a number was given twice"
            again = compile_folder(folder)
            assert (again.api, again.lock) == (compilation.api, compilation.lock)
        protos = {
            o.path.removeprefix("proto/"): o.content
            for o in render_all(emit_proto(compilation.api))
        }
        compile_protos(protos)


@examples(15)
@given(apis())
def test_a_lock_is_read_as_it_was_written(api: Api) -> None:
    lock = lock_of(api)
    report = Report()
    assert read_lock(Source(LOCK_FILE, lock_text(lock)), report) == lock
    assert list(report) == []


def spec(folder: Path, *names: str) -> Path:
    """A spec with one message of texts."""
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    message = Declared("book", tuple((name, ()) for name in names))
    (folder / "pages" / "book.md").write_text(page_text({"BookInfo": message}, "book"), "utf-8")
    return folder


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def locked(folder: Path) -> dict[str, int]:
    lock = json.loads((folder / LOCK_FILE).read_text("utf-8"))
    entries = lock["messages"]["shop.v1.BookInfo"]["fields"]
    return {name: entry["number"] for name, entry in entries.items()}


def test_build_writes_the_lock_and_reports_its_numbers(tmp_path: Path) -> None:
    folder, out = spec(tmp_path / "shop", "book_id", "title"), tmp_path / "out"
    status, said = run("build", folder, "--out", out)
    assert status == 0
    assert f"{folder / LOCK_FILE}: assigned 2 numbers; keep the file in version control\n" in said
    spec(folder, "book_id", "isbn", "heading")
    status, said = run("build", folder, "--out", out)
    assert status == 0
    assert f"{folder / LOCK_FILE}: assigned 2 numbers, 1 reserved\n" in said
    assert "likely-rename: shop.v1.BookInfo." not in said  # two are new: neither is much like it
    assert locked(folder) == {"book_id": 1, "isbn": 3, "heading": 4}
    proto = (out / "shop" / "proto" / "shop" / "v1" / "book.proto").read_text("utf-8")
    assert '  reserved 2;\n  reserved "title";\n' in proto
    assert run("build", folder, "--out", out) == (
        0,
        f"{out / 'shop'}: 0 written, {len(list((out / 'shop').rglob('*.*')))} up to date\n",
    )


def test_a_build_reports_a_likely_rename(tmp_path: Path) -> None:
    folder, out = spec(tmp_path / "shop", "book_id", "title"), tmp_path / "out"
    run("build", folder, "--out", out)
    spec(folder, "book_id", "heading")
    status, said = run("lint", folder, "--suggest")
    assert status == 1
    assert 'at = "shop.v1.BookInfo.heading"\nrenamed_from = "title"' in said
    (folder / "overlay.toml").write_text(said, "utf-8")
    assert run("build", folder, "--out", out)[0] == 0
    assert locked(folder) == {"book_id": 1, "heading": 2}


def test_a_renamed_field_gets_its_number_back_after_a_build(tmp_path: Path) -> None:
    folder, out = spec(tmp_path / "shop", "book_id", "title"), tmp_path / "out"
    run("build", folder, "--out", out)
    spec(folder, "book_id", "heading")
    _, said = run("build", folder, "--out", out)
    assert locked(folder) == {"book_id": 1, "heading": 3}
    entry = 'at = "shop.v1.BookInfo.heading", renamed_from = "title"'
    assert entry in said
    lines = entry.replace(", ", "\n")
    (folder / "overlay.toml").write_text(f'[[number]]\n{lines}\nreason = "Release 2."\n', "utf-8")
    assert run("build", folder, "--out", out)[0] == 0
    assert locked(folder) == {"book_id": 1, "heading": 2}


def test_a_build_after_a_changed_route_leaves_nothing_to_write(tmp_path: Path) -> None:
    page = tmp_path / "shop" / "books.md"
    page.parent.mkdir()
    page.write_text(
        "# Books\n\n## List books\n\n`GET /books`\n\n| Query | Type |\n| --- | --- |\n"
        "| `title` | string |\n\n## Add a book\n\n`POST /books`\n\n| Field | Type |\n| --- | --- |\n"
        "| `title` | string |\n",
        "utf-8",
    )
    build = ("build", page.parent, "--out", tmp_path / "out")
    assert run(*build)[0] == 0
    page.write_text(page.read_text("utf-8").replace("GET /books", "GET /shelf"), "utf-8")
    assert run(*build)[0] == 0
    assert "0 differ" in run(*build, "--check")[1]


def test_check_writes_no_number(tmp_path: Path) -> None:
    folder, out = spec(tmp_path / "shop", "book_id"), tmp_path / "out"
    status, said = run("build", folder, "--out", out, "--check")
    assert status == 1
    assert f"{folder / LOCK_FILE}: would assign 1 number; keep the file in" in said
    assert not (folder / LOCK_FILE).exists()
    run("build", folder, "--out", out)
    assert run("build", folder, "--out", out, "--check")[0] == 0


def test_an_error_writes_no_number(tmp_path: Path) -> None:
    folder = spec(tmp_path / "shop", "book_id")
    run("build", folder, "--out", tmp_path / "out")
    before = (folder / LOCK_FILE).read_text("utf-8")
    spec(folder, "book_id", "title")
    (folder / "overlay.toml").write_text("[[broken]]\n", "utf-8")
    assert run("build", folder, "--out", tmp_path / "out")[0] == 1
    assert (folder / LOCK_FILE).read_text("utf-8") == before


def test_a_folder_of_pages_alone_has_its_lock_beside_the_pages(tmp_path: Path) -> None:
    folder, out = spec(tmp_path / "shop", "book_id", "title"), tmp_path / "out"
    pages = folder / "pages"
    status, said = run("build", pages, "--out", out)
    assert status == 0
    assert f"{pages / LOCK_FILE}: assigned 2 numbers" in said
    assert locked(pages) == {"book_id": 1, "title": 2}
    spec(folder, "isbn", "book_id", "title")  # a row on top
    assert run("build", pages, "--out", out)[0] == 0
    assert locked(pages) == {"book_id": 1, "title": 2, "isbn": 3}
    proto = (out / "pages" / "proto" / "shop" / "v1" / "book.proto").read_text("utf-8")
    assert "string isbn = 3;" in proto
    status, said = run("build", pages, "--out", out, "--check")
    assert (status, said.count("up to date")) == (0, 1)


@pytest.mark.parametrize("bare", [True, False])
def test_a_lock_that_cannot_be_written_is_a_failure_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare: bool
) -> None:
    folder = spec(tmp_path / "shop", "book_id")
    folder = folder / "pages" if bare else folder
    write = write_outputs.write_file

    def write_elsewhere(file: Path, content: bytes) -> None:
        if file.parent == folder:  # root can write anywhere
            raise OSError(errno.EROFS, "Read-only file system")
        write(file, content)

    monkeypatch.setattr(write_outputs, "write_file", write_elsewhere)
    monkeypatch.chdir(tmp_path)
    status, said = run("build", folder, "--out", "out")
    assert (status, Path("out").exists()) == (2, False)
    assert f"cannot write {folder / LOCK_FILE}, which keeps the numbers of the pages: " in said
    if not bare:
        assert said.endswith("the folder of the pages, build a copy of the spec\n")
        return
    commands = said.rpartition("build a copy of them: ")[2]
    assert commands == f"mkdir pages; cp -r {folder} pages/pages\n"
    subprocess.run(commands, shell=True, check=True)
    assert run("build", "pages", "--out", "out")[0] == 0
    assert locked(Path("pages")) == {"book_id": 1}
    assert run("adopt", folder, "--from", "out/pages/proto")[0] == 2


def test_a_page_that_is_left_out_loses_no_number(tmp_path: Path) -> None:
    folder, out = spec(tmp_path / "shop", "book_id", "title"), tmp_path / "out"
    run("build", folder, "--out", out)
    before = locked(folder)
    page = folder / "pages" / "book.md"
    text = page.read_text("utf-8")
    page.write_text(text.replace("> **Package : shop.v1**", ""), "utf-8")
    (folder / "pages" / "shelf.md").write_text(text.replace("BookInfo", "ShelfInfo"), "utf-8")
    assert run("build", folder, "--out", out, "--partial")[0] == 1
    assert locked(folder) == before


def git(folder: Path, *arguments: str) -> str:
    names = {
        f"GIT_{who}_{what}": "a@b.c"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    return done.stdout + done.stderr


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_two_branches_that_added_fields_merge_by_building_again(tmp_path: Path, style: str) -> None:
    folder, out = spec(tmp_path / "shop", "book_id"), tmp_path / "out"
    git(folder, "init", "--initial-branch", "main")
    git(folder, "config", "merge.conflictStyle", style)

    def commit(*names: str) -> None:
        spec(folder, *names)
        assert run("build", folder, "--out", out)[0] == 0
        git(folder, "add", "-A")
        git(folder, "commit", "-m", "x")

    commit("book_id")
    git(folder, "switch", "-c", "feature")
    commit("pages", "book_id")
    git(folder, "switch", "main")
    commit("book_id", "title", "isbn")
    assert "CONFLICT" in git(folder, "merge", "feature")
    assert "<<<<<<<" in (folder / LOCK_FILE).read_text("utf-8")
    spec(folder, "pages", "book_id", "title", "isbn")
    status, said = run("build", folder, "--out", out)
    assert status == 0, said
    assert "both sides of the merge use the number 2" in said
    # What main had given stays; the field of the branch that comes to it gets another.
    assert locked(folder) == {"book_id": 1, "title": 2, "isbn": 3, "pages": 4}


def broken(message: object) -> str:
    return json.dumps({"messages": {"shop.v1.BookInfo": message}, "enums": {}})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not valid JSON"),
        ("[]", "lock.json is not a JSON object"),
        ('{"messages": []}', "messages is not a JSON object"),
        ('{"fields": {}}', 'unknown key "fields"'),
        ('{"messages": {}, "messages": {}}', 'the key "messages" occurs twice'),
        (broken({"field": {}}), 'shop.v1.BookInfo has the unknown key "field"'),
        (
            broken({"fields": {"a": 1}}),
            'shop.v1.BookInfo.a is not an object with "number" and "type"',
        ),
        (broken({"fields": {"a": {"number": True, "type": ""}}}), "is true; expected an integer"),
        (broken({"fields": {"a": {"number": 0, "type": ""}}}), "is 0; expected 1 to 536870911"),
        (broken({"fields": {"a": {"number": 2**29, "type": ""}}}), "is 536870912; expected 1 to"),
        (broken({"fields": {"a": {"number": 19999, "type": ""}}}), "from 19000 to 19999"),
        (broken({"reserved_numbers": 7}), "reserved_numbers of shop.v1.BookInfo is not a list"),
        (
            broken({"fields": {"a": {"number": 7, "type": ""}}, "reserved_numbers": [7]}),
            "shop.v1.BookInfo.a and reserved_numbers have the same number 7",
        ),
        (
            broken(
                {
                    "fields": {"a": {"number": 7, "type": ""}},
                    "reserved": {"a": {"number": 8, "type": ""}},
                }
            ),
            "shop.v1.BookInfo.a is both in use and reserved",
        ),
        ('{"enums": {"a.B": {"values": {"X": 2147483648}}}}', "expected a 32-bit integer"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_broken_lock_is_a_clear_error(tmp_path: Path, text: str, said: str) -> None:
    folder = spec(tmp_path / "shop", "book_id")
    (folder / LOCK_FILE).write_text(text, "utf-8")
    (found,) = compile_folder(folder).report.at("error")
    assert found.code == "malformed-lock"
    assert said in found.message
    assert run("build", folder, "--out", tmp_path / "out")[0] == 1
    assert (folder / LOCK_FILE).read_text("utf-8") == text


def test_a_value_of_an_enum_may_have_aliases(tmp_path: Path) -> None:
    def write(*values: str) -> None:
        text = "\n".join(["syntax = 'proto3';", "package shop.v1;", "enum State {", *values, "}"])
        (tmp_path / "shop" / "pages").mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / "pages" / "state.md").write_text(f"```proto\n{text}\n```\n", "utf-8")

    def built() -> str:
        status, said = run("build", tmp_path / "shop", "--out", tmp_path / "out")
        assert status == 0, said
        return (tmp_path / "out/shop/proto/shop/v1/state.proto").read_text("utf-8")

    write("NONE = 0;", "LENT = 1;", "OUT = 1;")
    assert "allow_alias" in built()
    assert built().count(" = 1;") == 2
    write("NONE = 0;", "LENT = 1;")
    assert "reserved" not in built()
    write("NONE = 0;", "LENT = 1;", "OUT = 1;")
    assert built().count(" = 1;") == 2


def test_the_highest_number_is_followed_by_the_lowest_free_one(tmp_path: Path) -> None:
    folder = spec(tmp_path / "shop", "book_id", "title")
    highest = FIELD_NUMBERS[-1]
    text = broken({"fields": {"book_id": {"number": highest, "type": "string"}}})
    (folder / LOCK_FILE).write_text(text, "utf-8")
    assert numbers_of(compile_folder(folder).api)["shop.v1.BookInfo"] == {
        "book_id": highest,
        "title": 1,
    }


def test_numbers_that_protobuf_keeps_are_passed_over(tmp_path: Path) -> None:
    folder = spec(tmp_path / "shop", "book_id", "title")
    text = broken({"fields": {"book_id": {"number": 18_999, "type": "string"}}})
    (folder / LOCK_FILE).write_text(text, "utf-8")
    assert numbers_of(compile_folder(folder).api)["shop.v1.BookInfo"]["title"] == 20_000
