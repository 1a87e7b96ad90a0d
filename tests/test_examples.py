"""Examples on pages: read with leniency, never guessed, carried into what is generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate
from serving import build, package, write_spec
from thorough import examples

from apiscribe.lower.lenient_json import parse_example
from apiscribe_runtime.openapi import describe

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(PLAIN, VALUES, min_size=1, max_size=5)

# A text of strict JSON, a token a line → the same with one kind of slip.
SLIPS = {
    "trailing commas": lambda text: text.replace("\n}", ",\n}"),
    "missing commas": lambda text: text.replace(",\n", "\n"),
    "comments": lambda text: text.replace(",\n", ", // more\n").replace("{\n", "{ # first\n"),
    "long comments": lambda text: text.replace(",\n", ", /* more\n to come */\n"),
    "no-break spaces": lambda text: text.replace("\n ", "\n\u00a0"),
}


@given(VALUES)
@examples(300)
def test_strict_json_is_read_as_it_is(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2)):
        parsed = parse_example(text)
        assert (parsed.value, parsed.problem, parsed.forgiven) == (value, None, ())


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
@given(value=st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), SCALARS, min_size=2))
@examples(60)
def test_a_slip_changes_no_value(slip: Any, value: Any) -> None:
    text = json.dumps(value, indent=2)
    assert slip(text) != text
    parsed = parse_example(slip(text))
    assert parsed.problem is None
    assert parsed.value == value
    assert parsed.forgiven or slip is SLIPS["no-break spaces"]


@given(OBJECTS)
@examples(200)
def test_python_literals_are_read(value: dict[str, Any]) -> None:
    parsed = parse_example(repr(value))
    # A text in single quotes may hold an escape that is Python's alone.
    assert parsed.problem is not None or parsed.value == value


@given(st.text(max_size=60) | st.text("{}[]\",':\n ab1.<>/*#$-\\", max_size=60))
@examples(500)
def test_any_text_ends_in_a_value_or_a_problem(text: str) -> None:
    parsed = parse_example(text)
    if parsed.problem:
        assert parsed.value is None
        assert 1 <= parsed.problem.line <= text.count("\n") + 1
    else:
        json.dumps(parsed.value)


@pytest.mark.parametrize(
    "text",
    [
        "The answer to a greeting",
        '{"a": 1 "b": 2}',
        '{"a": 1}\n{"b": 2}',
        '{"a": 2022-07}',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": "b',
        '{"a": one}',
        "[" * 100_000,
        "[" * 66 + "]" * 66,
        '"\\ud800"',
        "[1,,2]",
    ],
)
def test_an_ambiguous_value_stays_text(text: str) -> None:
    assert parse_example(text).problem is not None


PAGE = """---
title: "Book"
linkTitle: "Book"
---
# [Book](#Book)

>  **Package : shop.v1**

## Book

**Book Methods:**

| Method | Request | Response | Description |
| ------ | ------- | -------- | ----------- |
| [**get**](./Book#get) | [BookRequest](./Book#bookrequest) | [BookInfo](./Book#bookinfo) | |

### get

> **POST** /shop/v1/book/get

{{< tabs >}}
{{< tab "Request Example" >}}
{{< highlight json >}}
{"book_id": "book-1"}
{{< /highlight >}}
{{< /tab >}}
{{< tab "Response Example" >}}
{{< highlight json >}}
{"book_id": "book-1", "pages": "no number"}
{{< /highlight >}}
{{< /tab >}}
{{< /tabs >}}

## Message

### BookInfo
* **book_id** (string)

* **pages** (int32)

* **tags** (Struct)

{{< highlight json >}}
{
  "book_id": "book-2", // the second
  "pages": 12,
  "tags": {"a": [true, None, "\\"\\"\\" + x"]},
}
{{< /highlight >}}

### BookRequest
* **book_id** (string) `Required`
"""


def test_examples_that_a_message_accepts_are_carried(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "shelf", {"pages/Book.md": PAGE})
    built = build(spec, tmp_path / "out")
    models = package(built, "models.shop.v1.book")
    shown = {"book_id": "book-2", "pages": 12, "tags": {"a": [True, None, '""" + x']}}
    assert models.BookInfo.model_json_schema()["examples"] == [shown]
    assert models.BookInfo.model_validate(shown).pages == 12
    assert models.BookRequest.model_json_schema()["examples"] == [{"book_id": "book-1"}]

    document = describe(package(built, "registry").API)
    validate(document)
    operation = document["paths"]["/shop/v1/book/get"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    assert body["examples"] == {"1": {"value": {"book_id": "book-1"}}}
    answer = operation["responses"]["200"]["content"]["application/json"]
    assert "examples" not in answer
    assert document["components"]["schemas"]["BookInfo"]["examples"] == [shown]
