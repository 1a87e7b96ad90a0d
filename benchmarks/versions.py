"""The measured pages: versions of the corpus, or the sample specs without a corpus."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared")) / "corpus"
# The latest version of each dialect.
_MARKDOWN = (".md", ".mdx")
NAMES = ("1.10.2", "1.12")


def versions() -> list[Path]:
    """Return the folders of pages to build; each is a spec."""
    folders = [CORPUS / name for name in NAMES if (CORPUS / name).is_dir()]
    return folders or sorted(file.parent for file in (ROOT / "specs").glob("*/spec.toml"))


def pages_of(version: Path) -> list[Path]:
    """Return the Markdown pages of a version, sorted by path."""
    return sorted(
        file for file in version.rglob("*") if file.suffix in _MARKDOWN and file.is_file()
    )
