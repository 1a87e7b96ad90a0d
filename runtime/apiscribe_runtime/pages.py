"""The page and the order that a request asks of a list, and the facts on the page in its answer.

The registry has the fields for them. The Query of the rows finds the page.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor as _Kinds

from .descriptors import documented_fields
from .errors import ApiError, invalid_parameter, invalid_parameter_type
from .list_filters import filter_query
from .registry import Method, Paging, Sorting, StandardMethod
from .rows import Rows

JsonObject = dict[str, Any]

LARGEST = 2**31 - 1  # number of rows and of pages; the server's own limit is lower
_ADDRESSES = ("next_url", "previous_url")  # only a transport knows addresses
_LONG = (_Kinds.CPPTYPE_INT64, _Kinds.CPPTYPE_UINT64)
DIRECTION = r"^(?:$|[Aa][Ss][Cc]|[Dd][Ee][Ss][Cc])"  # and `ascending`
# `-total`, `+total`, `total desc`, `total:asc`; the order in any case of letters.
_SORT_KEY = re.compile(r"([+-]?)\s*([^\s:]+)(?:(?:\s+|:)(asc|desc))?", re.IGNORECASE)


class Page(NamedTuple):
    """Rows of a list: `offset` rows precede them, and `total` is the number of all."""

    rows: list[JsonObject]
    offset: int
    total: int
    size: int

    @property
    def has_more(self) -> bool:
        """Whether rows follow the page."""
        return self.offset + len(self.rows) < self.total


async def find_page(
    rows: Rows,
    conditions: Mapping[str, Any],
    request: JsonObject,
    standard: StandardMethod,
) -> Page:
    """Return the page of the rows that match the conditions and the filters in the request. Raises
    ApiError.
    """
    query = filter_query(request, standard, rows)
    if keys := list(_sort_keys(request, standard.sorting, rows)):
        query["sort"] = keys
    paging = standard.paging
    size = _size(request, paging)
    offset = await _offset(rows, conditions, query, request, paging, size) if paging else 0
    query["page"] = {"start": offset + 1, "limit": size}
    found, total = await rows.find(conditions, query)
    return Page(found, offset, total, size)


def page_facts(method: Method, page: Page, key: str) -> Iterator[tuple[str, Any]]:
    """Yield path in the response → value, for each fact on the page that the response has."""
    assert method.standard is not None
    paging = method.standard.paging
    for fact, path in method.standard.page_facts.items():
        if fact in _ADDRESSES:
            continue
        value = _fact(fact, page, paging, key)
        if value is not None:
            yield path, _as_field(value, method, path)


def _size(request: JsonObject, paging: Paging | None) -> int:
    if paging is None:
        return LARGEST
    size = request.get(paging.size)
    if size is None:
        return paging.default or LARGEST
    number = _integer(paging.size, size)
    if number < 1:
        raise invalid_parameter(paging.size, "a page has at least 1 row")
    return min(number, paging.maximum or LARGEST, LARGEST)


async def _offset(
    rows: Rows,
    conditions: Mapping[str, Any],
    query: Mapping[str, Any],
    request: JsonObject,
    paging: Paging,
    size: int,
) -> int:
    """Return the number of rows before the page."""
    name, value = paging.position, request.get(paging.position)
    if value is None or value == "":
        return 0
    match paging.style:
        case "token":
            return _offset_of(name, value)
        case "after":
            return await rows.place(conditions, query, str(value), name)
        case "page":
            number = _integer(name, value) - paging.first
        case _:
            number = _integer(name, value)
    if number < 0:
        raise invalid_parameter(name, "it is before the first row")
    return min(number * (size if paging.style == "page" else 1), LARGEST)


def _integer(name: str, value: Any) -> int:
    """Return a number; parameters without a documented type are texts."""
    is_whole = isinstance(value, float) and value.is_integer()
    text = str(int(value) if is_whole else value)
    if re.fullmatch(r"-?[0-9]{1,18}", text) is None:
        raise invalid_parameter_type(name, "int")
    if int(text) > LARGEST:
        raise invalid_parameter(name, f"the largest number is {LARGEST}")
    return int(text)


def _sort_keys(request: JsonObject, sorting: Sorting | None, rows: Rows) -> Iterator[JsonObject]:
    if sorting is None:
        return
    word = str(request.get(sorting.order) or "").lower()
    if not re.match(DIRECTION, word):
        raise invalid_parameter(sorting.order, "expected asc or desc")
    by = request.get(sorting.by) or (rows.resource.created if word else "")
    for part in filter(None, (part.strip() for part in str(by).split(","))):
        match = _SORT_KEY.fullmatch(part)
        if match is None or match[2].partition(".")[0] not in rows.fields:
            raise invalid_parameter(sorting.by, f"{part[:99]} is not a field to sort by")
        is_reverse = match[1] == "-" or (match[3] or "").lower() == "desc"
        yield {"key": match[2], "desc": is_reverse != word.startswith("desc")}


def _fact(fact: str, page: Page, paging: Paging | None, key: str) -> Any:
    """Return the value of a fact; None if the page lacks it."""
    size = min(page.size, max(page.total, 1)) if page.size == LARGEST else page.size
    match fact:
        case "total":
            return page.total
        case "more":
            return page.has_more
        case "pages":
            return -(-page.total // size)
        case "size":
            return size
        case "next":
            return next_position(page, paging, key)
    if paging and paging.style == "page":
        return page.offset // size + paging.first
    return page.offset


def next_position(page: Page, paging: Paging | None, key: str) -> Any:
    """Return the position of the next page; None after the last one."""
    if not page.has_more or not page.rows:
        return None
    end = page.offset + len(page.rows)
    match paging.style if paging else "":
        case "token":
            return _token_of(end)
        case "after":
            return page.rows[-1].get(key)
        case "page":
            assert paging is not None
            return end // page.size + paging.first
        case _:
            return end


def previous_position(page: Page, paging: Paging) -> Any:
    """Return the position of the page before; None at the first one, and if a page is after a key:
    the key would be that of a row before it.
    """
    if not page.offset or paging.style == "after":
        return None
    start = max(page.offset - page.size, 0)
    match paging.style:
        case "token":
            return _token_of(start)
        case "page":
            return start // page.size + paging.first
        case _:
            return start


def _as_field(value: Any, method: Method, path: str) -> Any:
    """Return a value as the field at a path has it in JSON."""
    descriptor, field = method.response_proto.DESCRIPTOR, None
    for part in path.split("."):
        field = documented_fields(descriptor)[part]
        descriptor = field.message_type
    assert field is not None
    is_text = field.cpp_type in (_Kinds.CPPTYPE_STRING, *_LONG)
    return str(value) if is_text else value


def _token_of(offset: int) -> str:
    return base64.urlsafe_b64encode(f"after {offset}".encode()).decode().rstrip("=")


def _offset_of(name: str, token: Any) -> int:
    text = str(token)
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise _not_a_token(name) from error
    match = re.fullmatch(r"after ([0-9]{1,9})", decoded)
    if match is None:
        raise _not_a_token(name)
    return int(match[1])


def _not_a_token(name: str) -> ApiError:
    return invalid_parameter(name, "it is not a token from an earlier answer")
