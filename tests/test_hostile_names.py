"""Hostile names: of files and folders, and names that meet in the outputs."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from closed_form import Build, build, check, meant
from hostile_pages import write

from apiscribe.diagnostics.renderers import format_named, group_by_cause, summary
from apiscribe.model.types import MessageRef
from apiscribe.sources.compilation import compile_folder
from apiscribe.workspace.output_dir import OutputDir
from apiscribe_runtime.access import Access
from apiscribe_runtime.http_server import build_app
from apiscribe_runtime.routes import Routes

# ---- names of files and folders

FILE_NAMES = {
    "dots": "..md.md",
    "dot": "...md",
    "newline": "a\nb: error: c.md",
    "quotes": "a\"b'c.md",
    "percent": "%2e%2e%2fetc.md",
    "dashes": "--help.md",
    "dash": "-rf.md",
    "long": f"{'x' * 240}.md",
    "mixed case": f"{'aA' * 100}.md",
    "cjk": "日本語.md",
    "combining": "e\u0301te\u0301.md",
    "bidi": "a\u202eb.md",
    "escape": "a\x1b[31mb\x9b.md",
    "backslash": "..\\..\\etc.md",
    "keyword": "class.md",
    "init": "__init__.md",
    "main": "__main__.md",
    "underscore": "_.md",
    "digits": "_2.md",
    "number": "2nd.md",
    "comment": "a*" + "b.md",
    "code": '");import os;("a.md',
    "shell": "$(touch canary);`touch canary`.md",
    "jinja": "{{7*7}}.md",
    "not utf-8": os.fsdecode(b"a\xff.md"),
    "blank": " .md",
    "capitals": "JOB.MD",
    "registry": "registry.md",
    "pool": "pool.md",
}


def snapshot(folder: Path) -> set[str]:
    return {os.fsencode(path).decode("utf-8", "replace") for path in folder.rglob("*")}


@pytest.mark.parametrize("kind", FILE_NAMES)
@pytest.mark.parametrize("place", ["page", "folder", "api"])
def test_names_of_files_lead_nowhere(place: str, kind: str, tmp_path: Path) -> None:
    name = FILE_NAMES[kind]
    spec = tmp_path / "specs" / (name if place == "api" else "api")
    pages = {"page": (f"pages/{name}",), "folder": (f"pages/{name}/job.md",)}
    try:
        write(spec, "gitbook", {}, "job.md")
        for path in pages.get(place, ()):
            (spec / path).parent.mkdir(exist_ok=True)
            (spec / "pages" / "job.md").rename(spec / path)
    except (OSError, ValueError):
        pytest.skip("this file system takes no such name")
    made = build(spec)
    check(made, "gitbook")
    assert made.outputs, made.errors
    before = snapshot(tmp_path)
    out = tmp_path / "out" / made.compilation.api.name
    OutputDir(out).write({output.path: output.content for output in made.outputs})
    new = snapshot(tmp_path) - before
    assert len(new) > len(made.outputs)
    assert all(path == str(out.parent) or path.startswith(str(out)) for path in new)


@pytest.mark.parametrize("kind", ["newline", "escape", "bidi", "not utf-8"])
def test_a_diagnostic_shows_the_name_of_its_page_on_one_line(kind: str, tmp_path: Path) -> None:
    write(tmp_path / "api", "gitbook", {"type": "Undeclared"}, FILE_NAMES[kind])
    compilation = compile_folder(tmp_path / "api")
    text = format_named("text").render
    (found,) = warned = group_by_cause(
        compilation.report.at("warning"), compilation.spec.sources, "api"
    )
    for line in text(warned, summary(warned, 0)).split("\n"):
        assert line.isprintable()
    assert text([replace(found, row=None)], summary(warned, 0)).count("\n") == 3


def test_pages_with_similar_names_have_separate_files(tmp_path: Path) -> None:
    spec = tmp_path / "api"
    for number, name in enumerate(["Job_task.md", "job-task.md", "JobTask.md", "job task.md"]):
        fill = {"service": f"Board{number}", "path": f"/{number}/{{job_id}}"}
        write(spec, "hugo", fill, name)
    made = build(spec)
    assert not made.errors
    protos = list(made.files(".proto"))
    assert len(protos) == 4
    assert len({output.path.casefold() for output in made.outputs}) == len(made.outputs)


# ---- names that meet

FIELDS = "| Field | Type | Required |\n| :--- | :--- | :---: |\n"


def page(
    *fields: str,
    package: str = "a.b.v1",
    service: str = "Board",
    message: str = "Info",
    methods: str = "| get | [{0}](#) | [{0}](#) |",
    more: str = "",
) -> str:
    """A GitBook page with one message of `fields` (`name type`), or of one field."""
    rows = [" | ".join(field.split(" ", 1)) for field in fields or ("id string",)]
    return "\n".join(
        [
            f"# Title\n\n> **Package : {package}**\n\n## {service}\n",
            "| Method | Request Type | Response Type |\n| :--- | :--- | :--- |",
            methods.format(message),
            f"\n## Message\n\n### {message}\n{FIELDS}" + "\n".join(f"| {r} | ❌ |" for r in rows),
            more,
        ]
    )


def enum(*values: str, head: str = "") -> str:
    items = "".join(f"<li>{value}</li>" for value in values)
    return (
        "\n### Other\n<table><tr><th>Field</th><th>Type</th></tr>"
        f"<tr><td>status</td><td>{head}<ul>{items}</ul></td></tr></table>\n"
    )


def message(name: str, *rows: str) -> str:
    lines = [" | ".join(row.split(" ", 1)) for row in rows]
    return f"\n### {name}\n{FIELDS}" + "\n".join(f"| {line} | |" for line in lines) + "\n"


def example(text: str) -> str:
    return f"\n```json\n{text}\n```\n"


# What must come out as a package that imports: page → text.
MEETINGS: dict[str, dict[str, str]] = {
    "a field named for its type": {"a.md": page("string string", "bool bool", "other string")},
    "a field named for a message": {"a.md": page("Info string", "info Info")},
    "a field and its message of one name in lower case": {
        "a.md": page("query query", message="query")
    },
    "fields below one that is named for their message": {
        "a.md": page(
            "query query", "other query", "first Message", "Message Message", message="query"
        )
        + message(
            "Message", "Message string", "other Message", "str string", "int int32", "a int32"
        )
    },
    "a field named for a method of models": {"a.md": page("to_json string", "copy string")},
    "a message named for a type of Python": {"a.md": page("id string", message="str")},
    "a message named for a function of its module": {
        "a.md": page(message="message_class", more=message("Other", "id string"))
    },
    "a message named for a type of the runtime": {
        "a.md": page("a Struct", message="Struct_", more=message("Struct", "id string"))
    },
    "a message named for a keyword of protobuf": {
        "a.md": page(
            "a option", "b reserved", message="option", more=message("reserved", "a int32")
        )
    },
    "an enum named for a keyword of Python": {"a.md": page(more=enum("A", head="class"))},
    "an undeclared type named for the service": {"a.md": page("job Board")},
    "a method named for its messages": {"a.md": page(methods="| Info | Info | Info |")},
    "two methods that are one identifier": {
        "a.md": page(methods="| a-b | Info | Info |\n| a_b | Info | Info |")
    },
    "two fields that are one in JSON": {"a.md": page("foo_bar string", "fooBar string")},
    "fields that differ in case": {
        "a.md": page(
            *(
                "".join(c.upper() if n >> i & 1 else c for i, c in enumerate("abcdefg")) + " string"
                for n in range(120)
            )
        )
    },
    "values that differ in case": {"a.md": page(more=enum("NONE", "Active", "ACTIVE"))},
    "values named for keywords": {"a.md": page(more=enum("None", "class", "mro", "name"))},
    "values named for keywords of protobuf": {"a.md": page(more=enum("option", "reserved"))},
    "a value that is empty": {"a.md": page(more=enum("", "A"))},
    "a package with google in it": {
        "a.md": page("a google.protobuf.Struct", package="a.google.v1")
    },
    "a package that begins with a _": {"a.md": page(package="_a.v1")},
    "a page named for the package beside it": {
        "a/v1.md": page(package="a.b"),
        "b/job.md": page(package="a.b.v1"),
    },
    "a message named for the package beside it": {
        "a/x.md": page(package="a", message="b"),
        "b/y.md": page(package="a.b"),
    },
    "two modules of one alias": {
        "a/b_c.md": page(package="a", message="One"),
        "b/c.md": page(package="a.b", message="Two"),
        "z.md": page("one a.One", "two a.b.Two", package="z"),
    },
    "a type of a package of google": {"a.md": page("http google.api.Http")},
    "a type inside a well-known one": {
        "a.md": page("a google.protobuf.Any", "b google.protobuf.Any.Inner")
    },
    "an example that is not a number": {"a.md": page(more=example('{"id": NaN}'))},
    "an example beyond all numbers": {"a.md": page(more=example('{"id": -1e999}'))},
    "an example with half a character": {"a.md": page(more=example('{"id": "\\ud800"}'))},
    "an example nested deep": {"a.md": page(more=example("[" * 300 + "]" * 300))},
    "an example nested too deep": {"a.md": page(more=example("[" * 100_000))},
    "front matter with half a character": {"a.md": '---\ndescription: "\\ud800"\n---\n' + page()},
    "front matter with no character": {"a.md": '---\ndescription: "\\UFFFFFFFF"\n---\n' + page()},
    "front matter nested too deep": {"a.md": f"---\na: {'[' * 2_000}\n---\n" + page()},
    "a package of many parts": {"a.md": page(package=".".join(["a"] * 100))},
    "a package of far too many parts": {"a.md": page(package=".".join(["a"] * 3_000))},
}
# These may also end in an error, as long as it is not called a fault of apiscribe.
MAY_FAIL = {
    "a package of far too many parts",
    "a type of a package of google",
    "a type inside a well-known one",
}


def imported(made: Build, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The registry of the package, imported with all its modules; `check` has seen them."""
    name = made.compilation.api.name
    OutputDir(folder).write({output.path: output.content for output in made.outputs})
    monkeypatch.syspath_prepend(folder)
    for path in sorted(made.files(".py")):
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if not module.endswith("__main__"):
            loaded = vars(importlib.import_module(module)).values()
            if module.endswith("_grpc"):
                stubs = [part for part in loaded if isinstance(part, type)]
                assert [stub(grpc.insecure_channel("localhost:1")) for stub in stubs]
    return importlib.import_module(f"{name}.registry")


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("case", MEETINGS)
def test_names_may_meet(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = list(MEETINGS).index(case)
    spec = tmp_path / f"meeting_{number}"
    for path, text in MEETINGS[case].items():
        (spec / path).parent.mkdir(parents=True, exist_ok=True)
        (spec / path).write_text(text, "utf-8")
    made = build(spec)
    if made.errors:
        assert not made.outputs
        assert case in MAY_FAIL, made.errors
        assert "uncompilable-output" not in made.errors
        return
    check(made, None)
    registry = imported(made, tmp_path / "out", monkeypatch)
    messages = {each.full_name: each for each in meant(made.compilation.api, {})["Message"]}
    for service in registry.API.services:
        for method in service.methods:
            stated = messages[method.request_proto.DESCRIPTOR.full_name]
            texts = {f.json_name: "text" for f in stated.fields if f.type.name == "string"}
            given = texts | {
                f.json_name: {} for f in stated.fields if isinstance(f.type, MessageRef)
            }
            assert given
            assert method.request.model_validate(given).to_json() == given
            assert method.request_proto(
                **{f.name: "text" for f in stated.fields if f.json_name in texts}
            )


def test_a_route_may_hold_a_parameter_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "twice", "gitbook", {"path": "/inventory/{job_id}/job/{job_id}"})
    made = build(tmp_path / "twice")
    registry = imported(made, tmp_path / "out", monkeypatch)
    assert build_app(registry.API, None, None, 1, 1, Access(identify=str, hosts=()), bool, "")
    routes = Routes()
    routes.add("GET", "/inventory/{job_id}/job/{job_id}", "it")
    [found] = routes.find("/inventory/a%2Fb/job/a%2Fb")
    assert found.parameters == {"job_id": "a/b"}
    with pytest.raises(Exception, match="it has two different values in the path"):
        list(routes.find("/inventory/a/job/b"))


@pytest.mark.parametrize("name", ["google", "grpc", "typing", "apiscribe_runtime"])
def test_a_spec_may_be_named_for_a_library(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "a.md").write_text(page(), "utf-8")
    made = build(tmp_path / name)
    if made.errors:
        assert "uncompilable-output" not in made.errors
        return
    OutputDir(tmp_path / "out").write({output.path: output.content for output in made.outputs})
    program = f"import importlib; importlib.import_module('{made.compilation.api.name}.registry')"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]


# ---- what else is read


def test_pages_outside_the_spec_are_not_read(tmp_path: Path) -> None:
    write(tmp_path / "outside", "hugo", {})
    for number, pages in enumerate(["../outside/pages", str(tmp_path / "outside" / "pages")]):
        spec = tmp_path / f"spec{number}"
        spec.mkdir()
        (spec / "spec.toml").write_text(f"pages = {json.dumps(pages)}\n")
        compilation = compile_folder(spec)
        assert compilation.failed
        assert not compilation.api.files


def test_a_link_to_a_file_outside_the_spec_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("# Secret\n\nno page\n", "utf-8")
    write(tmp_path / "api", "hugo", {})
    (tmp_path / "api" / "pages" / "link.md").symlink_to(tmp_path / "outside.md")
    compilation = compile_folder(tmp_path / "api")
    assert not [source for source in compilation.spec.sources.values() if "Secret" in source.text]
