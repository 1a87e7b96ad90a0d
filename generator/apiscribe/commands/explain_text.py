"""The texts of `apiscribe explain`: for a diagnostic, a rule, a kind of change or a symbol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.diagnostics.explanations import example
from apiscribe.dialects.outline import SKIP_RULES
from apiscribe.drift.change_kinds import KINDS
from apiscribe.emit.encoders import plain_lines
from apiscribe.emit.handlers.answers import Answers, who_answers
from apiscribe.lower.inference_rules import RULES
from apiscribe.model.api import Api, Method, Service
from apiscribe.model.api_text import conventions_text, declaration_text

_MOST_SERVICES = 10
_PARTS = "key tenant state created updated identifying parents prefix form".split()
_RARE = ("parents", "form")  # not shown without a value


def explain_code(word: str) -> str | None:
    """Return the text on a diagnostic's code or a rule, or None for another word."""
    if code := CODES.get(word):
        text = f"{code.word} ({code.level})\n\n{code.summary}\n\nWhat to do: {code.action}"
        code_example = example(word)
        if code_example is None:
            return text
        return f"{text}\n\nFor example:\n\n{code_example.difference().rstrip()}"
    for rule in RULES:
        if rule.name == word:
            return f"{word} (rule for {rule.fact}, a {rule.use})\n\n{rule.text}"
    if kind := KINDS.get(word):
        text = f"{kind.word} (change, {kind.grade} at worst)\n\n{kind.summary}"
        return f"{text}\n\nFor clients: {kind.consequence}"
    if text := SKIP_RULES.get(word, ""):
        return f"{word} (rule for skipped parts of pages)\n\n{text}"
    return None


def similar_code(word: str) -> str:
    """Return ` (did you mean "X"?)` if a code or a rule is similar, else an empty text."""
    return did_you_mean(word, [*CODES, *(rule.name for rule in RULES), *KINDS, *SKIP_RULES])


def similar_symbol(word: str, apis: Sequence[Api]) -> str:
    """Return ` (did you mean "X"?)` if a symbol is similar, else the services, for a message."""
    names = [name for api in apis for name, _ in _symbols(api)]
    last_parts = dict.fromkeys(name.rpartition(".")[2] for name in names)
    services = [service.full_name for api in apis for _, service in api.services()]
    others = f"; services: {', '.join(sorted(services)[:_MOST_SERVICES])}" if services else ""
    return did_you_mean(word, [*last_parts, *names]) or others


def explain_symbol(word: str, apis: Sequence[Api]) -> str | None:
    """Return the model's entry of every declaration with that name, or None.

    The entry of a service is preceded by its resource and the implementation of its methods.
    """
    texts = []
    for api in apis:
        for full_name, entry in _symbols(api):
            if full_name == word or full_name.endswith(f".{word}"):
                texts += [_service(api, entry)] if isinstance(entry, Service) else []
                description = getattr(entry, "description", "")
                head = f"{api.name}: {full_name}, {entry.span.path}:{entry.span.line}"
                lines = [head, *(f"  {line}" for line in declaration_text(entry).splitlines())]
                lines += [""] * bool(description) + plain_lines(description)
                texts.append("\n".join(lines))
    return "\n\n".join(texts) or None


def _service(api: Api, service: Service) -> str:
    """Return the resource of a service, and the implementation of each method."""
    lines = [*_resource(api, service), ""]
    answers = who_answers(api)
    width = max((len(method.name) for method in service.methods), default=0)
    for method in service.methods:
        name = f"{service.full_name}.{method.name}"
        hint = f': @implements("{name}")' if answers[name] is Answers.HANDLER else ""
        lines.append(f"  {method.name:{width}}  {answers[name]}{_standard(method)}{hint}")
        lines += (f"  {'':{width}}  {line}" for line in _conventions(method, name))
    return "\n".join(lines).rstrip()


def _standard(method: Method) -> str:
    """Return the standard method and the rule for it, if the method has another name."""
    if method.standard is None or method.standard.kind == method.name:
        return ""
    return f" as {method.standard.kind} ({method.provenance['standard']})"


def _conventions(method: Method, full_name: str) -> Iterator[str]:
    """Yield the conventions of a method, and the fields of its requests without an effect."""
    if method.status:
        yield f"answers with status {method.status}"
    if standard := method.standard:
        yield from conventions_text(standard)
    if standard and (standard.refused or standard.unused):
        yield f'for the fields without an effect: @implements("{full_name}")'


def _resource(api: Api, service: Service) -> Iterator[str]:
    resource = service.resource
    if resource is None:
        yield f"{api.name}: {service.full_name} has no resource"
        yield "  no `get` or `list` returns a message with a key; name it under [resources]"
        return
    texts = {rule.name: " ".join(rule.text.split()) for rule in RULES}
    rules = {part: f" ({rule}: {texts[rule]})" for part, rule in resource.provenance.items()}
    yield f"{api.name}: {service.full_name} stores {resource.message}{rules.get('message', '')}"
    for part in _PARTS:
        value = getattr(resource, part)
        text = ", ".join(value) if isinstance(value, tuple) else value
        if part == "prefix" and value == "" and not resource.form:
            text = "none, new keys are UUIDs"
        if part in _RARE and not value:
            continue
        yield f"  {part:11}  {text or 'none'}{rules.get(part, '')}"
    yield "  Without a rule: taken from the field's name, or from [resources] in spec.toml."


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
