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

T = TypeVar("T")

# More threads would take more turns from the event loop.
_THREADS = ThreadPoolExecutor(2, "off-loop")
_TEXT = 8  # characters of a text that take as long as a number
_WORD = 4  # of a keyword, which is looked for in several fields

# The weight of work that takes some milliseconds: on a query, and on rows and messages.
QUERY = 60
DATA = 2000


def weighs_more(value: Any, most: int) -> bool:
    """Return whether a JSON value or a model weighs more than `most`: it has many parts, long
    texts, or texts of many words or with many dots. The expression for a key grows with the square
    of its parts.
    """
    weight, values = 0, [value]
    while values and weight <= most:
        weight += 1
        match values.pop():
            case str(text):
                words, dots = text.count(" ", 0, most), text.count(".", 0, most)
                weight += len(text) // _TEXT + _WORD * words + dots**2
            case bytes(content):
                weight += len(content) // _TEXT
            case dict(members):
                values += islice(members.values(), most)
            case list(items) | tuple(items):
                values += islice(items, most)
            case Sequence() as columns:  # a row of a result
                values += columns
            case object(__dict__=fields):  # a model
                values += fields.values()
    return weight > most


async def run(value: Any, work: Callable[[], T], most: int = DATA) -> T:
    """Return the result of `work` on a value, which a thread does if the value weighs more."""
    if not weighs_more(value, most):
        return work()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, copy_context().run, work)
