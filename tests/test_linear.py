"""Reading a page takes time and memory in proportion to its length."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from time import process_time

import pytest

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.dialects import recognise
from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.pages.read import read_page

# Templates of a declaration: one of protoc-gen-doc, one of fences, one with open cells.
TABLES = """\
<a name="orchard-v1-Tree{n}"></a>

### Tree{n}
A tree.

| Field | Type | Label | Description |
| ----- | ---- | ----- | ----------- |
| id | [int64](#int64) |  | Its number. |
| next | [Tree{n}](#orchard-v1-Tree{n}) | repeated | The trees beside it. |

"""
FENCES = """\
## Tree{n}

```proto
message Tree{n} {{
  int64 id = 1; // Its number.
  map<string, Tree{n}> next = 2;
}}
```

"""
OPEN_CELLS = """\
### Tree{n}

| Field | Type | Label | Description |
| ----- | ---- | ----- | ----------- |
| id | [int64](#int64) |  | Its number.

It never changes. |
| age | uint32 | optional | In years. |

"""


def page(template: str, count: int) -> str:
    return "# Package orchard.v1\n\n" + "".join(template.format(n=n) for n in range(count))


def read(text: str) -> int:
    report = Report()
    drafts = recognise(read_page(Source("pages/trees.md", text), report), "", report)
    return sum(len(draft.messages) for draft in drafts)


def least(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(2))


def seconds(text: str) -> float:
    read_text.cache_clear()
    start = process_time()
    read(text)
    return process_time() - start


def peak(text: str) -> int:
    tracemalloc.start()
    read(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("template", [TABLES, FENCES, OPEN_CELLS])
def test_a_page_of_four_times_the_length_takes_four_times_as_long(template: str) -> None:
    short, long = page(template, 15), page(template, 60)
    assert read(short) == 15
    assert least(lambda: seconds(long)) < 8 * least(lambda: seconds(short))
    assert peak(long) < 6 * peak(short)
