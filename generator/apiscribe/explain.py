"""What `apiscribe explain` says: of a diagnostic, of a rule, of a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.diagnostic_codes import CODES
from apiscribe.dialects.outline import PASS_OVER_RULES
from apiscribe.drift.kinds import KINDS
from apiscribe.emit.api_json import json_text, to_json
from apiscribe.explanations import example
from apiscribe.ir import Api
from apiscribe.lower.rules import RULES


def explain_code(word: str) -> str | None:
    """The text on a diagnostic's code or on a rule's name; None where it is neither."""
    if code := CODES.get(word):
        text = f"{code.word} ({code.level})\n\n{code.summary}\n\nWhat to do: {code.action}"
        shown = example(word)
        return f"{text}\n\nFor example:\n\n{shown.shown().rstrip()}" if shown else text
    for rule in RULES:
        if rule.name == word:
            return f"{word} (rule for {rule.fact}, a {rule.use})\n\n{rule.text}"
    if kind := KINDS.get(word):
        text = f"{kind.word} (change, {kind.grade} at worst)\n\n{kind.summary}"
        return f"{text}\n\nFor clients: {kind.consequence}"
    if text := PASS_OVER_RULES.get(word, ""):
        return f"{word} (rule for what is passed over)\n\n{text}"
    return None


def explain_symbol(word: str, apis: Sequence[Api]) -> str | None:
    """The model's entry of every declaration that the word names, with its page and line."""
    found = [
        f"{api.name}: {full_name}\n{json_text(to_json(entry), 2)}"
        for api in apis
        for full_name, entry in _symbols(api)
        if full_name == word or full_name.endswith(f".{word}")
    ]
    return "\n\n".join(found) or None


def _symbols(api: Api) -> Iterator[tuple[str, Any]]:
    for _, service in api.services():
        yield service.full_name, service
        for method in service.methods:
            yield f"{service.full_name}.{method.name}", method
    for _, message in api.messages():
        yield message.full_name, message
        for field in message.fields:
            yield f"{message.full_name}.{field.json_name}", field
    for file in api.files:
        yield from ((enum.full_name, enum) for enum in file.all_enums())
