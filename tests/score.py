"""How well the pages of each edition of the corpus are read: documented facts found, of all.

`make score` writes tests/score.json and prints the table; tests/test_corpus.py fails where an
edition is read worse than it says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from apiscribe.build import read
from apiscribe.emit.proto import emit_proto

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared"))
EXPECTED = Path(__file__).parent / "score.json"

# Row → [found, documented, spurious]
Scores = dict[str, list[int]]


def editions() -> list[str]:
    """The editions that the corpus holds and has the truth of."""
    return sorted(file.stem for file in (CORPUS / "truth").glob("*.json"))


def score(edition: str) -> Scores:
    """What the corpus's own scorer says of the `.proto` that its pages give."""
    reading = read(CORPUS / "corpus" / edition)
    with tempfile.TemporaryDirectory() as folder:
        for output in emit_proto(reading.api):
            file = Path(folder) / output.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
        result = Path(folder) / "score.json"
        truth = CORPUS / "truth" / f"{edition}.json"
        command = [sys.executable, CORPUS / "tools" / "score.py", "--truth", truth]
        command += ["--protos", Path(folder) / "proto", "--json", result]
        subprocess.run(command, check=True, capture_output=True)
        found: dict[str, Any] = json.loads(result.read_text("utf-8"))
    rows = {row: [*cells["documented"], cells["spurious"]] for row, cells in found["rows"].items()}
    return {row: cells for row, cells in rows.items() if cells[1] or cells[2]}


def main() -> None:
    """Write and print the scores of all editions."""
    scores = {edition: score(edition) for edition in editions()}
    EXPECTED.write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    for edition, rows in scores.items():
        short = [f"{row} {a}/{b}" + (f" +{c}" if c else "") for row, (a, b, c) in rows.items()]
        full = [row for row, (a, b, c) in rows.items() if a == b and not c]
        print(f"{edition}: {len(full)} of {len(rows)} rows full")
        print(
            "".join(
                f"    {text}\n" for row, text in zip(rows, short, strict=True) if row not in full
            )
        )


if __name__ == "__main__":
    main()
