"""The list of all rules for facts that no page states."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from apiscribe.lower.conventions import CONVENTIONS
from apiscribe.lower.inference import (
    LABEL_RULES,
    LABEL_SUGGESTIONS,
    body_star,
    field_name,
    field_position,
    package_of_others,
    path_parameter,
    restore_line_breaks,
    rule_name,
    share_equal_enums,
    shown_as_list,
    snake_of_json,
    unpaged_list,
    unspecified_zero,
    value_position,
    zero_first,
)
from apiscribe.lower.item_answers import id_of_item
from apiscribe.lower.listed_bodies import listed_null
from apiscribe.lower.named_fields import as_in_object
from apiscribe.lower.open_objects import described_keys, listed_keys
from apiscribe.lower.operation_names import (
    NAME_RULES,
    item_name,
    package_of_folder,
    service_of_page,
    service_of_path,
)
from apiscribe.lower.operation_types import type_of_suffix, whole_type
from apiscribe.lower.presence import enforced_marks, explicit_presence
from apiscribe.lower.requested_fields import requested_fields
from apiscribe.lower.resource_keys import KEY_RULES, first_id, shown_form, shown_id
from apiscribe.lower.resources import MESSAGE_RULES, shared_id
from apiscribe.lower.roles import aip_name, collection_route, standard_name
from apiscribe.lower.rows_above import rows_above
from apiscribe.lower.shared_objects import shared_object
from apiscribe.lower.shown_objects import shown_object
from apiscribe.lower.shown_types import default_type, shown_fields
from apiscribe.lower.standard_methods import changed_element, changed_fields, shown_row
from apiscribe.lower.symbols import TYPE_RULES, Symbols
from apiscribe.lower.type_words import other_api, type_word, unmappable, whole_id
from apiscribe.lower.undeclared_kinds import undeclared_kind

# How a rule is used, by how often it is right (tests/inference.json): a `fact` is applied, a
# `suggestion` is only reported, a `stand-in` is applied where the outputs need a value.
Use = Literal["fact", "suggestion", "stand-in"]


@dataclass(frozen=True)
class Rule:
    """A rule, and the kind of fact that it infers."""

    fact: str
    use: Use
    function: Callable[..., Any]

    @property
    def name(self) -> str:
        """The rule's name in `provenance` and in reports."""
        return rule_name(self.function)

    @property
    def text(self) -> str:
        """The text that `apiscribe explain` prints."""
        return inspect.getdoc(self.function) or ""


RULES: tuple[Rule, ...] = (
    *(Rule("repeated", "fact", rule) for rule in LABEL_RULES),
    Rule("repeated", "fact", shown_as_list),
    *(Rule("repeated", "suggestion", rule) for rule in LABEL_SUGGESTIONS),
    *(Rule("type", "stand-in" if rule is Symbols.nearest else "fact", rule) for rule in TYPE_RULES),
    Rule("type", "fact", type_word),
    Rule("type", "fact", whole_id),
    Rule("type", "stand-in", unmappable),
    Rule("type", "stand-in", other_api),
    Rule("kind", "fact", undeclared_kind),
    Rule("field", "fact", requested_fields),
    Rule("body", "fact", body_star),
    Rule("response_streams", "suggestion", unpaged_list),
    Rule("required", "suggestion", path_parameter),
    Rule("optional", "stand-in", explicit_presence),
    Rule("enforced", "stand-in", enforced_marks),
    Rule("description", "fact", restore_line_breaks),
    Rule("name", "fact", snake_of_json),
    Rule("enum identity", "stand-in", share_equal_enums),
    Rule("enum name", "stand-in", field_name),
    Rule("package", "fact", package_of_others),
    Rule("package", "stand-in", package_of_folder),
    *(Rule("method name", "stand-in", rule) for rule in NAME_RULES),
    Rule("service name", "stand-in", service_of_page),
    Rule("service name", "stand-in", service_of_path),
    Rule("message name", "stand-in", item_name),
    Rule("message name", "stand-in", shared_object),
    Rule("field", "fact", shown_fields),
    Rule("type", "fact", id_of_item),
    Rule("type", "fact", listed_null),
    Rule("type", "fact", described_keys),
    Rule("type", "fact", listed_keys),
    Rule("type", "fact", default_type),
    Rule("type", "fact", shown_object),
    Rule("type", "fact", as_in_object),
    Rule("type", "fact", whole_type),
    Rule("type", "fact", type_of_suffix),
    Rule("field number", "stand-in", field_position),
    Rule("enum number", "fact", value_position),
    Rule("enum number", "stand-in", zero_first),
    Rule("enum zero", "stand-in", unspecified_zero),
    *(Rule("resource", "fact", rule) for rule in MESSAGE_RULES),
    *(Rule("key", "stand-in" if rule is first_id else "fact", rule) for rule in KEY_RULES),
    Rule("key prefix", "fact", shown_id),
    Rule("key form", "fact", shown_form),
    Rule("rows above", "fact", rows_above),
    Rule("tenant", "fact", shared_id),
    Rule("standard method", "fact", standard_name),
    Rule("standard method", "fact", collection_route),
    Rule("standard method", "fact", aip_name),
    Rule("standard method", "fact", changed_fields),
    Rule("standard method", "fact", changed_element),
    Rule("standard method", "fact", shown_row),
    *(Rule("convention", "fact", rule) for rule in CONVENTIONS),
)
