"""Explain a diagnostic, a rule, a kind of change or a declared name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.explanations import example
from apiscribe.dialects.outline import SKIP_RULES
from apiscribe.drift.kinds import KINDS
from apiscribe.emit.api_json import json_text, to_json
from apiscribe.emit.handlers.answers import Answers, AnswersError, who_answers
from apiscribe.lower.resources import RESOURCE_RULES
from apiscribe.lower.rules import RULES
from apiscribe.model.api import Api, Service

_PARTS = ("key", "tenant", "state", "created", "updated", "identifying", "prefix")


def explain_code(word: str) -> str | None:
    """Return the text for a diagnostic code, a rule or a kind of change; None for another word."""
    if code := CODES.get(word):
        text = f"{code.word} ({code.level})\n\n{code.summary}\n\nWhat to do: {code.action}"
        shown = example(word)
        return f"{text}\n\nExample:\n\n{shown.difference().rstrip()}" if shown else text
    for rule in RULES:
        if rule.name == word:
            return f"{word} (rule for {rule.fact}, a {rule.use})\n\n{rule.text}"
    if kind := KINDS.get(word):
        text = f"{kind.word} (change, {kind.grade} at worst)\n\n{kind.summary}"
        return f"{text}\n\nFor clients: {kind.consequence}"
    if text := RESOURCE_RULES.get(word, ""):
        return f"{word} (rule for resources, a fact)\n\n{text}"
    if text := SKIP_RULES.get(word, ""):
        return f"{word} (rule for skipped parts of a page)\n\n{text}"
    return None


def explain_symbol(word: str, apis: Sequence[Api]) -> str | None:
    """The model's entry of every declaration that the word names, with its page and line; of a
    service, before that, what it keeps and who answers its methods.
    """
    found = []
    for api in apis:
        for full_name, entry in _symbols(api):
            if full_name == word or full_name.endswith(f".{word}"):
                found += [_service(api, entry)] if isinstance(entry, Service) else []
                found.append(f"{api.name}: {full_name}\n{json_text(to_json(entry), 2)}")
    return "\n\n".join(found) or None


def _service(api: Api, service: Service) -> str:
    """What a service keeps, and who answers its methods."""
    lines = [*_resource(api, service), ""]
    try:
        answers = who_answers(api)
    except AnswersError as error:
        return "\n".join([*lines, f"  who answers its methods cannot be told: {error}"])
    width = max((len(method.name) for method in service.methods), default=0)
    for method in service.methods:
        name = f"{service.full_name}.{method.name}"
        hint = f': @implements("{name}")' if answers[name] is Answers.HANDLER else ""
        lines.append(f"  {method.name:{width}}  {answers[name]}{hint}")
    return "\n".join(lines).rstrip()


def _resource(api: Api, service: Service) -> Iterator[str]:
    resource = service.resource
    if resource is None:
        yield f"{api.name}: {service.full_name} keeps no rows"
        yield "  no `get` or `list` gives a message with a key ([resources] in spec.toml names it)"
        return
    rules = {
        part: f" ({rule}: {RESOURCE_RULES[rule]})" for part, rule in resource.provenance.items()
    }
    yield f"{api.name}: {service.full_name} keeps {resource.message}{rules.get('message', '')}"
    for part in _PARTS:
        value = getattr(resource, part)
        text = ", ".join(value) if isinstance(value, tuple) else value
        yield f"  {part:11}  {text or 'none'}{rules.get(part, '')}"
    yield "  Where no rule is named, the name told it, or [resources] in spec.toml."


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
