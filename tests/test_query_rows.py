"""The life of a row: created, changed, found by its domain alone, deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from depot_api import THING, kept, over_http, stat
from serving import (
    WAIT,
    RefusedError,
    Server,
    write_rows,
)

pytestmark = pytest.mark.slow


def test_blanks_around_texts_are_not_stored(empty: Server) -> None:
    made = over_http(
        empty, "create", name="  a ", tags={" k ": " v", "in": {"o": [" x "], " p": " y"}}
    )
    assert (made["name"], made["tags"]) == ("a", {"k": "v", "in": {"o": [" x "], "p": "y"}})
    key = {"domain_id": "d", "thing_id": made["thing_id"]}
    empty.over_grpc(
        f"{THING}.update", empty.request(f"{THING}.update", {**key, "tags": {"k": " w "}})
    )
    assert empty.ask(f"{THING}.get", key)["tags"] == {"k": "w"}


def test_a_row_lives_from_create_to_delete(empty: Server) -> None:
    made = over_http(empty, "create", name="  a ", tags={"k": [1, None]}, big="5")
    key = {"domain_id": "d", "thing_id": made["thing_id"]}
    assert made["thing_id"].startswith("thing-")
    assert len(made["thing_id"]) == len("thing-") + 24  # 96 random bits
    at = datetime.fromisoformat(made["created_at"])
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=1)
    assert {**made, "name": "a", "tags": {"k": [1, None]}, "big": "5"} == made
    assert empty.ask(f"{THING}.get", key) == made

    # Over gRPC a field that is not given is not touched, and what is fixed stays as it is.
    changes = empty.request(f"{THING}.update", {**key, "provider": "p"})
    empty.over_grpc(f"{THING}.update", changes)
    changed = empty.ask(f"{THING}.get", key)
    assert {**changed, "updated_at": made["updated_at"]} == {**made, "provider": "p"}
    assert changed["updated_at"] >= made["updated_at"]

    for verb, state in (("enable", "ENABLED"), ("disable", "DISABLED")):
        assert over_http(empty, verb, thing_id=made["thing_id"])["state"] == state
        assert empty.ask(f"{THING}.get", key)["state"] == state
    assert stat(empty, {"count": {"name": "n"}}) == [{"n": 1}]
    over_http(empty, "delete", thing_id=made["thing_id"])
    assert empty.refusal(f"{THING}.get", key).code == "ERROR_NOT_FOUND"


@pytest.mark.parametrize("verb", ["update", "enable", "disable", "delete", "get"])
def test_a_row_of_another_domain_is_not_found(empty: Server, verb: str) -> None:
    made = over_http(empty, "create", name="a")
    request = {"domain_id": "other", "thing_id": made["thing_id"]}
    assert empty.refusal(f"{THING}.{verb}", request).code == "ERROR_NOT_FOUND"
    assert empty.ask(f"{THING}.get", {**request, "domain_id": "d"}) == made


def test_a_key_that_the_resource_does_not_show_names_one_row(
    depot_tree: Path, tmp_path: Path, new_store: Callable[[], Path | str]
) -> None:
    rows = [{"seal_id": key, "name": key} for key in ("one", "other")]
    with Server(depot_tree, new_store(), load=write_rows(tmp_path, {"Seal": rows})) as server:

        def seal(verb: str, **request: Any) -> Any:
            return server.client.post(f"/depot/v1/seal/{verb}", json=request)

        assert seal("get", seal_id="other").json() == {"name": "other"}
        assert seal("list", seal_id="none").json() == {"results": []}
        for verb in ("get", "delete"):
            assert seal(verb, seal_id="none").status_code == 404
        assert seal("delete", seal_id="one").status_code == 200
        assert seal("list").json() == {"results": [{"name": "other"}]}
        # What gRPC has no place for, HTTP does not show.
        assert server.ask("depot.v1.Seal.create", {"name": "new"}) == {"name": "new"}


def test_changes_at_the_same_time_lose_nothing(empty: Server) -> None:
    made = over_http(empty, "create", name="a")
    key = {"domain_id": "d", "thing_id": made["thing_id"]}
    request = {name: {**key, name: name} for name in ("name", "provider")}
    calls = [
        empty.channel.unary_unary(f"/{THING}/update").future(
            empty.request(f"{THING}.update", found).SerializeToString(), timeout=WAIT
        )
        for found in [*request.values()] * 10
    ]
    for call in calls:
        call.result()
    found = empty.ask(f"{THING}.get", key)
    assert (found["name"], found["provider"]) == ("name", "provider")


def test_an_unread_query_stores_nothing(empty: Server) -> None:
    with pytest.raises(RefusedError) as refused:
        empty.ask(f"{THING}.create", {"domain_id": "d"})
    assert refused.value.code == "ERROR_REQUIRED_PARAMETER"
    assert kept(empty) == ""
