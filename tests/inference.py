"""How often each rule is right, of the facts that the pages of a version do not show."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from apiscribe.lower.inference import rule_name
from apiscribe.lower.inference_rules import RULES
from apiscribe.model.api import Enum, Field, Message
from apiscribe.model.types import type_of_kind
from apiscribe.sources.compilation import Compilation

# Claims on pages of other projects, each judged by hand against the page and, where there is one, the
# OpenAPI document: rule, project, field, type, verdict. For rules that the corpus has no truth for.
JUDGED = json.loads(Path(__file__).with_name("inference_judged.json").read_text("utf-8"))

# Rule → [right, claimed, facts of its kind that the pages do not show]
Tally = dict[str, list[int]]

# Fact → the letter that the truth has in `doc` where a page shows it.
_SHOWN = {"repeated": "r", "type": "t", "kind": "t", "required": "q", "enum name": "e"}


def measure(compilation: Compilation, truth: Mapping[str, Any]) -> Tally:
    """The tally of each rule that claims something on the pages of a version, against their truth."""
    coverage = list(_claims(compilation, truth))
    open_facts = _open_facts(compilation, truth)
    tally: Tally = {}
    for rule in RULES:
        made = [right for name, fact, right in coverage if (name, fact) == (rule.name, rule.fact)]
        if made:
            tally[rule.name] = [sum(made), len(made), open_facts[rule.fact]]
    return tally


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several versions' tallies."""
    sums: Tally = {rule.name: [0, 0, 0] for rule in RULES}
    for tally in tallies:
        for name, counts in tally.items():
            sums[name] = [a + b for a, b in zip(sums[name], counts, strict=True)]
    return sums


# A version, and the versions that give it what its pages leave open.
REFERENCE_RUNS = (
    ("0.9.0", ("1.2.2",)),
    ("0.9.5", ("1.2.2",)),
    ("2023-04", ("1.12", "1.10.2")),
    ("1.12", ("1.10.2",)),
    ("1.10.2", ("1.12",)),
    ("2.x", ("1.12", "1.10.2")),
)


def measure_references(compilation: Compilation, truth: Mapping[str, Any]) -> dict[str, list[int]]:
    """Fact → [right, given, facts of its kind that the pages do not show], of what references gave."""
    given = list(_from_references(compilation, truth))
    open_facts = _open_facts(compilation, truth)
    kinds = {"repeated", "enum values", "enum name", "response_streams"}
    return {
        kind: [
            sum(right for fact, right in given if fact == kind),
            sum(fact == kind for fact, _ in given),
            open_facts["kind" if kind == "enum values" else kind],
        ]
        for kind in sorted(kinds)
    }


def _from_references(
    compilation: Compilation, truth: Mapping[str, Any]
) -> Iterator[tuple[str, bool]]:
    enums = {enum.full_name: enum for file in compilation.api.files for enum in file.all_enums()}
    for _, field, true in _fields(compilation, truth):
        result = {
            fact: rule for fact, rule in field.provenance.items() if rule.startswith("reference ")
        }
        if "repeated" in result:
            yield "repeated", field.repeated == true["repeated"]
        enum = enums.get(field.type.name)
        if enum and "enum name" in result:
            yield "enum name", true["type"].rpartition(".")[2] == enum.name
        if enum and enum.provenance.get("values", "").startswith("reference ") and true.get("enum"):
            have = {value.json_name for value in enum.values}
            yield "enum values", have == {name for name, _ in true["enum"]}
    for method, true in _methods(compilation, truth):
        if method.provenance.get("response_streams", "").startswith("reference "):
            yield "response_streams", true["server_stream"]


def table(tally: Tally) -> str:
    """The tally as a table for people."""
    lines = ["| rule | for | used as | right | precision | recall |", "| --- " * 6 + "|"]
    judged = Counter(rule for rule, *_ in JUDGED)
    true = Counter(rule for rule, *_, verdict in JUDGED if verdict == "true")
    for rule in RULES:
        right, claimed, of = tally[rule.name]
        if not claimed and rule.name in judged:
            right, claimed, of = true[rule.name], judged[rule.name], 0
        counts = (f"{right}/{claimed}", _percent(right, claimed), _percent(right, of))
        lines.append(f"| {rule.name} | {rule.fact} | {rule.use} | {' | '.join(counts)} |")
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


def _claims(compilation: Compilation, truth: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Every claim that a rule makes, and that the truth can judge: rule, fact, whether it holds."""
    enums = {enum.full_name: enum for file in compilation.api.files for enum in file.all_enums()}
    messages = {message.full_name: message for _, message in compilation.api.messages()}
    for _, field, true in _fields(compilation, truth):
        yield from _claims_on_field(field, true, enums, messages)
    for method, true in _methods(compilation, truth):
        if method.provenance.get("description") == "restore-line-breaks":
            right = _are_parted(method.description, true["description"]["v"])
            yield "restore-line-breaks", "description", right
        for part in ("request", "response"):
            if rule := method.provenance.get(part):
                yield rule, "type", getattr(method, part) == true[part]
            if (message := messages.get(getattr(method, part))) and "kind" in message.provenance:
                yield message.provenance["kind"], "kind", True
        for route, true_route in zip(method.routes, true["routes"], strict=False):
            yield "body-star", "body", route.body == true_route["body"]
    for mine, other in _fields_of_one_enum(compilation, truth):
        yield "share-equal-enums", "enum identity", mine == other
    yield from _suggestions(compilation, truth)


def _fields_of_one_enum(
    compilation: Compilation, truth: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The true enums of every two fields that share one whose values nobody named."""
    inferred = {
        enum.full_name
        for file in compilation.api.files
        for enum in file.all_enums()
        if "name" in enum.provenance
    }
    sharing: dict[str, list[str]] = defaultdict(list)
    for _, field, true in _fields(compilation, truth):
        if field.type.name in inferred:
            sharing[field.type.name].append(true["type"])
    for types in sharing.values():
        yield from combinations(types, 2)


def _claims_on_field(
    field: Field,
    true: Mapping[str, Any],
    enums: Mapping[str, Enum],
    messages: Mapping[str, Message],
) -> Iterator[tuple[str, str, bool]]:
    if rule := field.provenance.get("repeated"):
        yield rule, "repeated", true["repeated"]
    if field.provenance.get("description") == "restore-line-breaks":
        yield "restore-line-breaks", "description", _are_parted(
            field.description, true["description"]
        )
    if rule := field.provenance.get("type"):
        yield rule, "type", field.type.name == true["type"]
    yield "field-position", "field number", field.number == true["number"]
    declared = enums.get(field.type.name) or messages.get(field.type.name)
    if declared and "kind" in declared.provenance:
        yield declared.provenance["kind"], "kind", type(field.type) is type(
            type_of_kind(true["kind"], "")
        )
    if enum := enums.get(field.type.name):
        if "name" in enum.provenance:
            named = true["type"].rpartition(".")[2] == enum.name
            yield enum.provenance["name"], "enum name", named
        numbers = dict(true.get("enum") or ())
        for value in enum.values:
            if value.json_name in numbers:
                right = numbers[value.json_name] == value.number
                yield "value-position", "enum number", right


def _are_parted(text: str, true: str) -> bool:
    """Whether every two lines of a text are parted in the true one too, be it by a blank."""
    folded = " ".join(true.split())
    lines = text.split("\n")
    return all(f"{a[-12:]} {b[:12]}" in folded for a, b in pairwise(lines))


def _suggestions(
    compilation: Compilation, truth: Mapping[str, Any]
) -> Iterator[tuple[str, str, bool]]:
    fields = {f"{message}.{f.json_name}": true for message, f, true in _fields(compilation, truth)}
    streams = {
        f"{page['package']}.{service['name']}.{method['name']}": method["server_stream"]
        for page in truth["pages"].values()
        for service in page["services"]
        for method in service["methods"]
    }
    for found in compilation.report:
        if found.code != "suggested-fact" or not found.fix:
            continue
        for fact, value in found.fix.keys["set"].items():
            have = fields[found.fix.at][fact] if found.fix.at in fields else None
            if fact == "response_streams":
                have = streams.get(found.fix.at)
            if have is not None:
                yield found.fix.rule, fact, have == value


def _open_facts(compilation: Compilation, truth: Mapping[str, Any]) -> Mapping[str, int]:
    """How many facts of each kind the pages do not show: of labels and marks, those that are
    true.
    """
    count: dict[str, int] = defaultdict(int)
    for _, _, true in _fields(compilation, truth):
        for fact, letter in _SHOWN.items():
            hidden = letter not in true["doc"]
            match fact:
                case "repeated" | "required":
                    count[fact] += bool(hidden and true[fact])
                case "enum name":
                    count[fact] += hidden and true["kind"] == "enum"
                case "type":
                    count[fact] += hidden and true["kind"] == "message"
                case _:
                    count[fact] += hidden and true["kind"] == "enum"
        count["field number"] += 1
        count["enum number"] += len(true.get("enum") or ())
    for _, true in _methods(compilation, truth):
        count["type"] += 2 * (true["type_doc"] == "short")
        count["body"] += len(true["routes"])
        count["response_streams"] += true["server_stream"] and not true["stream_doc"]
    return count


def _fields(
    compilation: Compilation, truth: Mapping[str, Any]
) -> Iterator[tuple[str, Field, Mapping[str, Any]]]:
    """Every documented field with the full name of its message, and what is true of it."""
    for file in compilation.api.files:
        page = truth["pages"].get(file.page, {"messages": ()})
        true = {message["name"]: message["fields"] for message in page["messages"]}
        for message in file.messages:
            known = {field["name"]: field for field in true.get(message.name, ())}
            for field in message.fields:
                if field.json_name in known:
                    yield message.full_name, field, known[field.json_name]


def _methods(
    compilation: Compilation, truth: Mapping[str, Any]
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    for file, service in compilation.api.services():
        page = truth["pages"].get(file.page, {"services": ()})
        known = {
            method["name"]: method
            for true in page["services"]
            if true["name"] == service.name
            for method in true["methods"]
        }
        for method in service.methods:
            if method.name in known:
                yield method, known[method.name]


assert len({rule.name for rule in RULES}) == len(RULES)
assert all(rule.name == rule_name(rule.function) for rule in RULES)
