"""The keys in the JSON examples of pages: a page that shows a field documents it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apiscribe.model.api import Message, Method
from apiscribe.model.http import Example


def keys_of_method(method: Method) -> frozenset[str]:
    """Return the keys at any depth in the examples of a method's requests and answers."""
    listed = [*method.examples, *(e for answer in method.answers for e in answer.examples)]
    return _keys_of_examples(listed)


def keys_of_message(message: Message) -> frozenset[str]:
    """Return the keys at any depth in the examples of a message."""
    return _keys_of_examples(message.examples)


def _keys_of_examples(examples: Iterable[Example]) -> frozenset[str]:
    return frozenset(key for example in examples for key in _keys(example.value))


def _keys(value: Any) -> Iterator[str]:
    """Yield the keys of a JSON value; an example of a page is not nested deeply."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _keys(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _keys(entry)
