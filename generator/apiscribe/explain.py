"""What `apiscribe explain` says: of a diagnostic, of a rule, of a name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.diagnostic_codes import CODES
from apiscribe.emit.api_json import json_text, to_json
from apiscribe.explanations import example
from apiscribe.ir import Api
from apiscribe.lower.inference import LABEL_RULES, rule_name


def explain_code(word: str) -> str | None:
    """The text on a diagnostic's code or on a rule's name; None where it is neither."""
    if code := CODES.get(word):
        text = f"{code.word} ({code.level})\n\n{code.summary}\n\nWhat to do: {code.action}"
        shown = example(word)
        return f"{text}\n\nFor example:\n\n{shown.shown().rstrip()}" if shown else text
    for rule in LABEL_RULES:
        if rule_name(rule) == word:
            return f"{word} (rule)\n\n{inspect.getdoc(rule)}"
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
