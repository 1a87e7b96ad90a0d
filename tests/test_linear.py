"""Reading a page takes time and memory in proportion to its length."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from thorough import THOROUGH, thorough

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source
from apiscribe.dialects import recognise
from apiscribe.dialects.protobuf import names
from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.pages.blocks import Table
from apiscribe.pages.html_table import read_table
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


def grows_evenly(measure: Callable[[int], float], short: int, slack: float = 0.0) -> bool:
    """Return whether four times the length takes less than eight times as long.

    Other processes slow a processor down: the least of two times counts, in the best of three tries.
    """

    def least(count: int) -> float:
        return min(measure(count) for _ in range(2))

    return any(least(4 * short) < 8 * least(short) + slack for _ in range(3))


def seconds(text: str) -> float:
    read_text.cache_clear()
    start = process_time()
    read(text)
    return process_time() - start


# Routes in one fence, in bullets and in a table: each of them was compared with all others.
ROUTES = {
    "fence": "```\n{lines}```\n",
    "bullets": "{lines}",
    "table": "| Method | Path |\n| - | - |\n{lines}",
}
LINES = {
    "fence": "PUT places{n}/:id/labels/:label\n",
    "bullets": "- `PUT /places{n}/labels`: Labels them.\n",
    "table": "| PUT | /places{n}/labels |\n",
}


@pytest.mark.parametrize("form", ROUTES)
def test_many_routes_in_one_place_take_time_in_proportion(form: str) -> None:
    def taken(count: int) -> int:
        lines = "".join(LINES[form].format(n=n) for n in range(count))
        return calls("pages/a.md", f"# Places\n\n## Label\n\n{ROUTES[form].format(lines=lines)}")

    taken(1)  # compiles the patterns of such pages
    assert taken(120) < 6 * taken(30)


def test_packages_of_messages_without_one_are_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each declaration was looked for in all types that the others use."""
    row = "| # | Field | Type |\n| - | - | - |\n| 1 | next | repeated Tree{n} |\n\n"
    split, seen = names._split_lower, list[str]()

    def counted(name: str) -> tuple[str, str]:
        seen.append(name)
        return split(name)

    monkeypatch.setattr(names, "_split_lower", counted)

    def taken(count: int) -> int:
        seen.clear()
        text = "".join(f"### Tree{{n}}\n\n{row}".format(n=n) for n in range(count))
        assert read(text) == count
        return len(seen)

    assert taken(40) <= 4 * taken(10)


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
    assert grows_evenly(lambda count: seconds(page(template, count)), 15)
    assert peak(long) < 6 * peak(short)


# ---- HTML without end tags, and Markdown: no shape makes a page deeper or slower

HEAD = "# Job\n\n> **Package : a.v1**\n\n"
UNCLOSED = (
    *("<tr><td>", "<td><ul><li>", "<div>", "<a name=x>"),
    *("<tr>", "<td>x", "<table>", "<table><tr><td>", "<tbody><tr>"),
    *("<li>", "<ul><li>", "<dl><dt>", "<dd>", "<p>", "<b>", "<option>"),
    *("<code>", "<br></i>", "<var>", "<a href='#'>", "<ul></ul>", "List<X> <br>", "<a ", "{%"),
    *("<blockquote>", "<details>", "<td rowspan=99 colspan=99>", "<h3>", "<pre>", "</td>"),
)
PLACES: dict[str, Callable[[str], tuple[str, str]]] = {
    "a page of HTML": lambda text: ("pages/a.html", f"<h1>Job</h1>{text}"),
    "a table in Markdown": lambda text: ("pages/a.md", f"{HEAD}<table>{text}"),
    "a cell": lambda text: (
        "pages/a.md",
        f"{HEAD}## Message\n\n### M\n| Field | Type |\n| - | - |\n| x | {text} |\n",
    ),
}


def recognised(path: str, text: str) -> None:
    report = Report()
    recognise(read_page(Source(path, text), report), "", report)


def calls(path: str, text: str) -> int:
    """The number of calls that reading a page takes: it is the same on any machine."""
    count = 0

    def seen(*_: Any) -> None:
        nonlocal count
        count += 1

    read_text.cache_clear()
    sys.setprofile(seen)
    try:
        recognised(path, text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("place", PLACES)
def test_no_tag_without_an_end_makes_reading_slower(place: str) -> None:
    slow = {}
    for unit in UNCLOSED if THOROUGH else UNCLOSED[:4]:
        # Up to the deepest tree, each tag is in all those before it.
        short, long = (calls(*PLACES[place](unit * count)) for count in (150, 450))
        if long > 5 * short:
            slow[unit] = (short, long)
    assert slow == {}


WORDS = (
    *("\n", "\n\n", " ", "x", "word ", "| a |", "| - |", "\n| a", "\n- ", "\n> ", "\n# ", "\n: x"),
    *("```", "\n```\n", "message A {", "int32 a = 1;", "map<", "<x", "GET /a", "**GET** `/x`", "-"),
    *(
        "(string)",
        "required",
        '"',
        '{"a":',
        "[1,",
        "curl -X POST ",
        "a.b.",
        "_",
        "/",
        "{",
        "[",
        "](",
    ),
    *(
        "<Tag>",
        "<Tag a='",
        "{% tab %}",
        "{{< a >}}",
        "{{</* a */>}}",
        "&lt;",
        "`a` ",
        "\n    ",
        "*",
    ),
)


@thorough
@pytest.mark.parametrize("seed", range(40))
def test_no_shape_of_a_page_makes_reading_slower(seed: int) -> None:
    choice = random.Random(seed).choice
    place = PLACES[choice(sorted(PLACES))]
    unit = "".join(choice((*UNCLOSED, *WORDS)) for _ in range(choice((1, 2, 3))))

    def taken(count: int) -> float:
        start = process_time()
        recognised(*place((unit * count)[:count]))
        return process_time() - start

    assert grows_evenly(taken, 6_000, slack=0.2), unit


def table(text: str) -> list[list[str]]:
    source = Source("pages/a.md", text)
    parsed: Table = read_table(text, source.span(1), source)
    return [[cell.text for cell in row.cells] for row in (parsed.header, *parsed.rows)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("<table><tr><th>a<th>b<tr><td>1<td>2<tr><td>3<td>4</table>", ["ab", "12", "34"]),
        ("<table><tr><td>a</td><tr><td>1</td></table>", ["a", "1"]),
        ("<table><thead><tr><th>a<tbody><tr><td>1<tfoot><tr><td>2", ["a", "1", "2"]),
        ("<table><tr><td>a<p>b<td><p>c<tr><td><div>1<td>2", [["a b", "c"], "12"]),
        ("<table><tr><td>a<table><tr><td>x</table><td>b<tr><td>1<td>2", [["a x", "b"], "12"]),
        ("<table><tr><td>x<ul><li>a<li>b</ul><tr><td>1", ["x", "1"]),
        ("<table><tr><td>a<table></td><td>b</table><td>c", [["a b", "c"]]),
    ],
)
def test_rows_and_cells_end_where_browsers_end_them(text: str, rows: list[Any]) -> None:
    assert table(text) == [list(row) for row in rows]


@pytest.mark.parametrize("place", PLACES)
def test_tags_in_tags_are_read_to_any_depth(place: str) -> None:
    recognised(*PLACES[place]("<b>" * 3_000))


def import_seconds(modules: str) -> float:
    """Return the processor time of a process that imports modules."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def test_words_of_pages_are_ready_as_soon_as_libraries() -> None:
    # One class of letters whose cases are folded, in each of 300 words, took 29 times as long.
    def ratio() -> float:
        return import_seconds("apiscribe.dialects") / import_seconds("bs4, pydantic, sqlalchemy")

    assert any(ratio() < 5 for _ in range(3))
