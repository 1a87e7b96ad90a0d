"""The closed form of all outputs: declarations, and text in its place. Whatever a page holds,
either there is an error and nothing is written, or every output is of this form.
"""

from __future__ import annotations

import ast
import functools
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from closed_html import ClosedHtml
from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from hostile_pages import PAGES, write

from apiscribe.emit import Output, emit_sorted
from apiscribe.sources.compilation import Compilation, compile_folder


@dataclass(frozen=True)
class Build:
    """What came of a page."""

    compilation: Compilation
    outputs: tuple[Output, ...]

    @property
    def errors(self) -> dict[str, str]:
        """The errors: code → what it says."""
        return {found.code: found.message for found in self.compilation.report.at("error")}

    def files(self, suffix: str) -> dict[str, str]:
        """Path → text of the outputs with a suffix."""
        return {
            output.path: output.content.decode()
            for output in self.outputs
            if output.path.endswith(suffix)
        }


def build(folder: Path) -> Build:
    compilation = compile_folder(folder)
    return Build(compilation, tuple(emit_sorted(compilation.api, compilation.report)))


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
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Import, ast.Pass),
)
TOP = {
    "models": {ast.Expr, ast.ImportFrom, ast.ClassDef},
    "stubs": {ast.Expr, ast.ImportFrom, ast.Import, ast.Assign, ast.AnnAssign, ast.ClassDef},
    "registry": {ast.Expr, ast.ImportFrom, ast.Assign},
    "client": {ast.Expr, ast.ImportFrom, ast.Import, ast.Assign, ast.ClassDef},
}
# What the modules of a client have besides: methods that call the runtime.
CLIENT_NODES = (ast.AsyncFunctionDef, ast.Await, ast.Return)
CLIENT_CALLS = re.compile(
    r"Operation\[[\w., |\[\]]+\]|Paging|Place|Habits|ErrorFields|deprecated"
    r"|self\._(?:call|pages|stream)|super(?:\(\)\.__init__)?|_runtime\.(?:basic|bearer|key)"
)
CALLS = {
    "PageServices",
    "merge",
    "ConfigDict",
    "Field",
    "Method",
    "Resource",
    "Route",
    "Service",
    "StandardMethod",
} | {
    *("_pool.add_file", "_pool.enum_wrapper", "_pool.message_class", "frozenset"),
    *(f"channel.{one}_{two}" for one in ("unary", "stream") for two in ("unary", "stream")),
}


def imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str, str]]:
    """Level, module and name of each import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((0, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, node.module or "", alias.name) for alias in node.names)


@functools.cache
def benign_imports() -> frozenset[tuple[int, str]]:
    """What is imported from outside, by benign packages of both dialects: level and module."""
    builds = [benign(dialect) for dialect in PAGES]
    texts = [text for made in builds for text in made.files(".py").values()]
    stubs = [text for made in builds for text in made.files(".pyi").values()]
    found = {entry for text in (*texts, *stubs) for entry in imports(ast.walk(ast.parse(text)))}
    return frozenset(entry[:2] for entry in found if entry[0] == 0)


def check_client_node(path: str, node: ast.AST) -> bool:
    """Return whether a node is in order because it is one of a client."""
    where = f"{path}: {ast.unparse(node)[:200]}"
    match node:
        case ast.Call(func=ast.Name(id=class_), args=[ast.Name(id="self" | "client")]):
            assert re.fullmatch(r"\w+", class_), where
        case ast.Call():
            assert CLIENT_CALLS.fullmatch(ast.unparse(node.func)), where
        case ast.Expr(value=ast.Call() | ast.Await()):
            pass  # the call is looked at by itself
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            last = node.body[-1]
            assert len(node.body) == 2 or node.name == "__init__", where
            assert isinstance(last, ast.Return | ast.Expr | ast.Assign), where
            assert {ast.unparse(one).partition("(")[0] for one in node.decorator_list} <= {
                "deprecated"
            }, where
            assert not node.args.defaults, where
        case ast.ClassDef():
            assert not node.decorator_list, where
            assert [ast.unparse(one) for one in node.keywords] in ([], ["total=False"]), where
        case _:
            return False
    return True


def check_annotations(path: str, class_: ast.ClassDef) -> None:
    """No annotation in a class has the name of one of its attributes, which would hide the type."""
    members = [node for node in class_.body if isinstance(node, ast.AnnAssign)]
    attributes = {ast.unparse(member.target) for member in members}
    used = {
        name.id: f"{path}: {class_.name}.{ast.unparse(member)}"
        for member in members
        for name in ast.walk(member.annotation)
        if isinstance(name, ast.Name)
    }
    assert not used.keys() & attributes, [used[name] for name in used.keys() & attributes]


@functools.cache
def check_python(path: str, text: str, paths: frozenset[str]) -> None:
    """A module declares, assigns and imports; it calls nothing but what declarations call."""
    package, _, inside = path.partition("/")
    named = PurePosixPath(inside).name in ("__main__.py", "__init__.py") or inside == "pool.py"
    if named and inside != "registry/__init__.py":
        same = benign("hugo").files(PurePosixPath(inside).name)
        known = [re.sub(r"\bapi\b", package, known).split() for known in same.values()]
        # Without routes, there is no client. A docstring of two lines ends on a third.
        joined = text.replace('\n"""', '"""')
        if joined.replace("models, p", "models, an HTTP client, p").split() in known:
            return
        if joined.split() in known:
            return
        assert PurePosixPath(inside).name == "__init__.py", path
    tree = ast.parse(text)
    compile(tree, path, "exec")
    # Other folders are those of short paths, whose modules export names.
    top = TOP.get(inside.split("/")[0], TOP["registry"])
    assert {type(node) for node in tree.body} <= top, path
    nodes = list(ast.walk(tree))
    is_client = inside.startswith("client/")
    for node in nodes:
        allowed = (*NODES, *CLIENT_NODES) if is_client else NODES
        assert isinstance(node, allowed), f"{path}: {ast.unparse(node)}"
        if is_client and check_client_node(path, node):
            continue
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
                check_annotations(path, node)
    for level, module, name in imports(nodes):
        if level == 0:
            is_type = module == "builtins" or (
                module == "google.protobuf" and name.endswith("_pb2")
            )
            assert is_type or (level, module) in benign_imports(), f"{path}: import {module} {name}"
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
        (added,) = [call for call in calls if ast.unparse(call.func) == "_pool.add_file"]
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
            # `optional` is a oneof of its own field.
            assert len(message.oneof_decl) == sum(f.proto3_optional for f in message.field)
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


def check_protos(made: Build, dialect: str | None, pages: int) -> None:
    """Check what protoc read: the model, and of each page no more than the benign one declares."""
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
        result = [part for part in model.get(kind, []) if not getattr(part, "incomplete", False)]
        assert len(result) <= pages * len(plain[kind])
        if pages > 1:
            packages = Counter(part.full_name.rpartition(".")[0] for part in result)
            assert all(count <= len(plain[kind]) for count in packages.values()), packages


def check_text(made: Build) -> None:
    """No character steers a terminal or an editor. api.json: see the test of its own."""
    for suffix in (".py", ".pyi", ".proto", ".txt"):
        for path, text in made.files(suffix).items():
            odd = {char for char in set(text) if not char.isprintable()} - {"\n", "\t"}
            assert not odd, f"{path}: {odd}"


def check(made: Build, dialect: str | None, pages: int = 1) -> None:
    """Check that there is an error and nothing to write, or that all outputs are of the form."""
    if made.errors:
        assert not made.outputs
        assert "uncompilable-output" not in made.errors, made.errors  # says: a fault of apiscribe
        return
    paths = frozenset(output.path for output in made.outputs)
    assert len({path.casefold() for path in paths}) == len(made.outputs)
    for path in paths:
        parts = PurePosixPath(path).parts
        form = r"[A-Za-z0-9_]+(\.[a-z]+)?|\.gitattributes"
        assert all(re.fullmatch(form, part) for part in parts), path
        assert all(len(part) <= 255 for part in parts), path
        assert len(path) < 2_000
    for suffix in (".py", ".pyi"):
        for path, text in made.files(suffix).items():
            check_python(path, text, paths)
    check_protos(made, dialect, pages)
    check_text(made)
    for text in made.files(".json").values():
        json.loads(text, parse_constant=_refuse)
        assert not {char for char in text if not char.isprintable()} - {"\n"}
    for text in made.files(".html").values():
        ClosedHtml(text)
        assert not {char for char in text if not char.isprintable()} - {"\n", "\t"}
    model = json.loads(made.files("api.json")["api.json"])
    assert model["name"] == made.compilation.api.name


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")
