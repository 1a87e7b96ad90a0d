"""The facts on a page of rows that the answer of a list has."""

from __future__ import annotations

from collections.abc import Mapping

from apiscribe.lower.conventions.list_shape import ListShape, is_integer, is_text
from apiscribe.model.types import Scalar

_BOOLEANS = ("more",)


def page_facts(shape: ListShape) -> Mapping[str, str]:
    """Answers of lists have facts on the page, in fields of their own or of a message such as
    `meta`: the number of all rows (`total`), whether there are more (`has_more`), the next token or
    page, the number of pages, and the size and position of the page.
    """
    result = {}
    for meaning in ("total", "more", "next", "pages", "size", "position"):
        path = shape.in_answer(meaning)
        if not path:
            continue
        field = shape.answer[path]
        if meaning in _BOOLEANS:
            fits = isinstance(field.type, Scalar) and field.type.name == "bool"
        else:
            fits = is_integer(field) or (meaning == "next" and is_text(field))
        if fits:
            result[meaning] = path
    return result
