"""The pages that are measured: versions of the corpus; where there is none, the sample specs."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared")) / "corpus"
# One of each dialect, both in the last form that it had.
NAMES = ("1.10.2", "1.12")


def versions() -> list[Path]:
    """The folders of pages to be built: each is a spec of its own."""
    found = [CORPUS / name for name in NAMES if (CORPUS / name).is_dir()]
    return found or sorted(folder.parent for folder in (ROOT / "specs").glob("*/spec.toml"))


def pages_of(version: Path) -> list[Path]:
    """The pages of an version, in the order of their paths."""
    return sorted(file for file in version.rglob("*.md") if file.is_file())
