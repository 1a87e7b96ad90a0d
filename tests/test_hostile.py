"""A page is hostile: whatever it holds, the outputs hold declarations, and text in its place.

Pages of both dialects have a placeholder in every place that a writer fills. Each payload goes into
each place, and into all at once. Then either there is an error and nothing is written, or every
output is of the closed form that a benign page gives.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_tools import protoc

import apiscribe.runtime
from apiscribe.diagnostics.renderers import format_named, group_by_cause, summary
from apiscribe.emit import Output, emit_sorted
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace import protoc as protoc_module
from apiscribe.workspace.output_dir import OutputDir

GITBOOK = """\
---
description: ⟦front⟧
---
# ⟦title⟧

>  **Package : ⟦package⟧**

⟦about⟧

## ⟦heading⟧

{% hint style="info" %}
**⟦service⟧ Methods:**

{%  endhint %}

| NO |  Method | Request Type | Response Type | Description |
| :--- | :--- | :--- | :--- | :--- |
| 1 | [**⟦method⟧**](⟦link⟧)|   [⟦request⟧](job.md#getjob) |   [⟦response⟧](job.md#job) | |
| 2 | [**list**](job.md#list)|   [JobQuery](job.md#jobquery) |   [Jobs](job.md#jobs) | ⟦summary⟧ |

### ⟦method⟧
> **⟦verb⟧** ⟦path⟧
>

⟦prose⟧

{% tabs %}
{% tab title="⟦tab⟧" %}
```json
{"job_id": "⟦example⟧", "data": {"⟦key⟧": "⟦json⟧"}}
```
{% endtab %}
{% endtabs %}

### list
> **GET** /inventory/v1/jobs
>

## Message

### Job
<table>
  <thead>
    <tr>
      <th style="text-align:left">Field</th>
      <th style="text-align:left">Type</th>
      <th style="text-align:center">Required</th>
      <th style="text-align:left">Description</th>
    </tr>
  </thead>
  <tbody>
    <tr>
      <td style="text-align:left">job_id</td>
      <td style="text-align:left">string</td>
<td style="text-align:center">✅</td>
<td style="text-align:left"></td>
    </tr>
    <tr>
      <td style="text-align:left">⟦field⟧</td>
      <td style="text-align:left"><a href="⟦target⟧">⟦type⟧</a></td>
<td style="text-align:center">⟦required⟧</td>
<td style="text-align:left">⟦description⟧</td>
    </tr>
    <tr>
      <td style="text-align:left">data</td>
      <td style="text-align:left">google.protobuf.Struct</td>
<td style="text-align:center">❌</td>
<td style="text-align:left"></td>
    </tr>
    <tr>
      <td style="text-align:left">status</td>
      <td style="text-align:left"><ul>
          <li>NONE</li>
          <li>⟦value⟧</li>
        </ul></td>
<td style="text-align:center">❌</td>
<td style="text-align:left"></td>
    </tr>
  </tbody>
</table>

### ⟦message⟧
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ⟦cell field⟧ |[⟦cell type⟧](⟦cell link⟧)|⟦cell required⟧| ⟦cell description⟧|
| other |int32|❌| |

### GetJob
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| job_id |string|✅| |

### JobQuery
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| domain_id |string|✅| |

### Jobs
| Field | Type |  Description |
| :--- | :--- | :--- |
| results |[list of Job](job.md#job) | |
| total_count |int32 | |

```json
{"results": [{"job_id": "job-1"}], "total_count": 1}
```
"""

HUGO = """\
---
title: "⟦front⟧"
linkTitle: "⟦link title⟧"
description: "⟦front description⟧"
weight: 3
---
# [⟦title⟧](#⟦anchor⟧)
desc: ⟦about⟧

>  **Package : ⟦package⟧**

<br>

## ⟦heading⟧


**⟦service⟧ Methods:**


| Method | Request | Response |
| :----- | :-------- | :-------- |
| [**⟦method⟧**](⟦link⟧) | [⟦request⟧](Job#getjob) | [⟦response⟧](./Job#job) |
| [**list**](./Job#list) | [JobQuery](Job#jobquery) | [Jobs](./Job#jobs) |


### ⟦method⟧

> **⟦verb⟧** ⟦path⟧
>

⟦prose⟧

 {{< tabs " ⟦tabs⟧ " >}}
 {{< tab "⟦tab⟧" >}}

{{< highlight json >}}
{"job_id": "⟦example⟧", "data": {"⟦key⟧": "⟦json⟧"}}
{{< /highlight >}}

 {{< /tab >}}
{{< /tabs >}}

### list

> **POST** /inventory/v1/jobs

## Message

### Job
* **job_id** (string)  `Required`

  *is_required: true*

* **⟦field⟧** (⟦type⟧)  `⟦mark⟧`

  *is_required: ⟦required⟧
desc: ⟦description⟧*

* **data** (google.protobuf.Struct)

  *is_required: false*

### ⟦message⟧
* **other** (int32)

### GetJob
* **job_id** (string)  `Required`

  *is_required: true*

### JobQuery
* **domain_id** (string)  `Required`

  *is_required: true*

### Jobs
* **results** (Job)  `Repeated`

* **total_count** (int32)
"""

PAGES = {"gitbook": GITBOOK, "hugo": HUGO}
PLACES = {
    dialect: list(dict.fromkeys(re.findall("⟦(.*?)⟧", page))) for dialect, page in PAGES.items()
}
# What a place holds where nobody is hostile; any other place holds a word.
BENIGN = {
    "package": "spaceone.api.inventory.v1",
    "heading": "Job_page",
    "service": "JobBoard",
    "method": "get",
    "request": "GetJob",
    "response": "Job",
    "verb": "GET",
    "path": "/inventory/v1/job/{job_id}",
    "tab": "Response Example",
    "field": "name",
    "type": "string",
    "required": "true",
    "mark": "Required",
    "value": "RUNNING",
    "message": "Note",
    "cell field": "text",
    "cell type": "string",
    "cell required": "✅",
    "link": "job.md#get",
    "cell link": "job.md#text",
}
# Text that nothing is made of but text.
TEXT = frozenset(
    [
        "front",
        "title",
        "about",
        "link",
        "summary",
        "prose",
        "target",
        "description",
        "anchor",
        "cell link",
        "cell description",
        "link title",
        "front description",
        "tabs",
        "key",
        "json",
    ]
)
# Text that names are made of.
NAMED = {"package", "service", "method", "message", "field", "type", "value"} | {
    *("request", "response", "cell field", "cell type")
}
# A text that is no type is an error.
TYPES = frozenset({"type", "request", "response", "cell type"})
# Here the payload is what JSON reads, not what it is written as.
JSON = frozenset({"json", "key"})

# Every way out of a comment, string, page or folder. None of them may run this:
CANARY = 'os.system("touch canary")'
PAYLOADS = {
    "comment": "*/ message Evil {}",
    "docstring": f'"""\nimport os\n{CANARY}\n"""',
    "code": f'"); import os; {CANARY}; ("',
    "backslash": "ends in a \\",
    "line": "one\r\nmessage Evil {}",
    "return": "one\rmessage Evil {}",
    "separators": f"one\u2028import os; {CANARY}\u2029message Evil {{}}\x85a\x0bb\x0cc\x1cend",
    "nul": "one\x00two",
    "bidi": "one \u202e}} live egassem\u2066 \u200b",
    "escape": "one \x1b[31m two \x9b2J",
    "sql": "'); DROP TABLE job; --",
    "jinja": "{{ 7*7 }}",
    "jinja block": "{% raw %}",
    "dollar": "${x} $(touch canary) `touch canary`",
    "format": "{0.__class__} %s %(x)s",
    "path": "../../etc/passwd",
    "script": "<script>alert(1)</script>",
    "entity": "&#xD800; &#0; &#x202E; &lt;script&gt;",
    "markup": "<!-- x --> <![CDATA[ y ]]> <?z?>",
    "declaration": "<![x",
    "surrogate": "one \ud800 two",
    "long": "a" * 10_000,
    "empty": "",
    "blanks": "  \t ",
    "emoji": "🎉👩‍👩‍👧",
    "dunder": "__class__",
    "none": "None",
    "keyword": "class",
    "option": 'option (x) = "y";',
    "java": '"; option java_package = "evil',
    "number": "1e999",
}
# These try to be names that something else has, and are harmless as text.
NAMES = {
    "longest": "A" * 200,
    "mixed case": "aA" * 90,
    "no-break": "\xa0\u3000",
    "cjk": "日本語",
    "init": "&#95;&#95;init&#95;&#95;",
    "underscore": "_",
    "digits": "_2",
    "proto keyword": "option",
    "proto type": "string",
    "python type": "str",
    "self": "self",
    "import": "message_class",
    "well known": "google.protobuf.Evil",
    "brackets": "[other]",
    "words": "two words",
}
# As a test of the tables: a payload that stands twice tries nothing new.
assert len({*PAYLOADS.values(), *NAMES.values()}) == len(PAYLOADS) + len(NAMES)


def filled(dialect: str, fill: Mapping[str, str]) -> str:
    """The dialect's page; `fill` is place → text, and a place that is not in it is benign."""

    def text(found: re.Match[str]) -> str:
        place = found[1]
        if place in fill:
            return json.dumps(fill[place])[1:-1] if place in JSON else fill[place]
        if (place, dialect) == ("required", "gitbook"):
            return "✅"
        return BENIGN.get(place, f"plain {place}")

    return re.sub("⟦(.*?)⟧", text, PAGES[dialect])


def write(folder: Path, dialect: str, fill: Mapping[str, str], name: str = "job.md") -> None:
    """A spec with one such page."""
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    content = filled(dialect, fill).encode("utf-8", "surrogatepass")
    (folder / "pages" / name).write_bytes(content)


@dataclass(frozen=True)
class Build:
    """What came of a page."""

    compilation: Compilation
    outputs: tuple[Output, ...]

    @property
    def errors(self) -> dict[str, str]:
        """The errors: code → what it says."""
        return {found.code: found.message for found in self.compilation.report.at("error")}

    def files(self, suffix: str, runtime: bool = False) -> dict[str, str]:
        """Path → text of the outputs with a suffix, with or without the runtime."""
        return {
            output.path: output.content.decode()
            for output in self.outputs
            if output.path.endswith(suffix) and (runtime or "/runtime/" not in output.path)
        }


def build(folder: Path) -> Build:
    compilation = compile_folder(folder)
    return Build(compilation, tuple(emit_sorted(compilation.api, compilation.report)))


def speed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """protoc in this process: a build takes a tenth of its time."""
    instead = SimpleNamespace(Popen=ProtocHere, DEVNULL=None, PIPE=None)
    monkeypatch.setattr(protoc_module, "subprocess", instead)


class ProtocHere:
    """A process of protoc's, as subprocess has it, that is none."""

    def __init__(self, command: list[str], cwd: Path, **_: Any) -> None:
        arguments = command[command.index("grpc_tools.protoc") :]
        kept = os.dup(2)
        with tempfile.TemporaryFile() as said:
            os.dup2(said.fileno(), 2)
            try:
                with contextlib.chdir(cwd):
                    self.returncode = protoc.main(arguments)
            finally:
                os.dup2(kept, 2)
                os.close(kept)
            said.seek(0)
            self.said = said.read().decode(errors="replace")

    def communicate(self) -> tuple[None, str]:
        return None, self.said

    def kill(self) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    speed_up(monkeypatch)


@functools.cache
def benign(dialect: str) -> Build:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "api"), dialect, {})
        return build(Path(folder, "api"))


# ---- the closed form of the outputs

# Everything that a generated module is made of.
NODES = (
    *(ast.Module, ast.Expr, ast.Constant, ast.ImportFrom, ast.alias, ast.Name, ast.Attribute),
    *(ast.Assign, ast.AnnAssign, ast.ClassDef, ast.Call, ast.keyword, ast.Tuple, ast.Dict),
    *(ast.List, ast.Subscript, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.Load, ast.Store),
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Import),
)
TOP = {
    "models": {ast.Expr, ast.ImportFrom, ast.ClassDef},
    "stubs": {ast.Expr, ast.ImportFrom, ast.Import, ast.Assign, ast.AnnAssign, ast.ClassDef},
    "registry": {ast.Expr, ast.ImportFrom, ast.Assign},
}
CALLS = {
    "PageServices",
    "merge",
    "ConfigDict",
    "Field",
    "Method",
    "Resource",
    "Route",
    "Service",
} | {
    *("_m_pool.add_file", "_m_pool.enum_wrapper", "_m_pool.message_class", "frozenset"),
    *(f"channel.{one}_{two}" for one in ("unary", "stream") for two in ("unary", "stream")),
}


def imports(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Level, module and name of each import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, node.module or "", alias.name) for alias in node.names)


@functools.cache
def benign_imports() -> frozenset[tuple[int, str, str]]:
    """What is imported from outside, by benign packages of both dialects."""
    builds = [benign(dialect) for dialect in PAGES]
    texts = [text for made in builds for text in made.files(".py").values()]
    stubs = [text for made in builds for text in made.files(".pyi").values()]
    found = {entry for text in (*texts, *stubs) for entry in imports(ast.parse(text))}
    return frozenset(entry for entry in found if entry[0] == 0)


@functools.cache
def check_python(path: str, text: str, paths: frozenset[str]) -> None:
    """A module declares, assigns and imports; it calls nothing but what declarations call."""
    package, _, inside = path.partition("/")
    named = PurePosixPath(inside).name in ("__main__.py", "__init__.py")
    if named and inside != "registry/__init__.py":
        same = benign("hugo").files(PurePosixPath(inside).name)
        known = [known.replace("api", package).split() for known in same.values()]
        assert text.split() in known, path
        return
    compile(text, path, "exec")
    tree = ast.parse(text)
    assert {type(node) for node in tree.body} <= TOP[inside.split("/")[0]], path
    for node in ast.walk(tree):
        assert isinstance(node, NODES), f"{path}: {ast.unparse(node)}"
        match node:
            case ast.Call():
                assert ast.unparse(node.func) in CALLS, f"{path}: {ast.unparse(node)[:200]}"
            case ast.Expr():
                assert isinstance(node.value, ast.Constant), f"{path}: {ast.unparse(node)[:200]}"
            case ast.FunctionDef():
                assert node.name == "__init__"
                assert path.endswith(("_pb2_grpc.py", ".pyi"))
            case ast.ClassDef():
                assert not node.decorator_list
                assert not node.keywords
    for level, module, name in imports(tree):
        if level == 0:
            allowed = {entry[:2] for entry in benign_imports()}
            well_known = module == "google.protobuf" and name.endswith("_pb2")
            assert (level, module) in allowed or well_known, f"{path}: import {module} {name}"
        else:
            folder = PurePosixPath(path).parents[level - 1].joinpath(*filter(None, [module]))
            module = module.replace(".", "/")
            target = PurePosixPath(path).parents[level - 1] / module
            assert {f"{target}.py", f"{target}/{name}.py"} & paths, f"{path}: {folder} {name}"


def descriptors(made: Build) -> list[FileDescriptorProto]:
    """What protoc read of each `.proto`, as the stubs hold it."""
    found = []
    for path, text in made.files("_pb2.py").items():
        calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
        (added,) = [call for call in calls if ast.unparse(call.func) == "_m_pool.add_file"]
        found.append(FileDescriptorProto.FromString(ast.literal_eval(added.args[0])))
        assert path.startswith(f"{made.compilation.api.name}/stubs/")
    return found


OPTIONS = {
    "MessageOptions": set(),
    "EnumOptions": set(),
    "EnumValueOptions": set(),
    "ServiceOptions": set(),
    "FileOptions": set(),
    "FieldOptions": {field_behavior_pb2.field_behavior.full_name},
    "MethodOptions": {annotations_pb2.http.full_name},
}


def check_options(message: Any) -> None:
    """No option is set, anywhere in a descriptor, but the two that we set."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for part in value if field.is_repeated else [value]:
            if (name := field.message_type.name) in OPTIONS:
                assert {option.full_name for option, _ in part.ListFields()} <= OPTIONS[name]
                assert not part.uninterpreted_option
            else:
                check_options(part)


def declared(made: Build) -> dict[str, set[str]]:
    """Kind → full names, as protoc read them."""
    found: dict[str, set[str]] = {"Message": set(), "Service": set(), "Enum": set()}
    for file in descriptors(made):
        check_options(file)
        found["Enum"] |= {f"{file.package}.{enum.name}" for enum in file.enum_type}
        for message in file.message_type:
            assert not message.nested_type
            assert not message.extension
            assert not message.oneof_decl
            found["Message"].add(f"{file.package}.{message.name}")
            found["Enum"] |= {f"{file.package}.{message.name}.{e.name}" for e in message.enum_type}
        found["Service"] |= {f"{file.package}.{service.name}" for service in file.service}
        assert not file.extension
        assert file.syntax == "proto3"
    return found


def meant(part: Any, found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Kind → what of it is in a part of the model."""
    if is_dataclass(part):
        found.setdefault(type(part).__name__, []).append(part)
        for each in fields(part):
            meant(getattr(part, each.name), found)
    elif isinstance(part, tuple):
        for each in part:
            meant(each, found)
    return found


def check_protos(made: Build, dialect: str | None) -> None:
    """protoc read what the model holds, and pages declared no more than the benign one does."""
    read_back, model = declared(made), meant(made.compilation.api, {})
    for kind, names in read_back.items():
        assert names == {part.full_name for part in model.get(kind, [])}
        for name in names:
            assert not name.endswith((".Evil", ".evil")) or name == "google.protobuf.Evil"
            assert all(
                re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", part) for part in name.split(".")
            ), name
    plain = meant(benign(dialect).compilation.api, {}) if dialect else {}
    for kind in ("Message", "Service") if dialect else ():
        told = [part for part in model.get(kind, []) if not getattr(part, "incomplete", False)]
        assert len(told) <= len(plain[kind])


def check_text(made: Build) -> None:
    """No character steers a terminal or an editor. api.json: see the test of its own."""
    for suffix in (".py", ".pyi", ".proto", ".txt"):
        for path, text in made.files(suffix).items():
            odd = {char for char in text if not char.isprintable()} - {"\n", "\t"}
            assert not odd, f"{path}: {odd}"


def check(made: Build, dialect: str | None) -> None:
    """Either an error and nothing to write, or outputs of the closed form."""
    if made.errors:
        assert not made.outputs
        assert "uncompilable-output" not in made.errors, made.errors  # says: a fault of apiscribe
        return
    paths = frozenset(output.path for output in made.outputs)
    assert len({path.casefold() for path in paths}) == len(made.outputs)
    for path in paths:
        parts = PurePosixPath(path).parts
        assert all(re.fullmatch(r"[A-Za-z0-9_]+(\.[a-z]+)?", part) for part in parts), path
        assert all(len(part) <= 255 for part in parts), path
        assert len(path) < 2_000
    for suffix in (".py", ".pyi"):
        for path, text in made.files(suffix).items():
            check_python(path, text, paths)
    runtime = Path(apiscribe.runtime.__file__).parent
    for output in made.outputs:
        if "/runtime/" in output.path:
            assert output.content == (runtime / PurePosixPath(output.path).name).read_bytes()
    check_protos(made, dialect)
    check_text(made)
    (text,) = made.files("api.json").values()
    assert json.loads(text, parse_constant=_refuse)["name"] == made.compilation.api.name


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


# ---- one payload in one place

# (place, payload) → dialects, fault
KNOWN: dict[tuple[str, str], tuple[set[str], str]] = {
    ("type", word): ({"hugo"}, "emit/stubs.py names nested enums in .pyi as they are")
    for word in ("none", "keyword")
}


def cases() -> Iterator[Any]:
    """Every payload in every place that names are made of. Of the pairs of other places and
    payloads one in four; with APISCRIBE_THOROUGH in the environment, all.
    """
    others = 0
    for dialect, places in PLACES.items():
        for place in places:
            for payload in PAYLOADS | NAMES if place in NAMED else PAYLOADS:
                others += place not in NAMED
                if place in NAMED or others % 4 == 0 or "APISCRIBE_THOROUGH" in os.environ:
                    known, reason = KNOWN.get((place, payload), (set(), ""))
                    marks = [pytest.mark.xfail(strict=True, reason=reason)] * (dialect in known)
                    yield pytest.param(
                        dialect, place, payload, id=f"{dialect}-{place}-{payload}", marks=marks
                    )


@pytest.mark.parametrize("dialect", PAGES)
def test_the_benign_page_is_read_whole(dialect: str) -> None:
    made = benign(dialect)
    assert not made.compilation.report.at("error", "warning")
    check(made, dialect)
    api = made.compilation.api
    assert [service.full_name for _, service in api.services()] == [
        "spaceone.api.inventory.v1.JobBoard"
    ]
    assert {message.name for _, message in api.messages()} == {
        *("Job", "Note", "GetJob", "JobQuery", "Jobs")
    }
    shown = made.files("api.json")["api.json"]
    for place in PLACES[dialect]:
        # Titles and links are read, and not kept.
        unkept = {"title", "link", "anchor", "tabs", "target"} & {*place.split(), "front"}
        if place not in BENIGN and not unkept:
            assert f"plain {place}" in shown, place


@pytest.mark.parametrize(("dialect", "place", "payload"), list(cases()))
def test_a_payload_does_nothing(dialect: str, place: str, payload: str, tmp_path: Path) -> None:
    text = {**PAYLOADS, **NAMES}[payload]
    write(tmp_path / "api", dialect, {place: text})
    made = build(tmp_path / "api")
    check(made, dialect)
    if place in TEXT and not made.errors and not set("\r\n") & set(text):
        assert descriptors(made) == descriptors(benign(dialect))


@pytest.mark.parametrize("dialect", PAGES)
@pytest.mark.parametrize("payload", PAYLOADS | NAMES)
def test_a_payload_in_all_places_does_nothing(dialect: str, payload: str, tmp_path: Path) -> None:
    text = {**PAYLOADS, **NAMES}[payload]
    write(tmp_path / "api", dialect, dict.fromkeys(PLACES[dialect], text))
    check(build(tmp_path / "api"), dialect)


@pytest.mark.parametrize("place", ["about", "prose", "description"])
@pytest.mark.parametrize("dialect", PAGES)
def test_templates_and_code_on_a_page_are_text(dialect: str, place: str, tmp_path: Path) -> None:
    text = "{{ 7*7 }} ${x} {0} %s {# y #} $(z)"
    write(tmp_path / "api", dialect, {place: text})
    files = build(tmp_path / "api").files("")
    assert text in files["api.json"]
    (proto,) = [path for path in files if path.endswith(".proto")]
    assert f"// {text}\n" in files[proto]


@pytest.mark.parametrize("dialect", PAGES)
def test_api_json_hides_no_character(dialect: str, tmp_path: Path) -> None:
    write(tmp_path / "api", dialect, {"prose": PAYLOADS["bidi"], "json": PAYLOADS["escape"]})
    text = build(tmp_path / "api").files("api.json")["api.json"]
    assert "egassem" in text
    assert not {char for char in text if not char.isprintable()} - {"\n"}


# Runs all modules of all packages in a folder, under a handler that lets nothing out.
RUNNER = """
import importlib, json, os, pkgutil, sys
import grpc, google.protobuf.internal.builder, pydantic, uvicorn, fastapi, sqlalchemy.ext.asyncio, re2

def guard(event, arguments):
    forbidden = ("os.system", "os.exec", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir")
    writes = event == "open" and set(str(arguments[1] or "r")) & set("wax+")
    if event.startswith((*forbidden, "subprocess.", "socket.connect", "shutil.")) or writes:
        os.write(2, f"{event} {arguments}".encode())
        os._exit(3)

sys.addaudithook(guard)
before = set(vars(importlib.import_module("builtins")))
faults = {}
for package in sys.argv[1:]:
    try:
        for found in pkgutil.walk_packages([package], f"{package}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            own = [part for part in vars(module).values() if isinstance(part, type)]
            for part in own:
                if part.__module__ != module.__name__:
                    continue
                if issubclass(part, pydantic.BaseModel):
                    part.model_rebuild(force=True)
                if module.__name__.endswith("_pb2_grpc"):
                    part(grpc.insecure_channel("localhost:1"))
        assert importlib.import_module(f"{package}.registry").API.services
    except Exception as error:
        faults[package] = f"{type(error).__name__}: {error}"
assert set(vars(importlib.import_module("builtins"))) == before
os.write(2, json.dumps(faults).encode())
"""


def test_packages_from_hostile_pages_import_and_run_nothing(tmp_path: Path) -> None:
    """In one process of their own: every payload in all places that are no types."""
    names = {}
    for dialect, places in PLACES.items():
        for payload, text in {**PAYLOADS, **NAMES}.items():
            name = f"{dialect}_{payload.replace(' ', '_').replace('-', '_')}"
            write(tmp_path / "specs" / name, dialect, dict.fromkeys(set(places) - TYPES, text))
            made = build(tmp_path / "specs" / name)
            for path, content in made.files(".py", runtime=True).items():
                (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "out" / path).write_text(content, "utf-8")
                names[name] = (dialect, payload)
    assert len(names) > len(PAYLOADS)
    before = sorted((tmp_path / "out").rglob("*"))
    done = subprocess.run(
        [sys.executable, "-B", "-c", RUNNER, *names],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert sorted((tmp_path / "out").rglob("*")) == before
    faults = {names[name]: fault for name, fault in json.loads(done.stderr).items()}
    assert faults == {}


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
    "runtime": "runtime.md",
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


def test_pages_whose_names_are_alike_have_files_of_their_own(tmp_path: Path) -> None:
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


CLASHES: dict[str, str] = {}


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            marks=[pytest.mark.xfail(strict=True, reason=CLASHES.get(case))] * (case in CLASHES),
        )
        for case in MEETINGS
    ],
)
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
            given = texts | {f.json_name: {} for f in stated.fields if f.type.kind == "message"}
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
    build_app = importlib.import_module("twice.runtime.http_server").build_app
    assert build_app(registry.API, None, None, 1, 1, False)
    routes = importlib.import_module("twice.runtime.routes").Routes()
    routes.add("GET", "/inventory/{job_id}/job/{job_id}", "it")
    [found] = routes.find("/inventory/a%2Fb/job/a%2Fb")
    assert found.parameters == {"job_id": "a/b"}
    with pytest.raises(Exception, match="it has two different values in the path"):
        list(routes.find("/inventory/a/job/b"))


@pytest.mark.parametrize("name", ["google", "grpc", "typing"])
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


@pytest.mark.xfail(strict=True, reason="Spec.page_files takes whatever is a file behind the link")
def test_a_link_to_a_file_outside_the_spec_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("# Secret\n\nno page\n", "utf-8")
    write(tmp_path / "api", "hugo", {})
    (tmp_path / "api" / "pages" / "link.md").symlink_to(tmp_path / "outside.md")
    compilation = compile_folder(tmp_path / "api")
    assert not [source for source in compilation.spec.sources.values() if "Secret" in source.text]
