"""Print the part of CHANGELOG.md on a version; fail if the distributions have another version."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DISTRIBUTIONS = ("apiscribe", "apiscribe_runtime")


def release_notes(version: str, changelog: str) -> str:
    """Return the part on a version. Raise ValueError if it is missing, or not released."""
    parts = re.split(r"^## (.+)$", changelog, flags=re.MULTILINE)
    notes = dict(zip(parts[1::2], parts[2::2], strict=True))
    if version not in notes:
        found = ", ".join(notes)
        raise ValueError(f"CHANGELOG.md has no part on {version}; it has: {found}")
    return notes[version].strip() + "\n"


def missing_files(version: str, folder: Path) -> list[str]:
    """Return the wheels and archives of the version that a folder lacks."""
    names = (
        f"{name}-{version}{end}"
        for name in DISTRIBUTIONS
        for end in ("-py3-none-any.whl", ".tar.gz")
    )
    return [name for name in names if not (folder / name).is_file()]


def main(version: str, folder: str) -> int:
    """Print the notes. Return the exit status."""
    try:
        notes = release_notes(version, (ROOT / "CHANGELOG.md").read_text("utf-8"))
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    if missing := missing_files(version, Path(folder)):
        print(f"{folder} lacks: {', '.join(missing)}", file=sys.stderr)  # noqa: T201
        return 1
    print(notes, end="")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
