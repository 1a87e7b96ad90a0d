"""Mutants of the generator and the runtime, tested until time is up: `make mutants`.

cosmic-ray makes the mutants, in a copy of the repository; a mutant that no test notices survives. MUTANT_SECONDS says
how long (600), MUTANT_SEED repeats a run, and MUTANT_MODULES are the modules (`lower/presence.py lower/resource_keys.py`).
mutants.toml explains survivors that change nothing; any other survivor makes the run fail.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import itertools
import os
import pickle
import random
import select
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
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
_LOWER = [
    "test_cases.py",
    "test_conventions.py",
    "test_names.py",
    "test_names_apart.py",
    "test_names_in_lock.py",
    "test_numbers.py",
    "test_shared_objects.py",
    "test_standard_methods.py",
    "test_suggestions.py",
    "test_type_words.py",
    "test_undeclared_types.py",
]
TESTS = {
    "lower/*.py": _LOWER,
    "lower/checks/*.py": _LOWER,
    "lower/conventions/*.py": _LOWER,
    "emit/*.py": ["test_cases.py", "test_openapi_output.py", "test_models.py", "test_outputs.py"],
    "model/lock/*.py": ["test_lock.py", "test_numbers.py", "test_cases.py"],
    "apiscribe_runtime/filters.py": ["test_query.py", "test_query_rows.py"],
    "apiscribe_runtime/authentication.py": ["test_authentication.py"],
}
# Those start servers, in other processes: they run for every mutant of the modules.
SERVING = ("apiscribe_runtime/",)
# What most tests import, and no mutant changes.
PRELOADED = (
    *("bs4", "click", "google.protobuf.descriptor_pb2", "grpc_tools.protoc", "hypothesis"),
    *("jinja2", "markdown_it", "pydantic", "sqlalchemy"),
)
# Operators whose mutants are seldom equal to the code: arithmetic on counts and positions has its own tests.
KINDS = (
    *("AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceFalseWithTrue"),
    *("ReplaceTrueWithFalse", "ReplaceComparisonOperator", "ReplaceUnaryOperator"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop"),
)
# For numbers, words and truth values these are mostly the same.
EQUAL = ("Eq_Is", "NotEq_IsNot", "Is_Eq", "IsNot_NotEq")
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
    lines: range | None  # of the function that has the change; None: it is in none


# A call that a test may make in another process.
ANY_CALL = ("", 0)


def operators() -> list[Operator]:
    """One of each kind of change."""
    names = [
        name
        for name in operator_names()
        if name.partition("/")[2].startswith(KINDS)
        and not name.endswith(tuple(f"Operator_{pair}" for pair in EQUAL))
    ]
    return [*(get_operator(name)() for name in sorted(names)), ReplaceQuantifier()]


def file_of(module: str) -> Path:
    """The file of a module, from the root of the repository."""
    is_runtime = module.startswith("apiscribe_runtime/")
    return Path("runtime" if is_runtime else "generator/apiscribe", module)


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    code = (ROOT / file_of(module)).read_text("utf-8")
    functions = functions_of(code)
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
                    line = positions[occurrence][0][0]
                    around = next((lines for lines in functions if line in lines), None)
                    result[changed] = Mutant(module, changed, diff, around)
    return list(result.values())


def functions_of(code: str) -> list[range]:
    """The lines of the functions and methods that are in no other function, without defaults."""
    found = []
    for node in ast.walk(ast.parse(code)):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef) and isinstance(node, ast.Module | ast.ClassDef):
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                found.append(range(first, (child.end_lineno or first) + 1))
    return found


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


def options(module: str) -> list[str]:
    """The options of pytest for the tests of a module."""
    kinds = [] if module.startswith(SERVING) else ["-m", "not slow"]
    return ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *kinds]


class CallRecord:
    """A plugin of pytest: which functions of the modules each test calls."""

    def __init__(self, files: Iterable[Path], *, serving: bool) -> None:
        """Record the calls of functions in these files; other processes may call them too."""
        self.files = {str(file) for file in files}
        self.serving = serving
        self.tests: dict[str, set[tuple[str, int]]] = {}
        self.failed = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Run a test with its fixtures, and record its calls."""
        calls = self.tests[item.nodeid] = set()
        if self.serving:
            calls.add(ANY_CALL)

        def record(frame: FrameType, event: str, _: object) -> None:
            code = frame.f_code
            if event == "call" and code.co_filename in self.files:
                calls.add((code.co_filename, code.co_firstlineno))

        sys.setprofile(record)
        try:
            return (yield)
        finally:
            sys.setprofile(None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a test failed."""
        self.failed = self.failed or report.failed


class Chosen:
    """A plugin of pytest: run only these tests, in this order, and keep the first that fails."""

    def __init__(self, tests: list[str]) -> None:
        """Run these tests."""
        self.places = {test: place for place, test in enumerate(tests)}
        self.failed = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the other tests out."""
        items[:] = [item for item in items if item.nodeid in self.places]
        items.sort(key=lambda item: self.places[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the test that fails."""
        if report.failed:
            self.failed = report.nodeid


class Runs:
    """Runs of the tests in a copy of the repository, each in a fork of this process.

    A fork has imported what the tests import, apart from the code that mutants change.
    """

    def __init__(self, copy: Path) -> None:
        """Prepare this process to run the tests of a copy."""
        self.copy = copy
        self.calls: dict[str, dict[str, set[tuple[str, int]]]] = {}
        self.seconds: dict[str, float] = {}
        self.times = itertools.count(1_000_000_000)
        folders = [copy / "generator", copy / "runtime"]
        os.environ["PYTHONPATH"] = os.pathsep.join(map(str, folders))
        sys.path[:0] = [*map(str, folders), str(copy / "tests")]
        os.chdir(copy)
        for name in PRELOADED:
            importlib.import_module(name)

    def measure(self, module: str) -> bool:
        """Run the tests of a module, and keep their calls and time; return whether they pass."""
        key = " ".join(tests_of(module))
        if key in self.calls:
            return True
        files = [self.copy / file_of(m) for m in modules(()) if tests_of(m) == tests_of(module)]

        def run() -> Any:
            record = CallRecord(files, serving=module.startswith(SERVING))
            pytest.main([*options(module), *tests_of(module)], plugins=[record])
            return None if record.failed else record.tests

        begin = time.monotonic()
        self.calls[key] = _forked(run, None) or {}
        self.seconds[key] = SLOWER * (time.monotonic() - begin)
        return bool(self.calls[key])

    def first_failure(self, mutant: Mutant, killers: list[str]) -> str:
        """Return the test that notices a mutant, those that noticed others first; "" if none does."""
        key = " ".join(tests_of(mutant.module))
        file = self.copy / file_of(mutant.module)
        calls = self.calls[key]
        tests = [
            test
            for test, lines in calls.items()
            if mutant.lines is None
            or ANY_CALL in lines
            or any(name == str(file) and line in mutant.lines for name, line in lines)
        ]
        if not tests:
            return ""
        tests.sort(key=lambda test: (test not in killers, len(calls[test])))
        code = file.read_bytes()
        self._write(file, mutant.code.encode())

        def run() -> str:
            chosen = Chosen(tests)
            arguments = ["-x", *options(mutant.module), *tests_of(mutant.module)]
            status = pytest.main(arguments, plugins=[chosen])
            return chosen.failed or ("collection" if status else "")

        try:
            failed = _forked(run, self.seconds[key])
        finally:
            self._write(file, code)
        return "time" if failed is None else str(failed)

    def _write(self, file: Path, code: bytes) -> None:
        file.write_bytes(code)
        # Two versions of a module within a second share the time that Python compares.
        moment = next(self.times)
        os.utime(file, (moment, moment))


def _forked(run: Callable[[], Any], seconds: float | None) -> Any:
    """Run a function in a fork; return its result, or None if it takes too long or dies."""
    reader, writer = os.pipe()
    if not (process := os.fork()):
        os.setsid()
        os.close(reader)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        result = pickle.dumps(run())
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(result)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        ready, _, _ = select.select([pipe], [], [], seconds)
        result = pipe.read() if ready else b""
    if not ready:
        os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return pickle.loads(result) if result else None


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
    killers: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "apiscribe"
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(copy / name))
        runs = Runs(copy)
        for mutant in every:
            if time.monotonic() > until:
                break
            if not runs.measure(mutant.module):
                print(f"{' '.join(tests_of(mutant.module))}: these tests fail without a mutant")
                return 1
            tested += 1
            failed = runs.first_failure(mutant, killers[mutant.module])
            if failed:
                killers[mutant.module].append(failed)
            elif (mutant.module, mutant.diff.strip()) not in reasons:
                survivors.append(mutant)
                print(f"\n{mutant.module} survives\n{mutant.diff}", flush=True)
    print(
        f"\n{tested} tested, {tested - len(survivors)} noticed or explained, {len(survivors)} survive"
    )
    return 1 if survivors else 0


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    sys.exit(main())
