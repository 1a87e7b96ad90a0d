"""Queries that once cost far more than they look: each has an answer, and others have theirs."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from depot_api import THING
from serving import Json, Server

pytestmark = pytest.mark.slow

PLAIN = {"domain_id": "d", "query": {"page": {"limit": 1}}}


def ask(server: Server, method: str, query: Json) -> tuple[int, Any]:
    """Status and body over HTTP."""
    request = {"domain_id": "d", "query": query}
    answer = server.over_http(server.routes(f"{THING}.{method}")[-1], request)
    return answer.status_code, answer.json()


def ask_beside(server: Server, method: str, query: Json) -> tuple[int, Any]:
    """The same, while others list: all of them must have their rows."""
    result: list[tuple[int, Any]] = []
    attack = threading.Thread(target=lambda: result.append(ask(server, method, query)))
    attack.start()
    statuses = {ask(server, "list", PLAIN["query"])[0]}
    while attack.is_alive():
        statuses.add(ask(server, "list", PLAIN["query"])[0])
    assert statuses == {200}
    return result[0]


# --- regular expressions


WIDE = "[Ƚ-ᾃ]"  # a class with many ranges once the case of letters is ignored


def patterns(key: str, operator: str, value: Any) -> Json:
    return {"filter": [{"k": key, "o": operator, "v": value}]}


def test_many_long_patterns_are_refused_before_they_are_read(depot: Server) -> None:
    many = ["abcdefghij" * 98 + f"{number:03}" for number in range(99)]
    status, body = ask_beside(depot, "list", patterns("name", "regex_in", many))
    assert status == 400
    assert "more than 10000 characters" in json.dumps(body)


@pytest.mark.parametrize(
    "value",
    ["abcdefghij" * 100, "\\w" * 500, WIDE * 100, ["äöüß" * 25] * 99],
    ids=["letters", "classes", "ranges", "list"],
)
def test_long_patterns_are_searched_for(depot: Server, value: Any) -> None:
    operator = "regex_in" if isinstance(value, list) else "regex"
    assert ask_beside(depot, "list", patterns("name", operator, value))[0] == 200


def test_a_pattern_of_too_many_letters_is_refused(depot: Server) -> None:
    status, body = ask_beside(depot, "list", patterns("name", "regex", WIDE * 180))
    assert status == 400
    assert "too many letters" in json.dumps(body)
