"""An operation at a place of a page, and the weight of the place: the strength of its evidence.

In a section, a place of less weight only repeats or completes a stronger one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.routes import RouteText, read_path

COMPONENT, HEADING, LABELLED, LINE, BULLET, PROSE, ROW = 7, 6, 5, 4, 3, 2, 1


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An operation at a part; `item` is the index of its bullet or row.

    `words` is text beside it: the rest of its line, or the description of its row; `name` is the
    identifier beside it, and `target` the address of the link around it; `security` is the cell
    about authentication, and `sent` and `got` are those with a body of the request and the answer.
    A `sample` is a request in an example: values may be in place of its parameters.
    """

    route: RouteText
    weight: int
    index: int
    item: int = -1
    words: str = ""
    name: str = ""
    target: str = ""
    security: str = ""
    sent: str = ""
    got: str = ""
    sample: bool = False
    span: Span


def of_text(verb: str, path: str, weight: int, index: int, span: Span) -> Iterator[Hit]:
    """Yield the hit of a verb and a path, if they are a route."""
    if route := read_path(verb, path):
        yield Hit(route=route, weight=weight, index=index, span=span)
