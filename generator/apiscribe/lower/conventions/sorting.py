"""The order of the rows of lists."""

from __future__ import annotations

from apiscribe.lower.conventions.list_shape import ListShape
from apiscribe.model.conventions import Sorting


def sort_parameters(shape: ListShape) -> Sorting | None:
    """Parameters of lists such as `sort`, `sort_by` or `order_by` are the names of fields to sort
    by: `total`, `-total`, `total desc`, `total:desc`, or several with commas. Parameters such as
    `order` or `direction` are `asc` or `desc`, for the time of creation if there are no names.
    """
    by, order = shape.text("by"), shape.text("order")
    return Sorting(by=by, order=order) if by or order else None
