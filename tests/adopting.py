"""Adoption as cases and examples show it: out of a folder `source` beside the pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apiscribe.adopt import Adoption, adopt
from apiscribe.build import Reading
from apiscribe.sources import open_source

SOURCE = "source"


def adopted(reading: Reading) -> Adoption | None:
    """What the spec adopts; None where it has no folder `source`."""
    folder: Path = reading.spec.folder / SOURCE
    if not folder.is_dir():
        return None
    side = replace(open_source(str(folder)), name=SOURCE)
    return adopt(reading.api, reading.locked, side)
