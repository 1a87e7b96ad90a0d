"""The paging of lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from apiscribe.lower.conventions.list_shape import ListShape
from apiscribe.lower.inference import rule_name
from apiscribe.model.conventions import Paging

PagingRule = Callable[[ListShape], Paging | None]


def pages_by_token(shape: ListShape) -> Paging | None:
    """Parameters of lists such as `page_token` or `cursor` are tokens from the answer before, if
    the answer has the next one: `next_page_token`, `next_cursor`. Source: AIP-158.
    """
    position = shape.text("token") or shape.text("after")
    if not position or not shape.in_answer("next"):
        return None
    return Paging(style="token", position=position)


def pages_after_key(shape: ListShape) -> Paging | None:
    """Parameters of lists such as `starting_after`, `after` or `cursor` are the key of the last row
    before the page, if the answer has no token.
    """
    position = shape.key_of_row("after") or shape.key_of_row("token")
    return Paging(style="after", position=position) if position else None


def pages_by_offset(shape: ListShape) -> Paging | None:
    """Parameters of lists named `offset` or `skip` are the number of rows before a page."""
    position = shape.number("offset")
    return Paging(style="offset", position=position) if position else None


def pages_by_number(shape: ListShape) -> Paging | None:
    """Parameters of lists such as `page` are the number of a page, from 0 if that is the
    parameter's default or minimum, else from 1.
    """
    position = shape.number("page")
    if not position:
        return None
    field = shape.parameters[position]
    is_from_zero = "0" in (field.default, str(field.constraints.get("minimum", "")))
    return Paging(style="page", position=position, first=0 if is_from_zero else 1)


def page_size(shape: ListShape) -> Paging | None:
    """Parameters of lists such as `limit`, `per_page` or `page_size` are the number of rows
    in a page. Without a documented default, a list without the parameter returns all rows.
    """
    return Paging(style="offset", size=size) if (size := shape.number("size")) else None


# In this order: a list with several kinds of positions has the one that later rows do not shift.
PAGING_RULES: tuple[PagingRule, ...] = (
    pages_by_token,
    pages_after_key,
    pages_by_offset,
    pages_by_number,
)


def paging_of(shape: ListShape) -> tuple[Paging | None, str]:
    """Return the paging of a list, and its rule. A position is none without a size, except a token
    and the number of a page.
    """
    sized = page_size(shape)
    for rule in PAGING_RULES:
        paging = rule(shape)
        if paging is None or (sized is None and paging.style in ("offset", "after")):
            continue
        return _sized(paging, sized.size if sized else "", shape), rule_name(rule)
    return (_sized(sized, sized.size, shape), rule_name(page_size)) if sized else (None, "")


def _sized(paging: Paging, size: str, shape: ListShape) -> Paging:
    if not size:
        return paging
    field = shape.parameters[size]
    maximum = field.constraints.get("maximum")
    return replace(
        paging,
        size=size,
        default=int(field.default) if field.default.isdecimal() else 0,
        maximum=maximum if isinstance(maximum, int) else 0,
    )
