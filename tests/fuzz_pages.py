"""Pages torn and joined at random, and pages of HTML by a grammar of tags, for `make fuzz`."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared"))

AWKWARD = [
    *(
        "\0",
        "\r",
        "\t",
        "\x0b",
        "\x1b[31m",
        "\x85",
        "\xa0",
        "\u2028",
        "\u202e",
        "\ufeff",
        "é",
        "日本",
    ),
    *(
        "🎉",
        "\ud800",
        '"""',
        "*/",
        "\\",
        "//",
        "{{",
        "}}",
        "{%",
        "%}",
        "<br>",
        "</td>",
        "<table>",
        "<ul>",
    ),
    *(
        "<li>",
        "<!--",
        "-->",
        "&#0;",
        "&nbsp;",
        "|",
        "||",
        "\\|",
        "`",
        "```\n",
        "~~~\n",
        "> ",
        "---\n",
    ),
    *(
        "* ",
        "- ",
        "1. ",
        "# ",
        "### ",
        "###### ",
        "    ",
        "**",
        "__",
        "[",
        "](",
        "](#x)",
        "✅",
        "❌",
    ),
    *(
        "list of ",
        "map of ",
        "stream ",
        "google.protobuf.Struct",
        "Struct",
        ".a.b",
        "a..b",
        "string",
    ),
    *("_", "__init__", "class", "1st", "None", "type", "x" * 300, "9" * 30, "> **GET** /a/{b}\n"),
    *(
        "> **Package : a.b.v1**\n",
        "## Message\n",
        "### get\n",
        "desc: &a [*a]\n",
        "{",
        "[",
        "'",
        "e\u0301",
    ),
]
MARKS = [
    "**",
    "*",
    "`",
    "|",
    ">",
    "#",
    "- ",
    "---",
    "Package",
    "Message",
    "Required",
    "Repeated",
    "✅",
]


@cache
def seeds() -> list[bytes]:
    """The pages of specs, cases and corpus, in the order of their paths."""
    folders = (ROOT / "specs", ROOT / "tests" / "cases", CORPUS / "corpus")
    files = (file for folder in folders for file in sorted(folder.rglob("*.md")))
    return [file.read_bytes() for file in files]


def mutated(pages: list[bytes], rnd: random.Random) -> bytes:
    """A page with some lines, words or bytes changed."""
    # The large ones say nothing that the small ones do not, and take their time.
    page = min(rnd.choices(pages, k=2), key=len)
    for _ in range(rnd.choice([1, 1, 2, 3, 5, 8, 20])):
        change = rnd.choice(CHANGES)
        page = change(page, rnd, pages)[:200_000]
    return page


def _lines(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """Lines deleted, doubled, swapped, cut, moved in or joined."""
    lines = page.split(b"\n")
    at, other, count = rnd.randrange(len(lines)), rnd.randrange(len(lines)), rnd.randint(1, 12)
    match rnd.randrange(8):
        case 0:
            del lines[at : at + count]
        case 1:
            lines[other:other] = lines[at : at + count]
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = lines[at][: rnd.randint(0, len(lines[at]))]
        case 4:
            lines[at] += lines[other]
        case 5:
            lines[at : at + count] = [
                b" " * rnd.randint(1, 8) + line for line in lines[at : at + count]
            ]
        case 6:
            sign = rnd.choice([b">", b"> ", b"* ", b"- ", b"1. "])
            lines[at : at + count] = [sign * rnd.randint(1, 25) + x for x in lines[at : at + count]]
        case _:
            lines.insert(at, b"")
    return b"\n".join(lines)


def _spliced(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """The start of the page and the end of another, or some lines of it."""
    other = rnd.choice(pages).split(b"\n")
    lines = page.split(b"\n")
    at, begin = rnd.randrange(len(lines) + 1), rnd.randrange(len(other))
    if rnd.random() < 0.5:
        return b"\n".join(lines[:at] + other[begin:])
    return b"\n".join(lines[:at] + other[begin : begin + rnd.randint(1, 30)] + lines[at:])


def _cut(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    at = rnd.randint(0, len(page))
    return page[:at] if rnd.random() < 0.3 else page[:at] + page[at + rnd.randint(1, 40) :]


def _awkward(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    at = rnd.randint(0, len(page))
    text = rnd.choice(AWKWARD) * rnd.choice([1, 1, 1, 2, 40])
    return page[:at] + text.encode("utf-8", "surrogatepass") + page[at:]


def _bytes(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    at = rnd.randint(0, len(page))
    if rnd.random() < 0.1:
        return page[:at] + rnd.randbytes(rnd.randint(1, 4)) + page[at:]
    # ASCII, for a page that is not UTF-8 is an error and little more.
    return page[:at] + bytes(rnd.randrange(128) for _ in range(rnd.randint(1, 4))) + page[at + 1 :]


def _marks(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """A mark in capitals, in small letters, another one, or none, once or everywhere."""
    mark = rnd.choice(MARKS)
    instead = rnd.choice([mark.upper(), mark.lower(), rnd.choice(MARKS), "", mark * 2])
    return page.replace(mark.encode(), instead.encode(), rnd.choice([-1, 1, 3]))


def _tables(page: bytes, rnd: random.Random, pages: list[bytes]) -> bytes:
    """A row with cells shuffled, lost or doubled, or with the words of another."""
    lines = page.split(b"\n")
    rows = [at for at, line in enumerate(lines) if b"|" in line or b"<td" in line or b"<li" in line]
    if not rows:
        return page
    at = rnd.choice(rows)
    bar = b"|" if b"|" in lines[at] else b"<"
    cells = lines[at].split(bar)
    match rnd.randrange(4):
        case 0:
            rnd.shuffle(cells)
        case 1:
            del cells[rnd.randrange(len(cells))]
        case 2:
            cells.insert(rnd.randrange(len(cells)), rnd.choice(cells))
        case _:
            cells[rnd.randrange(len(cells))] = rnd.choice(lines[rnd.choice(rows)].split(bar))
    lines[at] = bar.join(cells)
    return b"\n".join(lines)


CHANGES = (_lines, _lines, _spliced, _cut, _awkward, _awkward, _bytes, _marks, _tables, _tables)


# Tags, and those that may be in them; the others may be anywhere.
INSIDE: dict[str, Sequence[str]] = {
    "table": ("thead", "tbody", "tr", "caption", "colgroup", "tfoot"),
    "thead": ("tr",),
    "tbody": ("tr",),
    "tfoot": ("tr",),
    "tr": ("td", "td", "th"),
    "ul": ("li",),
    "ol": ("li",),
    "dl": ("dt", "dd"),
    "select": ("option",),
    "details": ("summary", "table", "p"),
}
ANYWHERE = (
    *("table", "table", "ul", "dl", "div", "p", "h1", "h2", "h3", "pre", "code", "a", "b", "span"),
    *("details", "blockquote", "br", "hr", "section", "article", "select", "template", "svg"),
    *("math", "noscript", "script", "style", "textarea", "title", "iframe", "img", "x-tag"),
)
ATTRIBUTES = (
    *("", "", "", " id=x", " class='a b'", ' rowspan="2"', " colspan=3", " rowspan=99999"),
    *(" colspan=-1", " id='#/a.v1.M'", ' href="#job"', " hidden", " id=x id=y", ' a="', " <b"),
)
TEXTS = (
    *("Field", "Type", "Required", "Description", "Method", "Request", "Response", "Job", "get"),
    *("job_id", "string", "int32", "list of Job", "GET /v1/jobs/{id}", "✅", "", " ", "&nbsp;"),
    *("Query parameters", "Request body", "200 OK", '{"a": [1', "message Job {", "a.v1.Job"),
)


def html(rnd: random.Random) -> bytes:
    """A page of HTML: some end tags are left out, doubled, or in another place."""
    text = _tags("", rnd, depth=rnd.choice([2, 4, 8, 60]), count=rnd.choice([5, 40, 400]))
    wrapped = rnd.choice(["{}", "<html><body>{}", "<!doctype html><main>{}</main>", "\ufeff{}"])
    return wrapped.format(text).encode("utf-8", "surrogatepass")[:200_000]


def _tags(within: str, rnd: random.Random, depth: int, count: int) -> str:
    if depth == 0 or count == 0:
        return rnd.choice(TEXTS)
    parts = []
    for _ in range(rnd.randint(1, 4)):
        usual = rnd.random() < 0.9
        tag = rnd.choice(INSIDE[within] if usual and within in INSIDE else ANYWHERE)
        inner = _tags(tag, rnd, depth - 1, count // 4)
        end = rnd.choices([f"</{tag}>", "", f"</{tag}></{tag}>", f"</{within or 'p'}>"], _ENDS)[0]
        text = rnd.choice([*TEXTS, rnd.choice(AWKWARD)]) if rnd.random() < 0.3 else ""
        parts.append(f"<{tag}{rnd.choice(ATTRIBUTES)}>{inner}{text}{end}")
    return "".join(parts)


_ENDS = (70, 20, 3, 7)
