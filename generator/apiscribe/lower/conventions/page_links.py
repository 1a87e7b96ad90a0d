"""The addresses of the next and the previous page, in the answer of a list or in its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apiscribe.lower.conventions.list_shape import WORDS, ListShape, is_text
from apiscribe.model.api import Method
from apiscribe.model.conventions import Paging
from apiscribe.model.names import snake

_ADDRESS = re.compile(r"(?:https?://|/|\?)\S*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LINK_HEADER = re.compile(r"`?\bLink`?\s+(?:response\s+)?header\b|\bheader\s+`?Link\b", re.ASCII)
_WORD = re.compile(r"[a-z']+")


def page_addresses(method: Method, shape: ListShape, paging: Paging | None) -> Mapping[str, str]:
    """Fields of the answers of lists such as `next_url` are addresses of the next and the previous
    page, and `next` and `previous` are, if an example shows an address there and the list has
    parameters for pages.
    """
    if not _has_positions(paging):
        return {}
    examples = [example.value for answer in method.answers for example in answer.examples]
    examples += [example.value for example in method.examples if example.role == "response"]
    result: dict[str, str] = {}
    for meaning, names in WORDS["address"].items():
        for path, field in shape.answer.items():
            name = snake(path.rpartition(".")[2])
            shown = any(_is_address(_value_at(example, path)) for example in examples)
            if is_text(field) and name in names and (shown or name.endswith(("_url", "_uri"))):
                result.setdefault(meaning, path)
    return result


def link_header(method: Method, shape: ListShape, paging: Paging | None) -> bool:
    """Answers of lists have a `Link` header with the addresses of the pages beside them, if a
    sentence about the list, its answers or its parameters states it: "The `Link` header has the
    next page." Source: RFC 8288.
    """
    words = WORDS["link"]
    return _has_positions(paging) and any(
        bool(set(words["about"]) & known) and not set(words["negations"]) & known
        for text in _texts(method, shape)
        for sentence in _SENTENCE_END.split(text)
        if _LINK_HEADER.search(sentence)
        for known in [set(_WORD.findall(sentence.lower()))]
    )


def _texts(method: Method, shape: ListShape) -> Iterator[str]:
    yield method.description
    yield from (answer.description for answer in method.answers)
    yield from (field.description for field in shape.parameters.values())


def _has_positions(paging: Paging | None) -> bool:
    return paging is not None and bool(paging.position)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and bool(_ADDRESS.fullmatch(value))


def _value_at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
