"""Adoption as cases and examples show it: out of a folder `source` beside the pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apiscribe.sources.adopt import Adoption, adopt
from apiscribe.sources.compilation import Compilation
from apiscribe.sources.kinds import open_source

SOURCE = "source"


def adopted(compilation: Compilation) -> Adoption | None:
    """What the spec adopts; None where it has no folder `source`."""
    folder: Path = compilation.spec.folder / SOURCE
    if not folder.is_dir():
        return None
    side = replace(open_source(str(folder)), name=SOURCE)
    return adopt(compilation.api, compilation.spec.lock, side)
