"""The page of protoc-gen-doc: as the tool prints it, and read again without loss of what it holds."""

from __future__ import annotations

import difflib
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from score import CORPUS

from apiscribe.commands import main
from apiscribe.emit.pages import emit_pages
from apiscribe.model.api import Api, File, Message, Method, Service
from apiscribe.sources.compilation import compile_folder
from apiscribe.sources.kinds import open_source

DEPOT = """\
// Trams and their depot.
//
// All of it is invented.
syntax = "proto3";
package depot.v1;

import "google/protobuf/timestamp.proto";
import "yard/v1/kinds.proto";

// A tram: its "nickname", and 2+2 seats.
//
// Lines < 10 are express.
message Tram {
  // Where it is.
  message Place {
    enum Side { LEFT = 0; RIGHT = 3; }
    string track = 1;
    Side side = 2;
  }

  // The name | in `code`.
  string tram_name = 4;
  optional int32 seats = 2;
  repeated Place places = 7;
  // Kinds by letter.
  map<string, yard.v1.Kind> kinds_by_letter = 8;
  map<int32, Place> stops = 9;
  string old_number = 10 [deprecated = true];
  oneof owner {
    string company = 11;
    Place home = 12;
  }
  google.protobuf.Timestamp built = 13;
}

// Nothing.
message Nothing {}

service Depot {
  // Let a tram out.
  rpc Release(Tram) returns (Nothing) {
    option (google.api.http) = { post: "/v1/trams" body: "*" };
  }
  rpc Watch(Nothing) returns (stream Tram);
  rpc Count(stream Tram) returns (stream Nothing);
}
"""
KINDS = """\
syntax = "proto3";
package yard.v1;

enum Kind {
  // Not known.
  KIND_UNSPECIFIED = 0;
  CARGO = 5;
  SNOW_PLOUGH = -1;
}
"""


@pytest.fixture
def depot(tmp_path: Path) -> Api:
    for path, text in {"depot/v1/depot.proto": DEPOT, "yard/v1/kinds.proto": KINDS}.items():
        file = tmp_path / "protos" / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return open_source(str(tmp_path / "protos")).api


def read_again(api: Api, folder: Path) -> Api:
    for output in emit_pages(api, "protoc-gen-doc"):
        (folder / output.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / output.path).write_bytes(output.content)
    compilation = compile_folder(folder)
    assert [str(found) for found in compilation.report if found.level != "note"] == []
    return compilation.api


def page(api: Api) -> str:
    (page,) = (out for out in emit_pages(api, "protoc-gen-doc") if out.path == "pages/docs.md")
    return page.content.decode()


def without_losses(api: Api) -> Api:
    """All but what the form has no place for: examples, bodies of routes, the order of declarations,
    and where a fact comes from.
    """

    def message(each: Message) -> Message:
        fields = tuple(replace(field, provenance={}) for field in each.fields)
        enums = tuple(replace(enum, provenance={}) for enum in each.enums)
        return replace(each, fields=fields, enums=enums, examples=(), provenance={})

    def method(each: Method) -> Method:
        routes = tuple(replace(route, body="", provenance={}) for route in each.routes)
        return replace(each, routes=routes, examples=(), provenance={})

    def service(each: Service) -> Service:
        methods = tuple(map(method, each.methods))
        return replace(each, methods=methods, resource=None, provenance={})

    def file(each: File) -> File:
        return replace(
            each,
            page="",
            dialect="",
            title="",
            messages=tuple(sorted(map(message, each.messages), key=lambda one: one.full_name)),
            enums=tuple(replace(enum, provenance={}) for enum in each.enums),
            services=tuple(map(service, each.services)),
        )

    return Api(name="", files=tuple(map(file, api.files)))


def test_the_page_is_read_as_it_was_written(depot: Api, tmp_path: Path) -> None:
    after = read_again(depot, tmp_path / "spec")
    before, read = without_losses(depot), without_losses(after)
    assert read == before


def test_writing_twice_gives_the_same_bytes(depot: Api, tmp_path: Path) -> None:
    once = emit_pages(depot, "protoc-gen-doc")
    after = read_again(depot, tmp_path / depot.name)
    assert emit_pages(after, "protoc-gen-doc") == once


def test_a_fact_without_a_column_is_in_the_overlay(depot: Api) -> None:
    (overlay,) = (o for o in emit_pages(depot, "protoc-gen-doc") if o.path == "overlay.toml")
    changes = tomllib.loads(overlay.content.decode())["change"]
    assert [(change["at"], change["set"]) for change in changes] == [
        (["depot.v1.Tram.company"], {"oneof": "owner"}),
        (["depot.v1.Tram.home"], {"oneof": "owner"}),
        (["depot.v1.Depot.Release"], {"routes": ["POST /v1/trams"]}),
    ]


def test_the_command_writes_the_page(depot: Api, tmp_path: Path) -> None:
    spec, out = tmp_path / "depot", tmp_path / "out"
    read_again(depot, spec)
    arguments = ["convert", str(spec), "--form", "protoc-gen-doc", "--out", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.output) == (0, f"{out}/protos: 5 written, 0 up to date\n")
    assert (out / "protos" / "pages" / "docs.md").read_text("utf-8") == page(depot)


def test_the_page_is_laid_out_as_by_the_tool(depot: Api) -> None:
    text = page(depot)
    assert text.startswith('# Protocol Documentation\n<a name="top"></a>\n\n## Table of Contents\n')
    assert "    - [Tram.Place](#depot-v1-Tram-Place)\n" in text
    assert "A tram: its &#34;nickname&#34;, and 2&#43;2 seats.\n" in text
    assert "| old_number | [string](#string) |  | **Deprecated.**  |\n" in text
    assert "| Watch | [Nothing](#depot-v1-Nothing) | [Tram](#depot-v1-Tram) stream |  |\n" in text


EXAMPLE = CORPUS / "other" / "protoc-gen-doc" / "pages" / "examples" / "doc" / "example.md"


@pytest.mark.skipif(not EXAMPLE.is_file(), reason="no corpus: APISCRIBE_CORPUS names no example")
def test_the_published_example_is_written_as_it_is(tmp_path: Path) -> None:
    """All lines but those about extensions, and the label of a field whose type is a message: these
    always have presence.
    """
    (tmp_path / "pages").mkdir()
    shutil.copy(EXAMPLE, tmp_path / "pages")
    before = EXAMPLE.read_text("utf-8").splitlines()
    after = page(compile_folder(tmp_path).api).splitlines()
    changes = [line for line in difflib.ndiff(before, after) if line.strip() and line[0] in "-+"]
    added = [line for line in changes if line[0] == "+"]
    assert len(added) == 1
    assert "Category](#" in added[0]
    removed = [line[2:] for line in changes if line[0] == "-" and line[2:].strip()]
    words = ("xtension", "| ---", "Category](#", "| 100 |")
    assert [line for line in removed if not any(word in line for word in words)] == []
