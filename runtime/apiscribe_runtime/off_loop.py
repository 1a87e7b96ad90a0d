"""Long work, such as to build the statements of a large query: a thread does it, and the event loop
goes on. Both share the interpreter: at each of the thread's turns the loop waits for at most
`sys.getswitchinterval()`, 5 milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel

T = TypeVar("T")

# More threads would take more turns from the event loop.
_THREADS = ThreadPoolExecutor(2, "off-loop")
_TEXT = 8  # characters of a text that take as long as a number
_NUMBERS = frozenset({int, float, bool, type(None)})
_WORD = 4  # of a keyword, which is looked for in several fields

# The weight of work that takes some milliseconds: on a query, and on rows and messages.
QUERY = 60
DATA = 2000


def is_long_query(parts: Any) -> bool:
    """Return whether the parts of a query are many, or are long texts, or texts of many words or
    with many dots. The expression for a key grows with the square of its parts.
    """
    weight, values = 0, [parts]
    while values and weight <= QUERY:
        weight += 1
        match values.pop():
            case str(text):
                words, dots = text.count(" ", 0, QUERY), text.count(".", 0, QUERY)
                weight += len(text) // _TEXT + _WORD * words + dots**2
            case dict(members):
                values += islice(members.values(), QUERY)
            case list(items) | tuple(items):
                values += islice(items, QUERY)
    return weight > QUERY


def is_large(value: Any) -> bool:
    """Return whether rows, a message or other JSON have many parts or long texts."""
    weight, values = 0, [value]
    for item in values:  # which grows: each call of a server counts the parts of its answer
        kind = type(item)
        if kind is str or kind is bytes:
            weight += len(item) // _TEXT
        elif kind not in _NUMBERS:
            if kind is dict:
                values += islice(item.values(), DATA)
            elif isinstance(item, Sequence):  # also a row of a result
                values += islice(item, DATA)
            elif isinstance(item, BaseModel):
                values += item.__dict__.values()
            if weight + len(values) > DATA:
                return True
    return weight + len(values) > DATA


async def run(value: Any, work: Callable[[], T], is_long: Callable[[Any], bool] = is_large) -> T:
    """Return the result of `work` on a value, which a thread does if the value makes it long."""
    if not is_long(value):
        return work()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, copy_context().run, work)
