"""What `drift` and `adopt` read an API from, each kind through `open_source`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from drafts import apis
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from hypothesis import given
from serving import SPECS, write_spec
from thorough import examples

from apiscribe.diagnostics.source import Span
from apiscribe.emit.api_json import emit_api_json, joined_api_json, to_json
from apiscribe.emit.render_task import render_all
from apiscribe.model.api import (
    Api,
    Enum,
    EnumValue,
    Field,
    Message,
    Method,
    Reserved,
    Route,
    TypeRef,
)
from apiscribe.sources import SourceError, open_source
from apiscribe.sources.compilation import compile_folder

CASES = Path(__file__).parent / "cases"
# What is adopted in a case is no part of its spec.
MODELS = sorted(file for file in CASES.glob("*/*/api.json") if file.parts[-3] != "adopt")
GENERATED = Path(__file__).parent.parent / "generated"


def refusal(text: object) -> str:
    with pytest.raises(SourceError) as found:
        open_source(str(text))
    return str(found.value)


def message(api: Api, full_name: str) -> Message:
    return next(message for _, message in api.messages() if message.full_name == full_name)


def field(api: Api, full_name: str) -> Field:
    owner, _, name = full_name.rpartition(".")
    return next(field for field in message(api, owner).fields if field.json_name == name)


def method(api: Api, full_name: str) -> Method:
    owner, _, name = full_name.rpartition(".")
    service = next(service for _, service in api.services() if service.full_name == owner)
    return next(method for method in service.methods if method.name == name)


def enum(api: Api, full_name: str) -> Enum:
    enums = (enum for file in api.files for enum in file.all_enums())
    return next(enum for enum in enums if enum.full_name == full_name)


HUGO = SPECS / "cloudforet"
GITBOOK = SPECS / "spaceone"


def gitbook(fields: str) -> str:
    return f"""
# Book

> **Package : a.v1**

## Book

| Method | Request | Response |
| :--- | :--- | :--- |
| list | BookQuery | BooksInfo |

### list
> **POST** /a/v1/books

## Message

### BookQuery
| Field | Type |
| :--- | :--- |
| name | string |

### BooksInfo
| Field | Type |
| :--- | :--- |
{fields}"""


UNMARKED = gitbook("| results | BookQuery |\n| total_count | int32 |\n")
MARKED = gitbook("| results | list of BookQuery |\n| total_count | int32 |\n")


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


def test_a_template_that_marks_no_lists_tells_no_labels(tmp_path: Path) -> None:
    other = MARKED.replace("a.v1", "b.v1")
    neither = gitbook("| name | string |\n").replace("a.v1", "c.v1")
    pages = {"pages/a.md": UNMARKED, "pages/c.md": neither}
    side = open_source(str(write_spec(tmp_path / "none", pages)))
    assert [side.knows("labels", page) for page in pages] == [False, False]
    pages["pages/b.md"] = other
    side = open_source(str(write_spec(tmp_path / "one", pages)))
    assert [side.knows("labels", page) for page in pages] == [False, True, True]


def test_pages_know_numbers_only_if_something_told_them(tmp_path: Path) -> None:
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


def test_what_does_not_exist_is_refused_with_the_forms_of_sources(tmp_path: Path) -> None:
    said = refusal(tmp_path / "nothing")
    assert "does not exist" in said
    for form in ("a spec folder", "git:REV:PATH", "python:NAME", "grpc://HOST:PORT", "OpenAPI"):
        assert form in said


def test_two_specs_are_read_without_what_other_kinds_need() -> None:
    program = f"""
import sys
from apiscribe.sources import open_source
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


@examples(40)
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
    assert side.api == compile_folder(HUGO).api
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


SHOP = """// A licence.

syntax = "proto3";

// Sells things.
package shop.v1;

import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "shop/part.proto";

// Keeps orders.
service Orders {
  // Reads one.
  // Always.
  rpc get(Order) returns (stream Order) {
    option (google.api.http) = {
      get: "/orders/{id}"
      additional_bindings { post: "/orders:get" body: "*" }
      additional_bindings { custom { kind: "HEAD" path: "/orders/{id}" } }
    };
  }
}

message Order {
  reserved 4, 6 to 8, 1000 to max;
  reserved "old";
  string id = 1 [(google.api.field_behavior) = REQUIRED];  // Its key.
  string first_name = 2 [json_name = "first-name"];
  oneof paid {
    bool cash = 3;
    int64 card = 5
        [deprecated = true];
  }
  map<string, int32> counts = 9;
  repeated Part parts = 10;
  message Line {
    enum Kind { reserved 3; reserved "GONE"; NONE = 0; SOME = 2; }
    Kind kind = 1;
  }
}
"""
PART = 'syntax = "proto3";\npackage shop.v1;\nmessage Part { string name = 1; }\n'


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    return write_spec(tmp_path / "protos", {"shop/shop.proto": SHOP, "shop/part.proto": PART})


def protoc(root: Path, *flags: str) -> None:
    """protoc on all files below a root, as a user runs it."""
    include = Path(__import__("google.api.annotations_pb2").__path__[0]).parent
    paths = sorted(file.relative_to(root).as_posix() for file in root.rglob("*.proto"))
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", f"-I{include}", *flags, *paths]
    subprocess.run(command, cwd=root, check=True)


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(SHOP.split("\n"), 1) if text in line)


def test_proto_files_tell_all_that_the_model_has_a_word_for(protos: Path) -> None:
    side = open_source(str(protos))
    assert side.unknown == {}
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
    assert counts.type == TypeRef(kind="message", name="shop.v1.Order.CountsEntry")
    assert counts.repeated
    assert [f.name for f in message(side.api, "shop.v1.Order.CountsEntry").fields] == [
        "key",
        "value",
    ]
    assert message(side.api, "shop.v1.Order").span.line == line_of("message Order")
    assert message(side.api, "shop.v1.Order").reserved == (
        *(Reserved(name="", json_name="", number=number) for number in (4, 6, 7, 8)),
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


def test_proto_files_without_options_know_neither_routes_nor_what_is_required(
    tmp_path: Path,
) -> None:
    side = open_source(str(write_spec(tmp_path / "p", {"part.proto": PART})))
    assert set(side.unknown) == {"required", "routes"}
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
def test_a_descriptor_set_tells_what_its_folder_tells(
    protos: Path, tmp_path: Path, comments: bool
) -> None:
    target = tmp_path / "shop.binpb"
    flags = ["--include_source_info"] if comments else []
    protoc(protos, "--include_imports", f"--descriptor_set_out={target}", *flags)
    side = open_source(str(target))
    folder = open_source(str(protos))
    assert set(side.unknown) == (set() if comments else {"descriptions"})
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
        ("a.md", MARKED.encode(), "pass the folder of the pages"),
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


EXPLOSIVE = 'raise RuntimeError("imported")\n'
IMPORTS = "from google.protobuf import descriptor as _descriptor\n"


@pytest.fixture
def modules(protos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, with the modules of the protos in a package that must not be imported."""
    root = tmp_path / "lib"
    (root / "outer").mkdir(parents=True)
    protoc(protos, f"--python_out={root / 'outer'}")
    (root / "outer" / "shop" / "__init__.py").write_text(EXPLOSIVE, "utf-8")
    monkeypatch.syspath_prepend(str(root))
    return root


def files_of(protos: Path, tmp_path: Path) -> FileDescriptorSet:
    target = tmp_path / "set.binpb"
    protoc(protos, f"--descriptor_set_out={target}")
    return FileDescriptorSet.FromString(target.read_bytes())


def test_modules_are_read_and_not_imported(modules: Path, protos: Path) -> None:
    expected = {file.path for file in open_source(str(protos)).api.files}
    for text in ("python:outer.shop", "python:outer", str(modules), str(modules / "outer")):
        side = open_source(text)
        assert {file.path for file in side.api.files} == expected, text
        assert set(side.unknown) == {"descriptions"}
        assert method(side.api, "shop.v1.Orders.get").routes[0].path == "/orders/{id}"
    one = open_source("python:outer.shop.part_pb2")
    assert [file.path for file in one.api.files] == ["shop/part.proto"]
    assert not [name for name in sys.modules if name.split(".")[0] == "outer"]


def test_a_namespace_package_lies_in_several_places(
    modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = tmp_path / "more"
    (more / "outer" / "extra").mkdir(parents=True)
    shutil.move(modules / "outer" / "shop" / "part_pb2.py", more / "outer" / "extra")
    monkeypatch.syspath_prepend(str(more))
    paths = [file.path for file in open_source("python:outer").api.files]
    assert sorted(paths) == ["shop/part.proto", "shop/shop.proto"]


def old_bytes(content: bytes) -> str:
    return f"DESCRIPTOR = _descriptor.FileDescriptor(name='x', serialized_pb={content!r})\n"


def old_text(content: bytes) -> str:
    text = content.decode("latin-1")
    head = (
        "import sys\n_b=sys.version_info[0]<3 and (lambda x:x) or (lambda x:x.encode('latin1'))\n"
    )
    return f"{head}DESCRIPTOR = _descriptor.FileDescriptor(\n  name='x',\n  serialized_pb=_b({text!r})\n)\n"


@pytest.mark.parametrize("style", [old_bytes, old_text])
def test_modules_of_older_protoc_are_read(
    protos: Path, tmp_path: Path, style: Callable[[bytes], str]
) -> None:
    root = tmp_path / "old"
    root.mkdir()
    files = files_of(protos, tmp_path).file
    for number, file in enumerate(files):
        module = root / f"m{number}_pb2.py"
        module.write_text(IMPORTS + style(file.SerializeToString()), "utf-8")
    side = open_source(str(root))
    assert {file.path for file in side.api.files} == {file.name for file in files}


def test_our_own_modules_are_read() -> None:
    side = open_source(str(GENERATED / "spaceone" / "spaceone"))
    folder = open_source(str(GENERATED / "spaceone" / "proto"))
    assert {m.full_name for _, m in side.api.messages()} == {
        m.full_name for _, m in folder.api.messages()
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("python:", "is not a package name"),
        ("python:a-b", "is not a package name"),
        ("python:../x", "is not a package name"),
        ("python:nothing_of_that_name", "pip install"),
        ("python:json.nothing", "pip install"),
        ("python:sys", "has no _pb2 modules"),
        ("python:json", "has no _pb2 modules"),
        ("python:__main__", "__main__"),
    ],
)
def test_a_package_without_modules_is_refused(text: str, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x = 1\n",
        "DESCRIPTOR = pool.AddSerializedFile(",
        "DESCRIPTOR = pool.AddSerializedFile(b'hello')\n",
        "DESCRIPTOR = pool.AddSerializedFile(content)\n",
        "DESCRIPTOR = pool.AddSerializedFile('\u20ac')\n",
        "\0",
    ],
)
def test_a_module_without_a_descriptor_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a_pb2.py").write_text(content, "utf-8")
    assert "a_pb2.py is not a complete module of protoc" in refusal(tmp_path)


@pytest.mark.parametrize("version", ["1.9.7", "1.10.2", "1.12.40", "2.0.380"])
def test_all_modules_of_a_real_package_are_read(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--retries=1",
        "--timeout=10",
        "-d",
        str(tmp_path),
    ]
    done = subprocess.run([*wheel, f"spaceone-api=={version}"], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"needs spaceone-api {version} from PyPI")
    (file,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(file, tmp_path / "lib", "zip")
    # The generated sample is a package of the same name, and hides a namespace package.
    others = [path for path in sys.path if not (Path(path) / "spaceone").exists()]
    monkeypatch.setattr(sys, "path", [str(tmp_path / "lib"), *others])
    side = open_source("python:spaceone.api")
    assert len(side.api.files) == len(list((tmp_path / "lib").rglob("*_pb2.py")))
    assert "routes" not in side.unknown
    assert not any(name.startswith("spaceone.api") for name in sys.modules)


def git(folder: Path, *words: str) -> None:
    named = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *named, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, protos: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository of three commits; the working folder is its `sub`."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    write_spec(root, {"sub/books/pages/book.md": UNMARKED, ".gitattributes": "*.md export-ignore"})
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "one")
    git(root, "tag", "first")
    write_spec(root, {"sub/books/pages/book.md": MARKED})
    (root / "sub" / "link.md").symlink_to("books/pages/book.md")
    write_spec(root, {"sub/books/spec.toml": 'references = ["../../old"]\n'})
    write_spec(root, {"old/part.proto": 'syntax = "proto3"; message X {}'})
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "two")
    git(root, "branch", "side/branch")
    shutil.rmtree(root / "sub" / "books")
    shutil.copytree(protos, root / "sub" / "protos")
    protoc(protos, f"--descriptor_set_out={root / 'sub' / 'shop.binpb'}", "--include_source_info")
    shutil.copy(GENERATED / "spaceone" / "api.json", root / "sub" / "api.json")
    document = {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}
    (root / "openapi.json").write_text(json.dumps(document), "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "three")
    monkeypatch.chdir(root / "sub")
    before = set(Path(tempfile.gettempdir()).glob("apiscribe-*"))
    yield root
    assert set(Path(tempfile.gettempdir()).glob("apiscribe-*")) <= before


@pytest.mark.parametrize(
    "text",
    [
        "git:HEAD~1:books",
        "git:HEAD^:books/",
        "git:HEAD~1:./books",
        "git:side/branch:../sub/books",
        "git:main~1:books",
        "git:HEAD~1:books/pages",
    ],
)
def test_a_spec_at_a_revision_is_read_as_it_was(repository: Path, text: str) -> None:
    side = open_source(text)
    assert (side.name, side.folder) == (text, text)
    assert field(side.api, "a.v1.BooksInfo.results").provenance == {}
    assert any("list of" in source.text for source in side.texts.values())
    first = open_source(text.replace(text.split(":")[1], "first"))
    assert field(first.api, "a.v1.BooksInfo.results").provenance == {"repeated": "paged-results"}


def test_a_spec_at_a_revision_has_the_name_of_its_folder(repository: Path) -> None:
    assert open_source("git:first:books").api.name == "books"
    assert open_source("git:first:..").api.name == "repo"


@pytest.mark.parametrize(
    ("path", "folder"),
    [("protos", "git:HEAD:protos"), ("shop.binpb", ""), ("api.json", "")],
)
def test_files_and_folders_of_other_kinds_are_read_at_a_revision(
    repository: Path, path: str, folder: str
) -> None:
    side = open_source(f"git:HEAD:{path}")
    assert side.api == open_source(path).api
    assert side.folder == folder


def test_a_document_at_a_revision_lies_in_its_folder(repository: Path) -> None:
    assert open_source("git:HEAD:../openapi.json").folder == "git:HEAD:.."


def test_a_link_at_a_revision_leads_to_a_file_beside_it(repository: Path) -> None:
    side = open_source("git:HEAD~1:.")
    assert {"link.md", "books/pages/book.md"} <= set(side.texts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("git:", "write git:REV:PATH"),
        ("git:HEAD", "write git:REV:PATH"),
        ("git::books", "write git:REV:PATH"),
        ("git:nowhere:books", 'revision "nowhere" does not exist'),
        ("git:--output=x:books", 'revision "--output=x" does not exist'),
        ("git:-h:books", 'revision "-h" does not exist'),
        ("git:HEAD:books", "does not exist at that revision"),
        ("git:HEAD:protos/nothing", "does not exist at that revision"),
        ("git:HEAD:../../x", "is outside the repository"),
        ("git:HEAD:/etc", "is outside the repository"),
        ("git:HEAD~1:books/spec.toml", "git:HEAD~1:books/spec.toml is not a source"),
        ("git:first:books/pages/book.md", "pass the folder of the pages"),
    ],
)
def test_what_is_not_there_at_a_revision_is_refused(repository: Path, text: str, said: str) -> None:
    found = refusal(text)
    assert said in found
    assert tempfile.gettempdir() not in found
    assert not (repository / "sub" / "x").exists()


def test_outside_a_repository_no_revision_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "not a git repository" in refusal("git:HEAD:books")


def test_without_git_no_revision_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert "git is not installed" in refusal("git:HEAD:books")
