"""docs/pages.md: each sample is read as the page says, and the words are those of the data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from page_forms import Sample, parts, samples, with_results, with_words

from apiscribe.diagnostics.codes import CODES
from apiscribe.dialects.tables import role
from apiscribe.model.api_text import api_text
from apiscribe.sources.compilation import Compilation, compile_folder

DOCUMENT = Path(__file__).parents[1] / "docs" / "pages.md"
SAMPLES = samples(DOCUMENT.read_text("utf-8"))


def compiled(sample: Sample, folder: Path) -> Compilation:
    """Compile a spec with the sample as its only page."""
    pages = folder / "sample" / "pages"
    pages.mkdir(parents=True)
    (pages / sample.path).write_text(sample.page, "utf-8")
    return compile_folder(folder / "sample")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.path)
def test_a_sample_is_read_as_the_page_says(
    sample: Sample, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    compilation = compiled(sample, tmp_path)
    read = api_text(compilation.api)
    if request.config.getoption("refresh"):
        text = with_results(
            DOCUMENT.read_text("utf-8"), lambda each: read if each == sample else each.read
        )
        DOCUMENT.write_text(text, "utf-8")
        pytest.fail("refreshed; run again", pytrace=False)
    assert read == sample.read
    assert not compilation.report.at("error", "warning")
    assert {file.dialect for file in compilation.api.files} == {sample.dialect}


@pytest.mark.parametrize(
    ("name", "page", "code"),
    [
        ("calls.md", '```json\n{"jsonrpc": "2.0", "method": "add"}\n```\n', "unknown-dialect"),
        ("queries.md", "```graphql\nquery {\n  books\n}\n```\n", "unknown-dialect"),
        ("book.rst", "Book\n====\n", "unread-files"),
        ("book.adoc", "= Book\n", "unread-files"),
        ("guide.md", "# Guide\n\nCall GET /orders for a list.\n", "nothing-declared"),
    ],
)
def test_what_the_page_says_is_not_read(name: str, page: str, code: str, tmp_path: Path) -> None:
    compilation = compiled(Sample(name, "", page * 3, ""), tmp_path)
    assert code in {diagnostic.code for diagnostic in compilation.report}
    assert not list(compilation.api.services())


def test_every_code_of_the_section_is_one() -> None:
    section = DOCUMENT.read_text("utf-8").partition("## What is not read")[2].partition("## ")[0]
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", section)) <= CODES.keys()


def test_the_words_are_those_of_the_data(request: pytest.FixtureRequest) -> None:
    text = DOCUMENT.read_text("utf-8")
    if request.config.getoption("refresh"):
        DOCUMENT.write_text(with_words(text), "utf-8")
    assert text == with_words(text)


def test_all_headers_kinds_labels_and_types_have_a_table() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert parts(text) == [
        "services",
        "protobuf headers",
        "protobuf kinds",
        "http column",
        *(f"http label.{facet}" for facet in ("direction", "part", "place", "presence")),
        *(f"types {case}" for case in ("any_case", "lower_case", "generics")),
        "http types",
    ]
    assert "`mandatory`" in text
    assert role("Mandatory") == "required"


def test_each_link_leads_to_a_heading() -> None:
    text = re.sub(r"^````.*?^````", "", DOCUMENT.read_text("utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z -]", "", title.lower()).replace(" ", "-") for title in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= anchors
