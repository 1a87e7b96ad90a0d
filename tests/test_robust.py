"""Anything may be given as a page: it ends in a model or in diagnostics, soon, and never in a
traceback.
"""

from __future__ import annotations

import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_pages import PLACES, filled
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from thorough import THOROUGH, examples, thorough

from apiscribe.diagnostics import report as report_module
from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted
from apiscribe.sources.compilation import compile_folder

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "specs").rglob("pages/**/*.md"))
TEXTS = [file.read_text("utf-8") for file in SAMPLES]
FORMS = [filled(dialect, {}) for dialect in PLACES]


def unshrunk(count: int) -> settings:
    """Return settings for a number of examples of pages, which are too large to be shrunk."""
    phases = [Phase.explicit, Phase.generate]
    return settings(examples(count), phases=phases, suppress_health_check=[*HealthCheck])


def survives(page: str | bytes, name: str = "job.md") -> None:
    """A page, alone in a spec, is read and built, or there is an error that is the page's."""
    content = page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "api")
        (spec / "pages").mkdir(parents=True)
        (spec / "pages" / name).write_bytes(content)
        compilation = compile_folder(spec)
        failed = compilation.failed
        made = emit_sorted(compilation.api, compilation.report)
    found = {diagnostic.code for diagnostic in compilation.report}
    assert "uncompilable-output" not in found, compilation.report.at("error")
    assert bool(made) != failed
    lines = content.count(b"\n") + content.count(b"\r") + 2
    for diagnostic in compilation.report:
        assert 1 <= diagnostic.span.line <= diagnostic.span.end_line <= lines


# ---- anything at all


@unshrunk(40)
@given(st.text())
@example("\x00")
@example("---")
@example("---\n---")
@example("---\n- a\n---\n")
@example("---\na: &x [*x]\n---\n")
@example("---\n? [a]\n: b\n!!python/object/apply:os.system [x]: y\n---\n")
@example("<table>")
@example("<table></table>")
@example("| Field | Type |\n|-|-|\n")
def test_any_text_is_a_page(text: str) -> None:
    survives(text)


@unshrunk(40)
@given(st.binary() | st.text().map(lambda text: text.encode("utf-16")))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf# Title")
@example(b"\xed\xa0\x80")
def test_any_bytes_are_a_page(content: bytes) -> None:
    survives(content)


@unshrunk(10)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_page_may_hold_broken_bytes(sample: int, at: int, broken: bytes) -> None:
    content = TEXTS[sample].encode()
    at %= len(content)
    survives(content[:at] + broken + content[at:])


# Parts of pages: whole lines, and what lines are made of.
PARTS = st.sampled_from(
    [
        *(
            "\n",
            "\n\n",
            " ",
            "    ",
            "\t",
            "|",
            "\\",
            "`",
            "*",
            "**",
            "[",
            "](",
            ")",
            "<",
            ">",
            "&",
        ),
        *("# T\n", "## Message\n", "## Job\n", "### Info\n", "### get\n", "**Job Methods:**\n\n"),
        *("> **Package : a.b.v1**\n\n", "> **GET** /x/{id}\n", "> **POST** y\n>\n", ">\n", "> "),
        "| Method | Request | Response |\n| :- | :- | :- |\n| get | Info | Info |\n",
        "| Field | Type | Required | Description |\n| :- | :- | :-: | :- |\n",
        *(
            "| id | string | ✅ | d |\n",
            "| other | Info |\n",
            "| a | list of string | no | x | y |\n",
        ),
        "| Type | Message |\n| :- | :- |\n| Request | Info |\n",
        *(
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td>",
            "</td>",
            "<th>Field</th>",
            "<th>Type</th>",
        ),
        *("<ul>", "</ul>", "<li>", "</li>", "<li>A</li>", "<br>", "<p>", "<code>", "<!--", "-->"),
        *('<a href="', '">', "</a>", "<?", "<b ", "&lt;", "&#0;", "&#xD800;", "&amp"),
        *("* **x** (string) `Required`\n", "* **y** (Info)\n\n  *is_required: true\n  desc: d*\n"),
        *("* ", "  * a\n", "1. ", "***\n", "---\n", "a: b\n", "description: x: y\n", "~~~\n"),
        *('{{< tab "Response" >}}\n', "{{< /tab >}}\n", "{{< highlight json >}}\n", "{{< "),
        *("{{< /highlight >}}\n", '{% tab title="Request" %}\n', "{% endtab %}\n", "{% "),
        *("```json\n", "```\n", '{"a": [1, 2.5, null, "x"]}\n', "{", "[[", "NaN\n", '"\\ud800"\n'),
        *("\r", "\r\n", "\x00", "\x0b", "\u2028", "\x85", "\ufeff", "é", "日本", "🎉", "\u202e"),
        *("google.protobuf.Struct", "Struct", "google.protobuf.Nothing", "string", "a.b.v1.Info"),
    ]
)


@unshrunk(120)
@given(st.lists(PARTS, max_size=60).map("".join))
def test_any_parts_of_pages_are_a_page(text: str) -> None:
    survives(text)


@unshrunk(40)
@given(
    st.sampled_from(sorted(PLACES)), st.integers(0, 100), st.lists(PARTS, min_size=1, max_size=10)
)
def test_any_part_may_stand_in_any_place(dialect: str, place: int, parts: list[str]) -> None:
    places = PLACES[dialect]
    survives(filled(dialect, {places[place % len(places)]: "".join(parts)}))


# ---- pages that were torn


def torn(text: str, rnd: random.Random) -> str:
    """A page with lines or cells deleted, doubled, cut or moved."""
    lines = text.split("\n")
    for _ in range(rnd.randint(1, 8)):
        at, other = rnd.randrange(len(lines)), rnd.randrange(len(lines))
        match rnd.choice(["delete", "double", "swap", "move", "cut", "cells", "half", "join"]):
            case "delete":
                del lines[at : at + rnd.randint(1, 5)]
            case "double":
                lines[other:other] = lines[at : at + rnd.randint(1, 12)]
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "move":
                lines.insert(other, lines.pop(at))
            case "cut":
                lines[at] = lines[at][: rnd.randint(0, len(lines[at]))]
            case "cells":
                cells = lines[at].split("|")
                rnd.shuffle(cells)
                lines[at] = "|".join(cells[: rnd.randint(1, len(cells) + 1)])
            case "half":
                lines[at] = lines[at][len(lines[at]) // 2 :]
            case "join":
                lines[at] += lines[other]
        lines = lines or [""]
    return "\n".join(lines)


@unshrunk(30)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 2**32))
def test_a_torn_sample_is_a_page(sample: int, seed: int) -> None:
    survives(torn(TEXTS[sample], random.Random(seed)))


@unshrunk(30)
@given(st.integers(0, 1), st.integers(0, 2**32))
def test_a_torn_form_is_a_page(form: int, seed: int) -> None:
    survives(torn(FORMS[form], random.Random(seed)))


@unshrunk(8)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 2**32))
def test_shuffled_lines_are_a_page(sample: int, seed: int) -> None:
    lines = TEXTS[sample].split("\n")
    random.Random(seed).shuffle(lines)
    survives("\n".join(lines))


@unshrunk(10)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 2**32))
def test_a_page_that_ends_anywhere_is_a_page(sample: int, seed: int) -> None:
    text = TEXTS[sample]
    survives(text[: seed % len(text)])


# ---- soon: eight times as much takes about eight times as long


HTML = "<table><tr><th>Field</th><th>Type</th><th>Description</th></tr>"
MESSAGES = "# T\n\n> **Package : a.b.v1**\n\n## Message\n\n### Info\n"
METHODS = (
    "# T\n\n> **Package : a.b.v1**\n\n## Board\n\n| Method | Request | Response |\n| - | - | - |\n"
)
BASE = MESSAGES + "| Field | Type |\n| - | - |\n| id | string |\n"
SECTION = (
    METHODS + "| get | Info | Info |\n\n### get\n%s\n\n## Message\n\n### Info\n"
    "| Field | Type |\n| - | - |\n| id | string |\n"
)


def joined(line: Callable[[int], str], end: str = "\n") -> Callable[[int], str]:
    return lambda count: end.join(map(line, range(count)))


def field(name: str) -> str:
    return MESSAGES + HTML + f"<tr><td>x</td><td>string</td><td>{name}</td></tr></table>\n"


HEADER = MESSAGES + "| Field | Type | Description |\n| :- | :- | :- |\n"

# Name → how often what is repeated, at first; the page.
# Those marked `thorough` compare times: they want an idle machine.

LARGE: dict[str, tuple[int, Callable[[int], str]]] = {
    "rows": (875, lambda n: HEADER + joined(lambda i: f"| f{i} | string | d |")(n)),
    "rows of HTML": (
        250,
        lambda n: field("d").replace(
            "</table>", joined(lambda i: f"<tr><td>f{i}</td><td>string</td></tr>")(n) + "</table>"
        ),
    ),
    "bullets": (
        250,
        lambda n: "---\ntitle: x\n---\n"
        + MESSAGES
        + joined(lambda i: f"* **f{i}** (string)\n\n  *is_required: true\ndesc: d*\n")(n),
    ),
    "messages": (
        125,
        lambda n: MESSAGES
        + joined(lambda i: f"### M{i}\n| Field | Type |\n| - | - |\n| a | string |\n")(n),
    ),
    "methods": (500, lambda n: METHODS + joined(lambda i: f"| m{i} | Info | Info |")(n)),
    "method sections": (
        125,
        lambda n: METHODS
        + joined(lambda i: f"| m{i} | Info | Info |")(n)
        + "\n\n"
        + joined(lambda i: f"### m{i}\n> **GET** /x/{i}\n")(n),
    ),
    "values": (
        500,
        lambda n: field("d").replace(
            "string", f"<ul>{joined(lambda i: f'<li>V{i}</li>', '')(n)}</ul>"
        ),
    ),
    "columns": (500, lambda n: HEADER + "| x | string | " + "d | " * n + "\n"),
    "front matter": (500, lambda n: f"---\n{joined(lambda i: f'k{i}: v')(n)}\n---\n" + BASE),
    "paragraphs": (1000, lambda n: BASE + joined(lambda i: f"\nparagraph {i}")(n)),
    "shortcodes": (1000, lambda n: BASE + "{{< tabs >}}\n" * n),
    "unclosed highlights": (2_000, lambda n: BASE + "{{< highlight x >}}\n" * n),
    "unclosed tables": (1000, lambda n: BASE + "<table>\n" * n),
    "repeated messages": (
        125,
        lambda n: MESSAGES
        + joined(lambda i: f"### M\n| Field | Type |\n| - | - |\n| a{i} | string |\n")(n),
    ),
    "rows of undeclared types": (
        200,
        lambda n: HEADER + joined(lambda i: f"| f{i} | Type{i} | |")(n),
    ),
    "rows without a Latin letter": (
        60,
        lambda n: HEADER + joined(lambda i: f"| {chr(0x4E00 + i)} | string | |")(n),
    ),
    "rows of HTML without end tags": (
        15,
        lambda n: field("d").replace(
            "</table>", joined(lambda i: f"<tr><td>f{i}<td>string")(n) + "</table>"
        ),
    ),
    "values without end tags": (
        350,
        lambda n: field("d").replace("string", f"<ul>{joined(lambda i: f'<li>V{i}', '')(n)}</ul>"),
    ),
    "nested tables": (40, lambda n: MESSAGES + "<table><tr><td>" * n),
    "routes with a wrong parameter": (
        100,
        lambda n: (
            METHODS
            + "| get | Info | Info |\n\n### get\n"
            + joined(lambda i: f"> **GET** /x/{{p{i}}}\n>\n")(n)
            + "\n## Message\n\n### Info\n| Field | Type |\n| - | - |\n"
            + joined(lambda i: f"| q{i} | string |")(n)
        ),
    ),
    # A pattern that may part them in many ways takes seconds for 24 and hours for 40.
    "words that might be marks": (
        3,
        lambda n: "---\ntitle: x\n---\n" + MESSAGES + f"* **f** (string) {'required ' * n}x\n",
    ),
    "blanks in a route": (1000, lambda n: SECTION % f"> **GET** /x{' ' * n}y"),
    "blanks in a shortcode": (80, lambda n: BASE + "\n{{<" + " " * n + "\n"),
    "blanks in front of Methods": (
        2_000,
        lambda n: SECTION.replace("## Board\n", f"## Board\n\nx{' ' * n}y\n") % "> **GET** /x",
    ),
    "blanks behind Methods": (2_000, lambda n: f"# T\n\nMethods{' ' * n}y\n\n" + BASE),
    "marks of quotes": (1_000, lambda n: BASE + "\n" + "> " * n + "x\n"),
    "comments that never end": (1_000, lambda n: BASE + "\n" + "<!--" * n + "\n"),
    "tags that never end": (1_000, lambda n: BASE + "\n" + "<div " * n + "\n"),
    "commented shortcodes that never end": (
        2_000,
        lambda n: BASE + "\n```\n" + "{{</*" * n + "\n```\n",
    ),
}


def seconds(page: str | dict[str, str], tries: int = 3) -> float:
    """The least of some times that reading a page takes, or a spec: path → text."""
    files = {"pages/job.md": page} if isinstance(page, str) else page
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "api")
        for path, text in files.items():
            (spec / path).parent.mkdir(parents=True, exist_ok=True)
            (spec / path).write_text(text, "utf-8")
        times = []
        gc.disable()
        for _ in range(tries):
            start = time.process_time()
            compile_folder(spec)
            times.append(time.process_time() - start)
        gc.enable()
    return min(times)


def grows_evenly(count: int, page: Callable[[int], str | dict[str, str]]) -> bool:
    """Whether eight times the size takes less than 24 times as long; what is quadratic takes 64
    times. Asked again where it is close, for a machine may be busy.
    """
    for tries in (1, 2, 3):
        once, eightfold = seconds(page(count), tries), seconds(page(8 * count), tries)
        if eightfold <= 24 * once + 0.01:
            return True
        if eightfold > 28 * once + 0.1:
            return False
    return False


@thorough
@pytest.mark.parametrize("name", LARGE)
def test_a_large_page_is_read_in_even_time(name: str) -> None:
    assert grows_evenly(*LARGE[name])


def test_seven_thousand_rows_are_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "api", "pages").mkdir(parents=True)
        page = (
            METHODS + "| get | Info | Info |\n\n" + LARGE["rows"][1](7_000).partition("v1**\n")[2]
        )
        Path(folder, "api", "pages", "job.md").write_text(page, "utf-8")
        compilation = compile_folder(Path(folder, "api"))
    assert not compilation.failed
    (info,) = [message for _, message in compilation.api.messages() if message.name == "Info"]
    assert len(info.fields) == 7_000
    numbers = [each.number for each in info.fields]
    assert len(set(numbers)) == 7_000
    assert not set(numbers) & set(range(19_000, 20_000))


# ---- many files, and many corrections


def entries(table: str, keys: Callable[[int], str]) -> Callable[[int], str]:
    return joined(lambda i: f'[[{table}]]\n{keys(i)}\nreason = "x"\n')


def corrected(page: str, table: str, keys: Callable[[int], str]) -> Callable[[int], dict[str, str]]:
    """A spec with as many entries as the page has parts."""
    make = LARGE[page][1]
    return lambda n: {"pages/job.md": make(n), "overlay.toml": entries(table, keys)(n)}


WAS = 'was = { type = "string" }\nset = { type = "int32" }'
MANY: dict[str, tuple[int, Callable[[int], dict[str, str]]]] = {
    "pages": (50, lambda n: {f"pages/p{i}.md": BASE.replace("a.b", f"a.b{i}") for i in range(n)}),
    "pages of one name": (
        50,
        lambda n: {f"pages/p{i}.md": BASE.replace("id", f"id{i}") for i in range(n)},
    ),
    "pages that are alike": (50, lambda n: {f"pages/p{i}.md": BASE for i in range(n)}),
    "changes": (250, corrected("rows", "change", lambda i: f'at = "a.b.v1.Info.f{i}"\n{WAS}')),
    "changes of nothing": (
        250,
        corrected("rows", "change", lambda i: f'at = "a.b.v1.Info.g{i}"\n{WAS}'),
    ),
    "additions": (
        125,
        corrected("messages", "add", lambda i: f'at = "a.b.v1.M{i}.z"\nset = {{ type = "int32" }}'),
    ),
    "renames": (
        125,
        corrected("messages", "rename", lambda i: f'at = "a.b.v1.M{i}"\nto = "N{i}"'),
    ),
    "declarations": (
        125,
        corrected(
            "rows of undeclared types", "declare", lambda i: f'at = "a.b.v1.Type{i}"\nenum = ["A"]'
        ),
    ),
    "accepted": (
        250,
        corrected(
            "rows of undeclared types", "accept", lambda i: 'at = "*"\ncode = "undeclared-type"'
        ),
    ),
    "levels": (
        250,
        lambda n: {
            "pages/job.md": LARGE["rows of undeclared types"][1](n),
            "spec.toml": entries(
                "level", lambda i: 'code = "undeclared-type"\nat = "*"\nlevel = "note"'
            )(n),
        },
    ),
    "what a reference declares": (
        125,
        lambda n: {
            "pages/job.md": HEADER + joined(lambda i: f"| f{i} | M{i} | |")(n),
            "spec.toml": 'references = ["reference"]\n',
            "reference/pages/job.md": LARGE["messages"][1](n),
        },
    ),
}


@thorough
@pytest.mark.parametrize("name", MANY)
def test_a_large_spec_is_read_in_even_time(name: str) -> None:
    assert grows_evenly(*MANY[name])


def test_names_are_compared_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suggestions for thousands of unknown names: what is compared does not grow with them."""
    compared = []

    def noted(name: str, known: Iterator[str]) -> str:
        compared.append(len(list(known)))
        return ""

    monkeypatch.setattr(report_module, "did_you_mean", noted)
    report = Report()
    for at in range(5_000):
        report.did_you_mean(f"x{at}", [f"y{each}" for each in range(1_000)])
    assert sum(compared) == 100_000


def test_renames_that_follow_each_other_are_made_in_order(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "job.md").write_text(
        HEADER
        + "| a | One | |\n| b | Two | |\n\n### One\n| Field | Type |\n| - | - |\n| c | Two |\n"
        "\n### Two\n| Field | Type |\n| - | - |\n| d | string |\n",
        "utf-8",
    )
    pairs = [("One", "Old"), ("Two", "One"), ("Old", "Two")]
    names = "".join(
        f'[[rename]]\nat = "a.b.v1.{old}"\nto = "{new}"\nreason = "x"\n' for old, new in pairs
    )
    (tmp_path / "overlay.toml").write_text(names, "utf-8")
    compilation = compile_folder(tmp_path)
    assert not compilation.failed, list(compilation.report)
    types = {m.name: [f.type.name for f in m.fields] for _, m in compilation.api.messages()}
    assert types["Info"] == ["a.b.v1.Two", "a.b.v1.One"]
    assert types["Two"] == ["a.b.v1.One"]


# Text that parsers of Markdown and HTML are known to stumble over.
REPEATED = (
    *(">", "*", "[", "|", "`", "_", "<", "&", "\\", "#", "-", "=", "~", "!", "{", "%", "$", '"'),
    *(
        "![",
        "](",
        "[]",
        "[](",
        "[a](<b",
        "[![a](",
        "**a ",
        "*a **b ",
        "- ",
        "> ",
        "1. ",
        "{{<",
        "{%",
    ),
    *("<!--", "<!---->", "<?", "<!A ", "<a ", "<b>", "<p>", "<td>", "</td>", "<table>", "<code>"),
    *("&#x", "&amp;", "a.", "a,", "\t", "\xa0", "\u2028", "日", "a b ", "{a}", "'", "/", "\r"),
)
SPOTS: dict[str, Callable[[str], str]] = {
    "the page": lambda text: text,
    "a paragraph": lambda text: BASE + "\n" + text,
    "a heading": lambda text: BASE.replace("# T", f"# T{text}", 1),
    "a cell": lambda text: HEADER + f"| x | string | {text} |\n",
    "a cell of HTML": field,
    "a quote": lambda text: SECTION % f"> {text}",
    "front matter": lambda text: f"---\ndescription: {text}\n---\n" + BASE,
}


STUMBLES = {
    ("front matter", "["): "RecursionError in yaml.compose",
    ("front matter", "{"): "RecursionError in yaml.compose",
}


@thorough
@pytest.mark.parametrize("place", SPOTS)
def test_no_sign_is_much_slower_to_read_than_another(place: str) -> None:
    """Where 2,000 characters take long, they must at least grow evenly."""
    usual = seconds(SPOTS[place]("ab " * 600))
    slow = []
    for sign in REPEATED:
        if (place, sign) in STUMBLES:
            continue
        count = 2_000 // len(sign)

        def page(times: int, sign: str = sign) -> str:
            return SPOTS[place](sign * times)

        if seconds(page(count), 1) > 10 * usual + 0.1 and not grows_evenly(count, page):
            slow.append(sign)
    assert slow == []


@pytest.mark.parametrize("place", ["the page", "a paragraph", "a cell"])
@pytest.mark.parametrize("sign", [">", "*", "[", "|"])
def test_many_kilobytes_of_one_sign_are_read_in_even_time(place: str, sign: str) -> None:
    """A hundred in a thorough run."""
    assert grows_evenly(12_500 if THOROUGH else 4_000, lambda count: SPOTS[place](sign * count))


@pytest.mark.parametrize("sign", ["[", "[](", "a/", "a.", "://", "é"])
def test_text_below_a_route_is_read_in_even_time(sign: str) -> None:
    page = "# Book\n\n## Get a book\n\n`GET /v1/books/{id}`\n\n"
    assert grows_evenly(1_500 // len(sign), lambda count: page + sign * count)


@thorough
def test_comments_beside_text_are_read_in_even_time() -> None:
    def page(count: int) -> str:
        return f"{BASE}\n<div>{'<!---->' * count}x\n"

    assert seconds(page(20)) < 20 * seconds(page(10)) + 0.02
