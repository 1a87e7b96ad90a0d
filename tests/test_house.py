"""The house rules of generator/README.md, held by a test."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "generator" / "apiscribe"

# A module or package may import those of lower floors; on its own floor, only itself, except on
# the floors that say otherwise.
FLOORS: tuple[tuple[frozenset[str], bool], ...] = (
    (
        frozenset(
            {"source", "diagnostic_codes", "names", "own_files", "parallel", "report", "steps"}
        ),
        True,
    ),
    (
        frozenset(
            "cache draft example_text ir lock output_folder pages protoc spec wire_types".split()
        ),
        False,
    ),
    (frozenset({"conformance", "descriptors", "dialects", "lower"}), False),
    (
        frozenset("checks emit explanations levels page_drafts reports stats suggestions".split()),
        False,
    ),
    (frozenset({"drift", "handlers"}), False),
    (frozenset({"build", "docs", "explain", "serving"}), False),
    (frozenset({"sources", "adopt", "new"}), False),
    (frozenset({"cli", "__main__"}), True),
)
# Beyond the floors: what these must not know, though it lies below them.
BLIND = {
    "dialects": {"ir"},
    "lower": {"pages"},
    "descriptors": {"draft", "pages"},
    "emit": {"draft", "pages"},
    "checks": {"draft", "pages"},
}
# Libraries, and the only places that may import them. The rest is the standard library.
LIBRARIES = {
    "markdown_it": {"pages"},
    "bs4": {"pages"},
    "tomlkit": {"emit", "new", "suggestions"},
    "yaml": {"pages", "sources"},
    "msgspec": {"emit", "ir", "lower", "page_drafts", "sources", "spec"},
    "jinja2": {"emit"},
    "black": {"emit"},
    "google": {"descriptors", "emit", "protoc", "sources"},
    "grpc": {"sources"},
    "grpc_reflection": {"sources"},
    "click": {"cli"},
    "wcwidth": {"reports"},
    "platformdirs": {"cache"},
}
# What `apiscribe --help` must not load.
HEAVY = (
    "jinja2",
    "black",
    "markdown_it",
    "bs4",
    "msgspec",
    "google.protobuf",
    "grpc",
    "pydantic",
    "wcwidth",
    "tomlkit",
    "platformdirs",
)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The module or package of a floor that a file belongs to; the runtime and the root's
    `__init__` are on none."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, by absolute name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def floor_of(part: str) -> int:
    return next(floor for floor, (parts, _) in enumerate(FLOORS) if part in parts)


GENERATOR = [path for path in modules() if part_of(path) not in ("runtime", "__init__")]


def test_every_module_stands_on_a_floor() -> None:
    known = {part for parts, _ in FLOORS for part in parts}
    assert {part_of(path) for path in GENERATOR} == known


@pytest.mark.parametrize("path", GENERATOR, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    part = part_of(path)
    floor = floor_of(part)
    for name in imports(path):
        if not name.startswith("apiscribe."):
            continue
        other = name.split(".")[1]
        assert other != "runtime", "the generator does not import the runtime"
        assert other not in BLIND.get(part, set()), f"{part} must not know {other}"
        sideways = FLOORS[floor][1] or other == part
        assert floor_of(other) < floor or (floor_of(other) == floor and sideways), name


def test_dialects_never_import_each_other() -> None:
    dialects = {"hugo", "gitbook"}
    for path in (PACKAGE / "dialects").glob("*.py"):
        if path.stem in dialects:
            taken = {name.rpartition(".")[2] for name in imports(path)}
            assert not taken & (dialects - {path.stem}), path


@pytest.mark.parametrize("path", GENERATOR, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_are_imported_where_they_belong(path: Path) -> None:
    for name in imports(path):
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names and top != "apiscribe":
            assert part_of(path) in LIBRARIES[top], name


def test_the_runtime_sees_nothing_of_the_generator() -> None:
    for path in (PACKAGE / "runtime").glob("*.py"):
        for name in imports(path):
            assert not name.startswith(("apiscribe", "..")), f"{path}: {name}"


def test_no_module_passes_300_lines() -> None:
    long = {path.name for path in modules() if len(path.read_text("utf-8").splitlines()) > 300}
    assert not long


def test_the_guide_to_the_code_has_a_line_for_each_file() -> None:
    guide = (ROOT / "generator" / "README.md").read_text("utf-8")
    for path in modules():
        name = path.relative_to(PACKAGE).as_posix()
        assert path.name in ("__init__.py", "__main__.py") or f"`{name}`" in guide, name


def test_help_loads_no_heavy_library() -> None:
    program = f"""
import sys
from click.testing import CliRunner
from apiscribe.cli import main
assert CliRunner().invoke(main, ["--help"]).exit_code == 0
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_repository_names_no_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, tracked):
        file = ROOT / name
        text = file.read_bytes() if file.is_file() else b""
        for path in (b"/home/", b"/work" + b"/", b"/root/"):
            assert path not in text or file == Path(__file__), f"{name} holds {path!r}"
