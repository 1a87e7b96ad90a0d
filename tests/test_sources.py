"""What `drift` and `adopt` read an API from: specs, models, `.proto` files, descriptor sets."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drafts import apis
from hypothesis import given
from serving import SPECS, write_spec
from source_samples import (
    GENERATED,
    MARKED,
    PART,
    SHOP,
    UNMARKED,
    field,
    gitbook,
    message,
    method,
    protoc,
    refusal,
)
from thorough import examples

from apiscribe.diagnostics.source import Span
from apiscribe.emit.api_json import emit_api_json, joined_api_json, to_json
from apiscribe.emit.render_task import render_all
from apiscribe.model.api import Api, Enum, EnumValue, Route
from apiscribe.model.reserved import Reserved
from apiscribe.model.types import Map, Scalar
from apiscribe.model.version import ATTRIBUTE_FACTS
from apiscribe.sources.compilation import compile_folder
from apiscribe.sources.kinds import open_source

CASES = Path(__file__).parent / "cases"
# What is adopted in a case is no part of its spec.
MODELS = sorted(file for file in CASES.glob("*/*/api.json") if file.parts[-3] != "adopt")


def enum(api: Api, full_name: str) -> Enum:
    enums = (enum for file in api.files for enum in file.all_enums())
    return next(enum for enum in enums if enum.full_name == full_name)


HUGO = SPECS / "cloudforet"
GITBOOK = SPECS / "spaceone"


def test_a_spec_is_its_model_with_the_text_of_its_pages() -> None:
    side = open_source(str(GITBOOK))
    assert side.api == compile_folder(GITBOOK).api
    assert side.name == side.folder == str(GITBOOK)
    span = side.api.files[0].messages[0].span
    assert side.api.files[0].messages[0].name in side.texts[span.path].lines[span.line - 1]


def test_a_folder_of_pages_needs_no_spec_toml(tmp_path: Path) -> None:
    folder = write_spec(tmp_path / "books", {"book.md": MARKED})
    assert method(open_source(str(folder)).api, "a.v1.Book.list").request == "a.v1.BookQuery"


def test_hugo_pages_do_not_know_streams_and_gitbook_pages_do() -> None:
    pages = {file.page for file in compile_folder(HUGO).api.files}
    assert all(not open_source(str(HUGO)).knows("streams", page) for page in pages)
    assert not any("streams" in facts for facts in open_source(str(GITBOOK)).unknown_on.values())


def test_a_template_without_list_marks_has_no_labels(tmp_path: Path) -> None:
    other = MARKED.replace("a.v1", "b.v1")
    neither = gitbook("| name | string |\n").replace("a.v1", "c.v1")
    pages = {"pages/a.md": UNMARKED, "pages/c.md": neither}
    side = open_source(str(write_spec(tmp_path / "none", pages)))
    assert [side.knows("labels", page) for page in pages] == [False, False]
    pages["pages/b.md"] = other
    side = open_source(str(write_spec(tmp_path / "one", pages)))
    assert [side.knows("labels", page) for page in pages] == [False, True, True]


def test_pages_have_numbers_only_from_a_lock_or_reference(tmp_path: Path) -> None:
    spec = tmp_path / "spaceone"
    shutil.copytree(GITBOOK, spec)
    assert "numbers" not in open_source(str(spec)).unknown
    (spec / "lock.json").unlink()
    assert "numbers" in open_source(str(spec)).unknown
    assert "numbers" in open_source(str(spec / "pages")).unknown
    assert "numbers" not in open_source(str(GENERATED / "spaceone")).unknown


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "has no pages"),
        ({"notes.csv": "a,b"}, "has no pages"),
        ({"spec.toml": "nmae = 1"}, "has errors; the first one: spec.toml:1: "),
        (
            {"book.md": MARKED.replace("BooksInfo |", "a b! |")},
            "has errors; the first one: book.md:",
        ),
    ],
)
def test_a_folder_without_pages_or_with_errors_is_refused(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    assert said in refusal(write_spec(folder, files))


def test_a_missing_source_is_refused_with_the_forms_of_sources(tmp_path: Path) -> None:
    said = refusal(tmp_path / "nothing")
    assert "does not exist" in said
    for form in ("a spec folder", "git:REV:PATH", "python:NAME", "grpc://HOST:PORT", "OpenAPI"):
        assert form in said


def test_specs_are_read_without_the_libraries_of_other_sources() -> None:
    program = f"""
import sys
from apiscribe.sources.kinds import open_source
from apiscribe.model.version import ATTRIBUTE_FACTS
open_source({str(GITBOOK)!r})
open_source({str(GENERATED / "spaceone")!r})
print([name for name in ("grpc", "grpc_reflection", "apiscribe.sources.descriptors") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.parent.name)
def test_a_model_is_read_back_as_it_was_written(file: Path) -> None:
    side = open_source(str(file))
    assert to_json(side.api) == json.loads(file.read_text("utf-8"))
    assert side.api == compile_folder(file.parent).api


@examples(20)
@given(api=apis())
def test_any_model_is_read_back_as_it_was_written(api: Api) -> None:
    with tempfile.TemporaryDirectory() as folder:
        output = joined_api_json(api, render_all(emit_api_json(api)))
        (Path(folder) / output.path).write_bytes(output.content)
        back = open_source(folder).api
    assert back == api
    assert to_json(back) == to_json(api)  # spans are no part of equality


def test_a_generated_folder_is_read_by_its_model() -> None:
    side = open_source(str(GENERATED / "cloudforet"))
    assert to_json(side.api) == to_json(compile_folder(HUGO).api)  # with the spans
    assert side.unknown_on == open_source(str(HUGO)).unknown_on


def test_the_value_of_an_example_may_look_like_a_part_of_the_model(tmp_path: Path) -> None:
    document = json.loads((GENERATED / "spaceone" / "api.json").read_text("utf-8"))
    example = {"role": "message", "text": "{}", "value": {"span": "a.md:1"}, "span": "a.md:2"}
    document["files"][0]["messages"][0]["examples"] = [example]
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document), "utf-8")
    (read_back,) = open_source(str(file)).api.files[0].messages[0].examples
    assert (read_back.value, read_back.span) == ({"span": "a.md:1"}, Span("a.md", 2, 2))


def broken_model(change: Callable[[Any], object]) -> str:
    document = json.loads((GENERATED / "spaceone" / "api.json").read_text("utf-8"))
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        (broken_model(lambda d: None)[:5000], "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "`$`"),
        ('{"name": "x"}', "`$`"),
        (broken_model(lambda d: d.update(colour="red")), '"colour" is unknown - at `$`'),
        (
            broken_model(lambda d: d["files"][1]["messages"][0]["fields"][0].update(number="1")),
            "`$.files[1].messages[0].fields[0].number`",
        ),
        (
            broken_model(lambda d: d["files"][0]["messages"][0].update(shape="flat")),
            '"shape" is unknown - at `$.files[0].messages[0]`',
        ),
        (
            broken_model(lambda d: d["files"][0]["messages"][1].update(span="a.md")),
            "`$.files[0].messages[1].span`",
        ),
    ],
    ids="empty half deep list lacking newer wrong-type newer-inside bad-span".split(),
)
def test_a_document_that_is_no_model_is_refused_by_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "api.json"
    file.write_text(text, "utf-8")
    found = refusal(file)
    assert said in found
    assert "apiscribe build" in found


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(SHOP.split("\n"), 1) if text in line)


def test_proto_files_carry_every_property_of_the_model(protos: Path) -> None:
    side = open_source(str(protos))
    assert side.unknown.keys() <= set(ATTRIBUTE_FACTS)
    get = method(side.api, "shop.v1.Orders.get")
    span = Span("shop/shop.proto", 1, 1)
    assert get.routes == (
        Route(verb="GET", path="/orders/{id}", span=span),
        Route(verb="POST", path="/orders:get", body="*", span=span),
        Route(verb="HEAD", path="/orders/{id}", span=span),
    )
    assert (get.request_streams, get.response_streams) == (False, True)
    assert get.description == "Reads one.\nAlways."
    assert get.span == Span("shop/shop.proto", line_of("rpc get"), line_of("rpc get"))
    assert field(side.api, "shop.v1.Order.id").required is True
    assert field(side.api, "shop.v1.Order.id").description == "Its key."
    assert field(side.api, "shop.v1.Order.first-name").name == "first_name"
    assert field(side.api, "shop.v1.Order.first-name").required is False
    card = field(side.api, "shop.v1.Order.card").span
    assert (card.line, card.end_line) == (line_of("card"), line_of("card") + 1)
    counts = field(side.api, "shop.v1.Order.counts")
    assert counts.type == Map(key="string", value=Scalar(name="int32"))
    assert not counts.repeated
    assert message(side.api, "shop.v1.Order").span.line == line_of("message Order")
    assert message(side.api, "shop.v1.Order").reserved == (
        Reserved(name="", json_name="", number=4),
        Reserved(name="", json_name="", number=6, last=8),
        Reserved(name="", json_name="", number=1000, last=2**29 - 1),
        Reserved(name="old", json_name="old", number=0),
    )
    kind = enum(side.api, "shop.v1.Order.Line.Kind")
    assert kind.reserved == (
        Reserved(name="", json_name="", number=3),
        Reserved(name="GONE", json_name="GONE", number=0),
    )
    some = EnumValue(name="SOME", json_name="SOME", number=2, span=span)
    assert kind.values[1] == some
    file = next(file for file in side.api.files if file.path == "shop/shop.proto")
    assert (file.page, file.package, file.description) == (file.path, "shop.v1", "Sells things.")
    line = side.texts[file.page].lines[get.span.line - 1]
    assert "rpc get" in line
    assert side.folder == str(protos)


def test_proto_files_without_options_have_neither_routes_nor_required_fields(
    tmp_path: Path,
) -> None:
    side = open_source(str(write_spec(tmp_path / "p", {"part.proto": PART})))
    assert side.unknown.keys() - set(ATTRIBUTE_FACTS) == {"required", "routes"}
    assert field(side.api, "shop.v1.Part.name").required is None


def test_our_own_proto_files_are_read_as_the_model_that_they_were_written_from() -> None:
    side = open_source(str(GENERATED / "spaceone" / "proto"))
    model = compile_folder(GITBOOK).api
    for _, written in model.messages():
        back = message(side.api, written.full_name)
        assert [(f.json_name, f.number, f.type, f.repeated) for f in back.fields] == [
            (f.json_name, f.number, f.type, f.repeated) for f in written.fields
        ]
    for _, service in model.services():
        for each in service.methods:
            back_routes = method(side.api, f"{service.full_name}.{each.name}").routes
            assert [(r.verb, r.path) for r in back_routes] == [
                (r.verb, r.path) for r in each.routes
            ]


@pytest.mark.parametrize("name", ["-I.proto", "--help.proto", "a b.proto", "é.proto"])
def test_the_name_of_a_proto_file_is_only_a_name(tmp_path: Path, name: str) -> None:
    side = open_source(str(write_spec(tmp_path / "a:b c", {name: PART})))
    assert [file.page for file in side.api.files] == [name]


@pytest.mark.parametrize("comments", [True, False])
def test_a_descriptor_set_equals_its_folder(protos: Path, tmp_path: Path, comments: bool) -> None:
    target = tmp_path / "shop.binpb"
    flags = ["--include_source_info"] if comments else []
    protoc(protos, "--include_imports", f"--descriptor_set_out={target}", *flags)
    side = open_source(str(target))
    folder = open_source(str(protos))
    assert side.unknown.keys() - set(ATTRIBUTE_FACTS) == (set() if comments else {"descriptions"})
    assert {file.path for file in side.api.files} == {file.path for file in folder.api.files}
    if comments:
        assert sorted(side.api.files, key=lambda f: f.path) == list(folder.api.files)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.proto": 'syntax = "proto3";\nmessage {'}, "a.proto:2:9"),
        ({"a.proto": 'import "b/c.proto";'}, "pass the folder that the imports are relative to"),
        ({"a.proto": "\0\1\2"}, "does not compile"),
    ],
)
def test_proto_files_that_do_not_compile_are_refused(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    assert said in refusal(write_spec(tmp_path / "p", files))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("set.binpb", b"", "not a FileDescriptorSet"),
        ("set.binpb", b"\n\x05hello", "not a FileDescriptorSet"),
        ("set.binpb", b"some text, no descriptors", "not a FileDescriptorSet"),
        ("set.binpb", b"\n\x04\n\x02\xff\xfe", "not a FileDescriptorSet"),
        ("a.proto", PART.encode(), "pass the folder"),
        ("a.whl", b"PK\3\4", "unpack it"),
    ],
)
def test_a_file_that_is_no_descriptor_set_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert said in refusal(tmp_path / name)


def test_half_a_descriptor_set_is_refused(protos: Path, tmp_path: Path) -> None:
    target = tmp_path / "shop.binpb"
    protoc(protos, f"--descriptor_set_out={target}")
    target.write_bytes(target.read_bytes()[:-7])
    assert "is not a FileDescriptorSet" in refusal(target)
