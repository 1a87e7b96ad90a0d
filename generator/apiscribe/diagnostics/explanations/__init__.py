"""Examples of diagnostics: for each code, a bad spec that shows it and a good spec that does not.

CODE.diff contains both. A line `@@ PATH` starts a file. The first character of each line below it
states the spec: `-` the bad one, `+` the good one, a blank both, and `=` both, where the line shows
the problem. A file without lines in a spec does not exist there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent
_CONTEXT = 2


@dataclass(frozen=True)
class Example:
    """The lines of each file of the spec, by path; each line with its sign.

    Lines are bytes, because a bad page may not be UTF-8.
    """

    files: dict[str, list[tuple[str, bytes]]]

    def spec(self, sign: str) -> dict[str, bytes]:
        """Return the content of each file of the bad spec (`-`) or the good one (`+`), by path."""
        files = {}
        for path, lines in self.files.items():
            kept = [line for have, line in lines if have in (" ", "=", sign)]
            if kept:
                files[path] = b"\n".join(kept) + b"\n"
        return files

    def difference(self) -> str:
        """Return the lines that differ, with some context, by file."""
        changed = {
            path: lines
            for path, lines in self.files.items()
            if any(sign != " " for sign, _ in lines)
        }
        return "\n".join(f"{path}\n{_hunks(lines)}" for path, lines in changed.items())


def example(code: str) -> Example | None:
    """Return the example of a code; None for bugs of apiscribe, which have none."""
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
    """Return the relevant lines, with `…` for the lines between them."""
    shown: list[str] = []
    last = -1
    for at in sorted(set(_relevant(lines))):
        sign, line = lines[at]
        if shown and at != last + 1:
            shown.append("    …")
        shown.append(f"  {sign.replace('=', ' ')} {line.decode('utf-8', 'replace')}".rstrip())
        last = at
    return "\n".join(shown) + "\n"


def _relevant(lines: list[tuple[str, bytes]]) -> Iterator[int]:
    for at, (sign, _) in enumerate(lines):
        if sign == "=":
            yield at
        elif sign != " ":
            yield from range(max(0, at - _CONTEXT), min(len(lines), at + _CONTEXT + 1))
