"""Answers are parsed leniently and requests strictly: a server may be newer than the pages."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from serving import build, package, write_spec

FILES = {
    "spec.toml": 'name = "library"\n',
    "pages/book.md": """
# Book

> **Package : library.v1**

## Book

| Method | Request | Response |
| :--- | :--- | :--- |
| get | GetBook | Book |
| update | UpdateBook | Book |

## Message

### GetBook
| Field | Type | Required |
| :--- | :--- | :---: |
| book_id | string | ✔ |

### UpdateBook
| Field | Type | Required |
| :--- | :--- | :---: |
| book_id | string | ✔ |
| tag | Tag | ✘ |

### Book
| Field | Type |
| :--- | :--- |
| book_id | string |
| state | State |
| tag | Tag |
| history | list of State |

### Tag
| Field | Type |
| :--- | :--- |
| key | string |
| colour | Colour |

## Enum

### State
| Value |
| :--- |
| LENT |
| STORED |

### Colour
| Value |
| :--- |
| RED |
| BLUE |
""",
}
# What a newer server sends: fields and values that the pages do not have.
NEWER = {
    "book_id": "b",
    "state": "LOST",
    "history": ["LENT", "SOLD"],
    "tag": {"key": "k", "colour": "MAUVE", "weight": 3},
    "shelf": {"number": 7},
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("library")
    return package(
        build(write_spec(folder / "spec", FILES), folder / "out"), "models.library.v1.book"
    )


def test_an_answer_keeps_what_the_pages_lack(models: Any) -> None:
    """`Book` is only in responses; `Tag` is in requests too, and is read as a part of an answer."""
    book = models.Book.model_validate(NEWER)
    assert (book.state, book.shelf) == ("LOST", {"number": 7})
    assert isinstance(book.state, models.State)
    assert book.state.value == "LOST"
    assert (book.history[0] is models.State.LENT, book.history[1]) == (True, "SOLD")
    assert (book.tag.colour, book.tag.weight) == ("MAUVE", 3)
    assert book.to_json() == NEWER
    assert copy.deepcopy(book) == book
    assert models.Book.model_validate_json(models.Book.model_validate(NEWER).model_dump_json())


def test_an_answer_is_still_checked_for_types(models: Any) -> None:
    for wrong in ({"book_id": 5}, {"state": 5}, {"tag": "red"}, {"history": "LENT"}):
        with pytest.raises(ValidationError):
            models.Book.model_validate(wrong)


def test_a_message_of_requests_is_strict_and_lenient_where_asked(models: Any) -> None:
    for wrong in ({"key": "k", "weight": 3}, {"colour": "MAUVE"}):
        with pytest.raises(ValidationError):
            models.Tag.model_validate(wrong)
        assert models.Tag.from_response(wrong).to_json() == wrong
    assert models.Tag.from_response('{"weight": 3}').weight == 3
    with pytest.raises(ValidationError):
        models.UpdateBook.model_validate({"book_id": "b", "tag": {"weight": 3}})


def test_what_the_server_sends_is_strict(models: Any) -> None:
    for wrong in ({"shelf": 1}, {"state": "LOST"}, {"tag": {"weight": 3}}):
        with pytest.raises(ValidationError):
            models.Book.checked(wrong)
        with pytest.raises(ValidationError):
            models.Book(**wrong)
    with pytest.raises(ValidationError):
        models.Book.model_validate({"shelf": 1}, extra="forbid")
    assert models.Book.checked({"state": "LENT"}).state is models.State.LENT


def test_the_model_keeps_the_name_that_a_service_has_in_the_proto(models: Any) -> None:
    assert models.Book.__name__ == "Book"
    stubs = package(Path(models.__file__).parents[4], "stubs.library.v1.book_pb2")
    assert stubs.BookMessage.DESCRIPTOR.full_name == "library.v1.BookMessage"
    assert stubs.DESCRIPTOR.services_by_name["Book"].full_name == "library.v1.Book"
