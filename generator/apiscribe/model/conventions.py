"""Conventions of APIs: how callers choose a page of rows and their order, and how errors look.

All names are documented names of fields; a dotted one is a field path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PagingStyle = Literal["offset", "page", "after", "token"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paging:
    """The paging of a list, by fields of the request.

    `size` is the number of rows in a page; `default` is the size without it, 0 for all rows, and
    `maximum` the largest one, 0 without a limit. `position` is where the page begins, in the form
    `style`: the number of rows before it (`offset`), the number of the page, from `first` (`page`),
    the key of the row before it (`after`), or a token from the answer before (`token`).
    """

    style: PagingStyle
    size: str = ""
    position: str = ""
    default: int = 0
    maximum: int = 0
    first: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorting:
    """The order of a list, by fields of the request. `by` has names of fields, `order` is `asc` or
    `desc` for all of them; either may be empty.
    """

    by: str = ""
    order: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorShape:
    """The body of errors over HTTP. `fields`: path → `message`, `code` or `status`; `[]` in a path
    is a list of one item. `invalid` is the status for an invalid request.
    """

    fields: Mapping[str, str]
    invalid: int = 400
