"""Finds requests to operations that documented ones hide: `/books/totals` beside `/books/{id}`."""

from __future__ import annotations

import re
from typing import Any

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.shown_keys import keys_of_method
from apiscribe.drift.traffic.exchange import Exchange
from apiscribe.drift.traffic.operations import Match

_WORD = re.compile(r"[a-z]+(?:[_-][a-z]+)*")

# A message with fewer fields shows little: an answer may have none of them.
_MIN_FIELDS = 2


def may_be_shadowed(match: Match, exchange: Exchange, declarations: Declarations) -> bool:
    """Return whether the last part of a path is a word in place of a parameter, and the answer has
    nothing of what the operation answers.
    """
    operation = match.operation
    if not operation.template.text.endswith("}") or not exchange.is_accepted:
        return False
    if not match.values or not _WORD.fullmatch(match.values[-1]) or not exchange.answer.is_json:
        return False
    message = declarations.messages.get(operation.method.response)
    if operation.route.response_body or message is None or message.incomplete:
        return False
    names = {name for one in message.fields for name in (one.name, one.json_name)}
    names |= keys_of_method(operation.method)
    if len(message.fields) < _MIN_FIELDS:
        return False
    return names.isdisjoint(_keys(exchange.answer.value))


def _keys(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()
