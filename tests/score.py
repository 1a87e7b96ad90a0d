"""How well the pages of each version of the corpus are read: documented facts found, of all; how
often the rules of inference are right; what became of every part of the pages.

`make score` writes score.json, misses.json, inference.json, references.json and coverage.json beside this file and
prints the tables; tests/test_corpus.py fails where a version is read worse than they say.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import inference

from apiscribe.commands.statistics import coverage_table
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.sources.compilation import Compilation, compile_folder

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared"))
HERE = Path(__file__).parent
EXPECTED = HERE / "score.json"
INFERENCE = HERE / "inference.json"
COVERAGE = HERE / "coverage.json"
REFERENCES = HERE / "references.json"
MISSES = HERE / "misses.json"

# Row → [found, documented, spurious]
Scores = dict[str, list[int]]
# Page, element, row, and why the page cannot be read as the truth has it
Miss = list[str]
# Kind of part → what became of it → how many
Coverage = dict[str, dict[str, int]]


def versions() -> list[str]:
    """The versions that the corpus holds and has the truth of."""
    return sorted(file.stem for file in (CORPUS / "truth").glob("*.json"))


@cache
def reading_of(version: str) -> Compilation:
    """The version's pages, read once."""
    return compile_folder(CORPUS / "corpus" / version)


def truth_of(version: str) -> Any:
    """What is true of the version, page by page."""
    return json.loads((CORPUS / "truth" / f"{version}.json").read_text("utf-8"))


@cache
def reference_scores(version: str, references: tuple[str, ...]) -> dict[str, list[int]]:
    """What the references give to the version, against its truth."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec"
        shutil.copytree(CORPUS / "corpus" / version, spec)
        places = [str((CORPUS / "corpus" / reference).resolve()) for reference in references]
        (spec / "spec.toml").write_text(
            f'pages = "."\nreferences = {json.dumps(places)}\n', "utf-8"
        )
        compilation = compile_folder(spec)
    assert [str(found) for found in compilation.report.at("error")] == []
    return inference.measure_references(compilation, truth_of(version))


def coverage(version: str) -> Coverage:
    """What became of the parts of the version's pages."""
    found: Coverage = {}
    for (_, kind, status), count in sorted(reading_of(version).report.coverage.items()):
        statuses = found.setdefault(kind, {})
        statuses[status] = statuses.get(status, 0) + count
    return {kind: dict(sorted(statuses.items())) for kind, statuses in sorted(found.items())}


@cache
def scored(version: str) -> Any:
    """What the corpus's own scorer says of the `.proto` that its pages give."""
    with tempfile.TemporaryDirectory() as folder:
        for output in render_all(emit_proto(reading_of(version).api)):
            file = Path(folder) / output.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        result = Path(folder) / "score.json"
        truth = CORPUS / "truth" / f"{version}.json"
        command = [sys.executable, CORPUS / "tools" / "score.py", "--truth", truth]
        command += ["--protos", Path(folder) / "proto", "--json", result]
        subprocess.run(command, check=True, capture_output=True)
        return json.loads(result.read_text("utf-8"))


def score(version: str) -> Scores:
    """The scorer's rows, without those that say nothing of documented facts."""
    table = scored(version)["rows"].items()
    rows = {row: [*cells["documented"], cells["spurious"]] for row, cells in table}
    return {row: cells for row, cells in rows.items() if cells[1] or cells[2]}


def misses(version: str) -> list[Miss]:
    """The documented facts that were not found, and why; without a reason, the fault is ours."""
    documented = [miss for miss in scored(version)["misses"] if miss["documented"]]
    return [
        [miss["page"], miss["element"], miss["row"], _reason(miss, version)] for miss in documented
    ]


def _reason(miss: dict[str, Any], version: str) -> str:
    """Why the page does not say what the truth says it does; looked up on the page."""
    compilation = reading_of(version)
    text = compilation.spec.sources[miss["page"]].text
    clashes = {d.message.rpartition(" is renamed to ")[2] for d in compilation.report}
    expected = str(miss["expected"])
    if str(miss["got"]).rpartition(".")[2] in clashes:
        return "the page's own message lost its name to another page's in a clash"
    if miss["row"] == "examples":
        short = miss["element"].rpartition(".")[2]
        message = next(
            m for f, m in compilation.api.messages() if (f.page, m.name) == (miss["page"], short)
        )
        return "" if message.examples else "the page shows it inside an example of another message"
    if expected.endswith("\\"):
        return "a comment must not end with a backslash; it would go on with the next line"
    got, folded = " ".join(str(miss["got"]).split()), " ".join(text.split())
    same_words = got.replace(" ", "") == expected.replace("\n", "").replace(" ", "")
    if same_words and (got in folded or " ".join(expected.split()) not in folded):
        return "the page has no blank where the truth has a new line"
    return ""


def keep(file: Path, entries: object) -> None:
    """Write what is expected from now on."""
    file.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")


def main() -> None:
    """Write and print the measurements of all versions."""
    scores = {version: score(version) for version in versions()}
    keep(EXPECTED, scores)
    for version, rows in scores.items():
        short = [
            f"    {row} {found}/{of}" + (f" +{spurious}" if spurious else "")
            for row, (found, of, spurious) in rows.items()
            if found < of or spurious
        ]
        print(f"{version}: {len(rows) - len(short)} of {len(rows)} rows full", *short, sep="\n")
    found_not = {version: misses(version) for version in versions()}
    keep(MISSES, found_not)
    reasons = Counter(reason for found in found_not.values() for *_, reason in found)
    print("", *(f"{count} missed: {reason}" for reason, count in reasons.items()), sep="\n")
    tallies = {e: inference.measure(reading_of(e), truth_of(e)) for e in versions()}
    keep(INFERENCE, tallies)
    print("", inference.table(inference.total(tallies.values())), sep="\n")
    gifts = {
        f"{e} from {', '.join(d)}": reference_scores(e, d) for e, d in inference.REFERENCE_RUNS
    }
    keep(REFERENCES, gifts)
    for name, facts in gifts.items():
        result = [f"{fact} {right}/{n} of {of}" for fact, (right, n, of) in facts.items() if n]
        print(f"{name}: {', '.join(result)}")
    accounts = {version: coverage(version) for version in versions()}
    keep(COVERAGE, accounts)
    whole = sum((reading_of(version).report.coverage for version in versions()), Counter())
    print("", coverage_table(whole), sep="\n")


if __name__ == "__main__":
    main()
