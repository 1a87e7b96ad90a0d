"""Blocks that must have members, by the label above them or their form."""

from __future__ import annotations

from collections.abc import Sequence

from apiscribe.dialects.http.parts import Part, label_of
from apiscribe.dialects.http.words import Label
from apiscribe.pages.blocks import Bullets, Code, Definitions


def must_have_members(parts: Sequence[Part], index: int, label: Label) -> bool:
    """Return whether the label directly above a block, or the language of code, says that the
    block has members; `label` is the one in force.
    """
    block = parts[index].block
    if isinstance(block, Code) and block.language.lower() == "json":
        text = block.text.strip()
        return text[:1] in ("{", "[") and len(text) > 2
    above = label_of(parts[index - 1]) if index else None
    if above is None or above.subject or not isinstance(block, Bullets | Definitions | Code):
        return False
    return label.part in ("parameters", "schema") or bool(label.place)
