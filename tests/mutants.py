"""Mutants of the generator and the runtime, tested until time is up: `make mutants`.

cosmic-ray makes the mutants, in a copy of the repository; a mutant that no test notices survives. MUTANT_SECONDS says
how long (600), MUTANT_SEED repeats a run, and MUTANT_MODULES are the modules (`lower/presence.py lower/resource_keys.py`).
mutants.toml explains survivors that change nothing; any other survivor makes the run fail.
"""

from __future__ import annotations

import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent
# What the tests of a mutant read.
COPIED = [
    "generator",
    "runtime",
    "templates",
    "tests",
    "specs",
    "docs",
    "generated",
    "benchmarks",
    "pyproject.toml",
]
# Modules → the tests that must notice a mutant.
TESTS = {
    "lower/*.py": ["test_cases.py"],
    "model/lock/*.py": ["test_numbers.py"],
    "apiscribe_runtime/filters.py": ["test_query.py", "test_query_rows.py"],
    "apiscribe_runtime/authentication.py": ["test_authentication.py"],
}
# Operators whose mutants are seldom equal to the code: arithmetic on counts and positions has its own tests.
KINDS = (
    *("AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceFalseWithTrue"),
    *("ReplaceTrueWithFalse", "ReplaceComparisonOperator", "ReplaceUnaryOperator"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop"),
)
SLOWER = 4  # a mutant that takes so many times as long as the code hangs


OPPOSITES = {"all": "any", "any": "all", "min": "max", "max": "min"}


class ReplaceQuantifier(Operator):
    """Swaps `all` and `any`, `min` and `max`."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        """Yield the position of a name that is called."""
        following = node.get_next_leaf() if node.type == "name" else None
        if following == "(" and node.value in OPPOSITES:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return the node with the other name."""
        node.value = OPPOSITES[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """Return none: cosmic-ray's own tests use them."""
        return ()


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    module: str
    code: str
    diff: str


def operators() -> list[Operator]:
    """One of each kind of change."""
    names = [n for n in operator_names() if n.partition("/")[2].startswith(KINDS)]
    return [*(get_operator(name)() for name in sorted(names)), ReplaceQuantifier()]


def file_of(module: str) -> Path:
    """The file of a module, from the root of the repository."""
    is_runtime = module.startswith("apiscribe_runtime/")
    return Path("runtime" if is_runtime else "generator/apiscribe", module)


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    code = (ROOT / file_of(module)).read_text("utf-8")
    result = {}
    for operator in operators():
        positions = [
            p for node in ast_nodes(get_ast(code)) for p in operator.mutation_positions(node)
        ]
        for occurrence in range(len(positions)):
            changed = mutate_code(code, operator, occurrence)
            if changed and changed != code:
                diff = difference(code, changed)
                # Arguments of decorators (`kw_only`, `slots`) change nothing that a test should notice.
                if not diff.startswith("-@"):
                    result[changed] = Mutant(module, changed, diff)
    return list(result.values())


def difference(code: str, changed: str) -> str:
    """The changed lines, as in a diff."""
    lines = difflib.unified_diff(code.splitlines(), changed.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def modules(chosen: Iterable[str]) -> list[str]:
    """The modules that have tests here, or the chosen ones of them."""
    known = [
        f"{glob.rpartition('/')[0]}/{path.name}"
        for glob in TESTS
        for path in sorted(ROOT.glob(str(file_of(glob))))
    ]
    return [module for module in known if not chosen or module in chosen]


def tests_of(module: str) -> list[str]:
    """The tests that must notice a mutant of a module."""
    [tests] = [tests for glob, tests in TESTS.items() if Path(module).match(glob)]
    return [f"tests/{name}" for name in tests]


def fails(copy: Path, module: str, seconds: float | None) -> bool:
    """Whether a test fails in the copy, or takes too long."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{copy / 'generator'}{os.pathsep}{copy / 'runtime'}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        *tests_of(module),
    ]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> int:
    """Test mutants in random order; return 1 if one survives without an explanation."""
    until = time.monotonic() + float(os.environ.get("MUTANT_SECONDS", "600"))
    seed = int(os.environ.get("MUTANT_SEED", str(random.randrange(10**6))))
    chosen = modules(os.environ.get("MUTANT_MODULES", "").split())
    explained = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text("utf-8"))
    reasons = {
        (entry["module"], entry["diff"].strip()): entry["reason"] for entry in explained["survivor"]
    }
    every = [mutant for module in chosen for mutant in mutants_of(module)]
    random.Random(seed).shuffle(every)
    print(f"{len(every)} mutants of {len(chosen)} modules; MUTANT_SEED={seed}", flush=True)
    tested, survivors = 0, []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "apiscribe"
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(copy / name))
        limits: dict[str, float] = {}
        for mutant in every:
            if time.monotonic() > until:
                break
            key = " ".join(tests_of(mutant.module))
            if key not in limits:
                begin = time.monotonic()
                if fails(copy, mutant.module, None):
                    print(f"{key}: these tests fail without a mutant")
                    return 1
                limits[key] = SLOWER * (time.monotonic() - begin)
            file = copy / file_of(mutant.module)
            code = file.read_text("utf-8")
            file.write_text(mutant.code, "utf-8")
            tested += 1
            if (
                not fails(copy, mutant.module, limits[key])
                and (mutant.module, mutant.diff.strip()) not in reasons
            ):
                survivors.append(mutant)
                print(f"\n{mutant.module} survives\n{mutant.diff}", flush=True)
            file.write_text(code, "utf-8")
    print(
        f"\n{tested} tested, {tested - len(survivors)} noticed or explained, {len(survivors)} survive"
    )
    return 1 if survivors else 0


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    sys.exit(main())
