"""Run ruff, which sorts imports and lays Python out."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from apiscribe.workspace.scratch import scratch_folder

# No settings of the machine or of the folder, and no folder that ruff skips by default.
_OPTIONS = (
    *("--isolated", "--no-cache", "--no-respect-gitignore", "--color=never", "--line-length=100"),
    *("--target-version=py311", "--config=exclude=[]", "."),
)
_SORT = ("check", "--select=I", "--fix", "--quiet", *_OPTIONS)
_FORMAT = ("format", "--config=format.line-ending='lf'", *_OPTIONS)


class RuffError(Exception):
    """ruff rejected a module; the text is its output."""


def formatted(modules: Mapping[str, bytes], *, sort_imports: bool = False) -> dict[str, bytes]:
    """Return the modules (path → content) as ruff formats them. Raise RuffError.

    Imports may be sorted where all absolute ones are of libraries: which packages are a project's
    own cannot be known here.
    """
    if not modules:
        return {}
    from ruff import find_ruff_bin

    # Numbers in place of the paths: no path can leave the folder, or be a file that ruff skips.
    files = {path: f"{number}{Path(path).suffix}" for number, path in enumerate(modules)}
    with scratch_folder(sum(map(len, modules.values()))) as folder:
        for path, content in modules.items():
            Path(folder, files[path]).write_bytes(content)
        for command in (_SORT, _FORMAT) if sort_imports else (_FORMAT,):
            process = subprocess.run(
                [find_ruff_bin(), *command], cwd=folder, capture_output=True, text=True, check=False
            )
            if process.returncode != 0:
                raise RuffError(f"{process.stdout}{process.stderr}".strip())
        return {path: Path(folder, files[path]).read_bytes() for path in modules}
