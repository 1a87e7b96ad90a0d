"""The structure of the code: layers, libraries, sizes, and the map in generator/README.md."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "generator" / "apiscribe"
RUNTIME = ROOT / "runtime" / "apiscribe_runtime"

# The layers of the generator, the highest first. A package imports from lower layers and from itself;
# on its own layer only what SIDEWAYS allows.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"commands", "__main__"}),
    frozenset({"emit", "drift", "sources"}),
    frozenset({"lower", "dialects", "pages"}),
    frozenset({"model"}),
    frozenset({"diagnostics", "workspace"}),
)
SIDEWAYS = {
    ("__main__", "commands"),
    ("dialects", "pages"),  # Blocks → Drafts
    ("drift", "emit"),  # the drift page is laid out by the same templates and encoders
}
# Lower packages that a package must not import all the same.
FORBIDDEN = {
    "dialects": {"model.api"},
    "lower": {"pages"},
    "emit": {"model.draft", "pages", "dialects"},
    "drift": {"model.draft", "pages", "dialects"},
}
# Libraries, and the only packages that may import them. The rest is the standard library.
LIBRARIES = {
    "markdown_it": {"pages"},
    "bs4": {"pages"},
    "tomlkit": {"emit", "commands"},
    "yaml": {"emit", "pages", "sources", "workspace"},
    "msgspec": {"diagnostics", "dialects", "drift", "emit", "lower", "model", "sources"},
    "jinja2": {"emit"},
    "ruff": {"workspace"},
    "google": {"emit", "sources", "workspace"},
    "apiscribe_runtime": {"commands"},  # `serve` runs what it built
    "grpc": {"sources"},
    "grpc_reflection": {"sources"},
    "click": {"commands"},
    "wcwidth": {"diagnostics"},
    "anyascii": {"model"},
    "platformdirs": {"workspace"},
    "watchfiles": {"workspace"},
}
# What the runtime may import: models, clients, and the rest.
PYDANTIC = {"pydantic", "pydantic_core"}
CLIENT = {"anyio", "httpx"}
SERVER = set(
    "aiosqlite google grpc grpc_health grpc_reflection h11 jwt prometheus_client"
    " pydantic_settings pythonjsonlogger re2 sqlalchemy starlette uvicorn".split()
)
# What `apiscribe --help` must not load.
HEAVY = (
    "jinja2",
    "markdown_it",
    "bs4",
    "msgspec",
    "google.protobuf",
    "grpc",
    "pydantic",
    "wcwidth",
    "anyascii",
    "tomlkit",
    "platformdirs",
    "watchfiles",
)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The package or module at top level that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, by absolute name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def layer_of(part: str) -> int:
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


GENERATOR = [path for path in modules() if part_of(path) != "__init__"]


def test_every_package_is_on_a_layer() -> None:
    known = {part for parts in LAYERS for part in parts}
    assert {part_of(path) for path in GENERATOR} == known


@pytest.mark.parametrize("path", GENERATOR, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    part = part_of(path)
    for name in imports(path):
        if not name.startswith("apiscribe."):
            continue
        within = name.removeprefix("apiscribe.")
        other = within.split(".")[0]
        forbidden = FORBIDDEN.get(part, set())
        assert not any(f"{within}.".startswith(f"{each}.") for each in forbidden), name
        allowed = other == part or (part, other) in SIDEWAYS
        assert layer_of(other) > layer_of(part) or allowed, name


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
    for path in RUNTIME.rglob("*.py"):
        outside = "." * (len(path.relative_to(RUNTIME).parts) + 1)
        for name in imports(path):
            assert not name.startswith(("apiscribe", outside)), f"{path}: {name}"


def test_the_runtime_imports_only_what_its_distribution_requires() -> None:
    """`__init__` imports nothing, and `messages` pydantic alone: models need no server. Clients need
    neither a server nor protobuf.
    """
    for path in RUNTIME.rglob("*.py"):
        used = {name.split(".")[0] for name in imports(path) if not name.startswith(".")}
        own = [name for name in imports(path) if name.startswith(".")]
        is_client = path.parent != RUNTIME
        allowed = {"__init__": set(), "messages": PYDANTIC}.get(path.stem, PYDANTIC | SERVER)
        assert used - sys.stdlib_module_names <= (PYDANTIC | CLIENT if is_client else allowed), path
        if is_client:
            assert {name for name in own if name.startswith("..")} <= {"..messages"}, path
        elif path.stem in ("__init__", "messages"):
            assert not own, path


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 matches such groups wrongly: reading a page never ended."""
    repeated = re.compile(r"[^(]\)[*+?]\+|\(\?>")
    for path in [*modules(), *RUNTIME.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not repeated.search(node.value), f"{path}:{node.lineno}: {node.value}"


def test_no_module_passes_300_lines() -> None:
    files = [*modules(), *RUNTIME.rglob("*.py")]
    long = {path.name for path in files if len(path.read_text("utf-8").splitlines()) > 300}
    assert not long


def code_map() -> str:
    """The table of all files, with the first sentence of each module."""
    lines = []
    parts = {part: (PACKAGE, PACKAGE / part) for parts in LAYERS for part in sorted(parts)}
    parts["../runtime/apiscribe_runtime"] = (RUNTIME.parent, RUNTIME)
    for title, (root, folder) in parts.items():
        files = sorted(folder.rglob("*.py"))
        lines += [f"### {title}/", "", "| file | |", "| --- | --- |"] if files else []
        for path in files:
            text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            first = " ".join(text.split("\n\n")[0].split())
            lines.append(f"| `{path.relative_to(root).as_posix()}` | {first} |")
        lines += [""] if files else []
    return "\n".join(lines)


def test_the_map_of_the_code_lists_each_file(request: pytest.FixtureRequest) -> None:
    file = ROOT / "generator" / "README.md"
    before, _, after = file.read_text("utf-8").partition("<!-- files -->\n\n")
    listed, _, after = after.partition("<!-- end of files -->")
    if request.config.getoption("refresh"):
        file.write_text(
            f"{before}<!-- files -->\n\n{code_map()}<!-- end of files -->{after}", "utf-8"
        )
    assert listed == code_map()


def test_help_loads_no_heavy_library() -> None:
    program = f"""
import sys
from click.testing import CliRunner
from apiscribe.commands import main
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
