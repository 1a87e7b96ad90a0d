"""Turning the pages of a list: the request of each page, from the answer before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Generic

import httpx

from .errors import InvalidAnswerError
from .operations import Operation, Result
from .paging import Progress, linked_query, next_fields, query_of, rows_of
from .requests import Arguments, Request


class Turner(Generic[Result]):
    """Turns pages: `request` is the request for the next page, None after the last page. Among
    pages that link to the next page, the last page is the first one without a link.
    """

    def __init__(self, operation: Operation[Result], arguments: Arguments) -> None:
        self._operation, self._arguments = operation, arguments
        self._progress = Progress.at_start(operation.paging, arguments.fields)
        self._rows: list[Any] = []
        self._is_linked = False
        self.request: Request | None = operation.build(arguments)

    def turn(self, response: httpx.Response) -> Result:
        """Return the page in a response.

        Raises InvalidAnswerError if it repeats the previous page, because the list would not end.
        """
        page = self._operation.parse(response)
        rows = rows_of(self._operation.paging, page)
        if rows and rows == self._rows:
            raise InvalidAnswerError("the page has the rows of the page before it", response)
        self._rows = rows
        self.request = self._following(page, response)
        return page

    def _following(self, page: Result, response: httpx.Response) -> Request | None:
        assert self.request is not None
        query = linked_query(response)
        if query is not None:
            self._is_linked = True
            return self.request.with_query(query)
        if self._is_linked:
            return None
        following = next_fields(self._operation.paging, self._progress, page)
        if isinstance(following, str):
            return self.request.with_query(query_of(following))
        if following is None:
            return None
        self._progress = following
        return self._operation.build(replace(self._arguments, fields=following.fields))
