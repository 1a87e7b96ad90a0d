"""Folders of `.proto` files that protoc cannot compile are read from their text alone."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from apiscribe.commands import main
from apiscribe.drift.compare import compare
from apiscribe.sources.kinds import SourceError, open_source

SHOP = """\
syntax = "proto3";
package shop.v1;

import "vendor/paging.proto";
import "shop/kinds.proto";

// A book of the shop.
message Book {
  message Part { string text = 1; }

  string title = 1 [(vendor.rules).min_len = 1];
  optional int32 copies = 2;
  repeated Part parts = 4;
  map<string, Kind> kinds = 5;
  oneof number {
    string isbn = 6;
    string issn = 7;
  }
  vendor.v1.Page page = 8;
}

service Books {
  rpc Get(Book) returns (stream Book) {
    option (google.api.http) = { post: "/books" body: "*" };
  }
}
"""
KINDS = """\
syntax = "proto3";
package shop.v1;

enum Kind {
  KIND_UNSPECIFIED = 0;
  PAPER = 7;
}
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def test_a_missing_import_leaves_an_opaque_message(tmp_path: Path) -> None:
    folder = write(tmp_path / "protos", {"shop/shop.proto": SHOP, "shop/kinds.proto": KINDS})
    api = open_source(str(folder)).api
    messages = {message.full_name: message for _, message in api.messages()}
    fields = {field.name: field for field in messages["shop.v1.Book"].fields}
    assert [field.number for field in fields.values()] == [1, 2, 4, 5, 6, 7, 8]
    assert fields["kinds"].type.name == "map<string, shop.v1.Kind>"
    assert fields["parts"].type.name == "shop.v1.Book.Part"
    assert fields["copies"].optional
    assert not fields["title"].optional
    assert (fields["isbn"].oneof, fields["issn"].oneof) == ("number", "number")
    assert messages["vendor.v1.Page"].incomplete
    ((_, service),) = api.services()
    (method,) = service.methods
    assert [(route.verb, route.path, route.body) for route in method.routes] == [
        ("POST", "/books", "*")
    ]
    assert method.response_streams


def test_the_text_of_an_error_is_that_of_protoc(tmp_path: Path) -> None:
    spec = find_spec("google.type")
    assert spec
    assert spec.submodule_search_locations
    shared = Path(next(iter(spec.submodule_search_locations))).parent
    for side in ("compiled", "text"):
        for folder in ("cloud", "logging", "longrunning", "rpc", "type"):
            shutil.copytree(shared / folder, tmp_path / side / "google" / folder)
    write(tmp_path / "text", {"missing.proto": 'syntax = "proto3";\nimport "nowhere.proto";\n'})
    compiled, text = (open_source(str(tmp_path / side)) for side in ("compiled", "text"))
    assert len(text.api.files) > 20
    changes = compare(compiled, text).changes
    assert [(change.kind, change.symbol) for change in changes] == []


def test_a_file_that_is_not_protobuf_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "protos", {"a.proto": "message Book { string = 1 }\n"})
    with pytest.raises(SourceError) as found:
        open_source(str(folder))
    assert "a.proto is not in the language of protobuf" in str(found.value)


def test_numbers_are_adopted_from_texts(tmp_path: Path) -> None:
    page = (
        "# Book\n\n> **Package : shop.v1**\n\n## Message\n\n### Book\n"
        "| Field | Type | Description |\n| --- | --- | --- |\n"
        "| title | string | |\n| copies | int32 | |\n| isbn | string | |\n"
    )
    spec = write(tmp_path / "spec", {"spec.toml": "", "pages/book.md": page})
    protos = write(tmp_path / "protos", {"shop/shop.proto": SHOP, "shop/kinds.proto": KINDS})
    result = CliRunner().invoke(main, ["adopt", str(spec), "--from", str(protos)])
    assert result.exit_code == 0, result.output
    assert '"isbn": {"number": 6, "type": "string"}' in (spec / "lock.json").read_text("utf-8")


def test_of_two_files_with_a_declaration_one_is_left_out_by_name(tmp_path: Path) -> None:
    former = KINDS.replace("PAPER = 7", "PAPER = 1") + "message Shelf { Kind kind = 1; }\n"
    old = write(tmp_path / "old", {"shop/v1/kinds.proto": KINDS})
    new = write(tmp_path / "new", {"archive/kinds.proto": former, "shop/v1/kinds.proto": KINDS})
    drift = compare(open_source(str(old)), open_source(str(new)))
    assert [(c.kind, c.symbol) for c in drift.changes] == [("message-added", "shop.v1.Shelf")]
    (reason,) = [each.reason for each in drift.not_compared if each.fact == "declarations"]
    assert reason.endswith(
        "Kind of archive/kinds.proto is left out: shop/v1/kinds.proto declares it"
    )


HIVE = 'syntax = "proto3";\npackage hive.v1;\n'
CLASHES = {
    "two unlike messages": ("message Hive { string roof = 1; }", "the message Hive is declared"),
    "a message and an enum": ("enum Hive { CALM = 0; }", "the enum Hive has the same name"),
    "a field twice": ("message Bee { int32 a = 1; int32 a = 2; }", "Bee already has a field"),
    "a number twice": ("message Bee { int32 a = 1; int32 b = 1; }", "hive.v1.Bee.b has number 1"),
}


@pytest.mark.parametrize("name", CLASHES)
def test_declarations_of_a_file_that_clash_are_no_api(name: str, tmp_path: Path) -> None:
    """protoc rejects them; their text would be read with names that no file has."""
    text, message = CLASHES[name]
    hive = f"{HIVE}message Hive {{ string name = 1; }}\n"
    write(tmp_path / "hive", {"a.proto": hive + text + "\n"})
    with pytest.raises(SourceError) as found:
        open_source(str(tmp_path / "hive"))
    assert message in str(found.value)
