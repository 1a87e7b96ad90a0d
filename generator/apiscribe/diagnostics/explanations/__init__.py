"""Examples of findings: for each code a spec that shows it, and one that does not.

CODE.diff holds both. A line `@@ PATH` begins a file of the spec; below it, lines that begin with
`-` stand in the bad spec alone, those with `+` in the good one alone, all others in both, behind a
blank, or behind a `=` where they show what is wrong with the bad one. A file none of whose lines
stands in a spec is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent
_CONTEXT = 2


@dataclass(frozen=True)
class Example:
    """Path of a file in the spec → its lines, each with its sign: `-`, `+`, `=` or a blank.

    Lines are bytes: a page may be bad for what bytes it holds.
    """

    files: dict[str, list[tuple[str, bytes]]]

    def spec(self, sign: str) -> dict[str, bytes]:
        """The files of the bad spec (`-`) or of the good one (`+`): path → content."""
        found = {}
        for path, lines in self.files.items():
            kept = [line for have, line in lines if have in (" ", "=", sign)]
            if kept:
                found[path] = b"\n".join(kept) + b"\n"
        return found

    def shown(self) -> str:
        """What differs, with some lines around it, by file."""
        changed = {
            path: lines
            for path, lines in self.files.items()
            if any(sign != " " for sign, _ in lines)
        }
        return "\n".join(f"{path}\n{_hunks(lines)}" for path, lines in changed.items())


def example(code: str) -> Example | None:
    """The example of a code; None where it has none, as faults of our own have."""
    file = _FOLDER / f"{code}.diff"
    if not file.is_file():
        return None
    files: dict[str, list[tuple[str, bytes]]] = {}
    lines: list[tuple[str, bytes]] = []
    for line in file.read_bytes().splitlines():
        if line.startswith(b"@@ "):
            lines = files.setdefault(line[3:].decode(), [])
        else:
            lines.append((line[:1].decode() or " ", line[1:]))
    return Example(files)


def _hunks(lines: list[tuple[str, bytes]]) -> str:
    """The lines worth reading, with `…` for those between them."""
    shown: list[str] = []
    last = -1
    for at in sorted(set(_near(lines))):
        sign, line = lines[at]
        if shown and at != last + 1:
            shown.append("    …")
        shown.append(f"  {sign.replace('=', ' ')} {line.decode('utf-8', 'replace')}".rstrip())
        last = at
    return "\n".join(shown) + "\n"


def _near(lines: list[tuple[str, bytes]]) -> Iterator[int]:
    for at, (sign, _) in enumerate(lines):
        if sign == "=":
            yield at
        elif sign != " ":
            yield from range(max(0, at - _CONTEXT), min(len(lines), at + _CONTEXT + 1))
