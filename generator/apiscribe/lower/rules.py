"""Every rule by which a fact is told that no page states: the contents page of inference."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from apiscribe.lower.inference import (
    LABEL_RULES,
    LABEL_SUGGESTIONS,
    field_name,
    field_position,
    glued_lines,
    one_enum,
    path_parameter,
    rule_name,
    shown_as_list,
    undeclared_kind,
    unpaged_list,
    value_position,
    whole_body,
)
from apiscribe.lower.symbols import TYPE_RULES, Symbols

# What a rule is good for, by how often it is right (tests/inference.json): a `fact` is used, a
# `suggestion` only reported; a `stand-in` is used where something has to stand.
Use = Literal["fact", "suggestion", "stand-in"]


@dataclass(frozen=True)
class Rule:
    """A rule, and the kind of fact that it tells."""

    fact: str
    use: Use
    function: Callable[..., Any]

    @property
    def name(self) -> str:
        """Its name in `provenance` and in reports."""
        return rule_name(self.function)

    @property
    def text(self) -> str:
        """What `apiscribe explain` prints."""
        return inspect.getdoc(self.function) or ""


RULES: tuple[Rule, ...] = (
    *(Rule("repeated", "fact", rule) for rule in LABEL_RULES),
    Rule("repeated", "fact", shown_as_list),
    *(Rule("repeated", "suggestion", rule) for rule in LABEL_SUGGESTIONS),
    *(Rule("type", "stand-in" if rule is Symbols.nearest else "fact", rule) for rule in TYPE_RULES),
    Rule("kind", "fact", undeclared_kind),
    Rule("body", "fact", whole_body),
    Rule("response_streams", "suggestion", unpaged_list),
    Rule("required", "suggestion", path_parameter),
    Rule("description", "fact", glued_lines),
    Rule("enum identity", "stand-in", one_enum),
    Rule("enum name", "stand-in", field_name),
    Rule("field number", "stand-in", field_position),
    Rule("enum number", "fact", value_position),
)
