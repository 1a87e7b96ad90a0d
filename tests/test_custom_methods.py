"""Verbs on a part of a row, by the shapes of their messages: over both transports, in both stores."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import Json, RefusedError, Server, build, write_spec

pytestmark = pytest.mark.slow

TICKET = "desk.v1.Ticket"
KEY, TENANT = ("ticket_id", "string", "✔"), ("domain_id", "string", "✔")
METHODS = {
    "create": "CreateTicket",
    "get": "TicketRequest",
    "set": "SetTicket",
    "set_categories": "CategoriesRequest",
    "change_rank": "RankRequest",
    "update_channel": "ChannelRequest",
    "add_watcher": "WatcherRequest",
    "remove_watcher": "WatcherRequest",
    "update_watcher": "WatcherRequest",
    "add_dependency": "DependencyRequest",
    "append_reply": "ReplyRequest",
    "update_reply": "ReplyRequest",
    "remove_reply": "ReplyRequest",
    "set_token": "TokenRequest",
    "add_token": "TokenRequest",
    "set_default": "TicketRequest",
}
MESSAGES: dict[str, list[tuple[str, ...]]] = {
    "TicketInfo": [
        ("ticket_id", "string"),
        ("name", "string"),
        ("rank", "int32"),
        ("team_id", "string"),
        ("categories", "list of string"),
        ("channel", "Channel"),
        ("watchers", "list of string"),
        ("dependencies", "list of string"),
        ("replies", "list of Reply"),
        ("updated_at", "string"),
        ("domain_id", "string"),
    ],
    "Channel": [("address", "string"), ("urgent", "bool")],
    "Reply": [("author", "string"), ("text", "string"), ("votes", "int32")],
    "CreateTicket": [("name", "string", "✔"), ("team_id", "string"), TENANT],
    "TicketRequest": [KEY, TENANT],
    "SetTicket": [KEY, ("name", "string"), ("rank", "int32"), TENANT],
    "CategoriesRequest": [KEY, ("categories", "list of string"), TENANT],
    "RankRequest": [KEY, ("rank", "int32", "✔"), TENANT],
    "ChannelRequest": [KEY, ("channel", "Channel"), TENANT],
    "WatcherRequest": [KEY, ("user_id", "string"), TENANT],
    # The ticket has a team too: it is an element of the list, and no condition.
    "DependencyRequest": [KEY, ("team_id", "string", "✔"), TENANT],
    "ReplyRequest": [KEY, ("author", "string"), ("votes", "int32"), TENANT],
    "TokenRequest": [KEY, ("token", "string"), TENANT],
    "PaperInfo": [("paper_id", "string"), ("name", "string")],
    "AddPaper": [("name", "string", "✔")],
    "PaperRequest": [("paper_id", "string", "✔")],
}


EXAMPLE = """
```json
{"ticket_id": "tck-0123456789ab", "name": "a"}
```
"""


def page(service: str, methods: dict[str, str], messages: list[str]) -> str:
    """A page of a service; every method gives the resource."""
    rows = "".join(f"| {name} | {asked} | {service}Info |\n" for name, asked in methods.items())
    routes = "".join(f"### {name}\n> **POST** /desk/{service}/{name}\n\n" for name in methods)
    head = "| Field | Type | Required |\n| :--- | :--- | :---: |\n"
    tables = "".join(
        f"### {name}\n{head}"
        + "".join(f"| {' | '.join((*field, '✘')[:3])} |\n" for field in MESSAGES[name])
        + (f"\n{EXAMPLE}\n" if name == "TicketInfo" else "\n")
        for name in messages
    )
    return (
        f"# {service}\n\n> **Package : desk.v1**\n\n## {service}\n\n"
        "| Method | Request | Response |\n| :--- | :--- | :--- |\n"
        f"{rows}\n{routes}## Message\n\n{tables}"
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    papers = {"add": "AddPaper", "get": "PaperRequest"}
    of_papers = [name for name in MESSAGES if "Paper" in name]
    files = {
        "spec.toml": 'name = "desk"\ntenant = "domain_id"\n',
        "pages/ticket.md": page("Ticket", METHODS, [n for n in MESSAGES if n not in of_papers]),
        "pages/paper.md": page("Paper", papers, of_papers),
    }
    return build(write_spec(folder / "spec", files), folder / "out")


@pytest.fixture(scope="module")
def desk(tree: Path, new_store: Callable[[], Path | str]) -> Iterator[Server]:
    with Server(tree, new_store()) as server:
        yield server


Ask = Callable[..., Any]


@pytest.fixture(params=["grpc", "http"])
def ask(desk: Server, request: pytest.FixtureRequest) -> Ask:
    """Asks over one transport, for what changes a row cannot be asked twice; checks what is stored then."""

    def over_one_transport(method: str, **given: Any) -> Json:
        name, asked = f"{TICKET}.{method}", {"domain_id": "d", **given}
        if request.param == "http":
            http = desk.over_http(desk.routes(name)[0], asked)
            if http.status_code != 200:
                result = http.json()["detail"]
                raise AssertionError(f"{result['code']}: {result['message']}")
        else:
            try:
                desk.over_grpc(name, desk.request(name, asked))
            except Exception as error:
                raise AssertionError(error.details()) from error  # type: ignore[attr-defined]
        if "ticket_id" not in given:
            return {}
        return desk.ask(f"{TICKET}.get", {"domain_id": "d", "ticket_id": given["ticket_id"]})

    return over_one_transport


@pytest.fixture
def ticket(desk: Server) -> Json:
    made = desk.over_http(
        desk.routes(f"{TICKET}.create")[0], {"name": "a", "team_id": "red", "domain_id": "d"}
    ).json()
    return {"ticket_id": made["ticket_id"]}


def test_fields_of_the_resource_are_changed_under_any_name(ask: Ask, ticket: Json) -> None:
    assert ask("change_rank", **ticket, rank=3)["rank"] == 3
    assert ask("set_categories", **ticket, categories=["x", "y"])["categories"] == ["x", "y"]
    channel = {"address": "a@b", "urgent": True}
    found = ask("update_channel", **ticket, channel=channel)
    assert (found["channel"], found["rank"], found["name"]) == (channel, 3, "a")


def test_a_scalar_is_added_to_the_list_of_its_plural(ask: Ask, ticket: Json) -> None:
    ask("add_watcher", **ticket, user_id="u1")
    assert ask("add_watcher", **ticket, user_id=" u2 ")["watchers"] == ["u1", "u2"]
    found = ask("add_dependency", **ticket, team_id="blue")
    assert (found["dependencies"], found["team_id"]) == (["blue"], "red")
    assert ask("remove_watcher", **ticket, user_id="u1")["watchers"] == ["u2"]


def test_elements_are_distinguished_by_their_texts(ask: Ask, ticket: Json) -> None:
    ask("append_reply", **ticket, author="ann", votes=1)
    ask("append_reply", **ticket, author="bob")
    found = ask("update_reply", **ticket, author="ann", votes=5)
    assert found["replies"] == [{"author": "ann", "votes": 5}, {"author": "bob"}]
    assert ask("remove_reply", **ticket, author="ann")["replies"] == [{"author": "bob"}]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (["add_watcher", "add_watcher"], "ERROR_NOT_UNIQUE: Tried to save duplicate unique key. "),
        (["remove_watcher"], "ERROR_NOT_FOUND: Resource cannot be found or access is denied. "),
    ],
)
def test_a_list_condition_on_a_missing_member_is_refused(
    ask: Ask, ticket: Json, steps: list[str], told: str
) -> None:
    *before, last = steps
    for step in before:
        ask(step, **ticket, user_id="u1")
    with pytest.raises(AssertionError) as refused:
        ask(last, **ticket, user_id="u1")
    assert str(refused.value) == f"{told}(watchers = u1)"


def test_set_makes_the_row_that_is_not_there(ask: Ask, request: pytest.FixtureRequest) -> None:
    named = {"ticket_id": f"named-{request.node.name}"}
    assert ask("set", **named, name="b", rank=1)["name"] == "b"
    found = ask("set", **named, rank=2)
    assert (found["name"], found["rank"], found["domain_id"]) == ("b", 2, "d")


@pytest.mark.parametrize(
    ("method", "given", "code"),
    [
        ("add_watcher", {"ticket_id": "none", "user_id": "u"}, "ERROR_NOT_FOUND"),
        ("add_watcher", {"ticket_id": "none"}, "ERROR_REQUIRED_PARAMETER"),
        ("append_reply", {"ticket_id": "none", "votes": 3}, "ERROR_REQUIRED_PARAMETER"),
        ("change_rank", {"ticket_id": "none", "rank": 3}, "ERROR_NOT_FOUND"),
        # Scalars have nothing to update; no list is called tokens; there is nothing to set.
        ("update_watcher", {"ticket_id": "none", "user_id": "u"}, "ERROR_NOT_IMPLEMENTED"),
        ("add_token", {"ticket_id": "none", "token": "t"}, "ERROR_NOT_IMPLEMENTED"),
        ("set_token", {"ticket_id": "none", "token": "t"}, "ERROR_NOT_IMPLEMENTED"),
        ("set_default", {"ticket_id": "none"}, "ERROR_NOT_IMPLEMENTED"),
    ],
)
def test_an_impossible_request_is_refused_alike(
    desk: Server, method: str, given: Json, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        desk.ask(f"{TICKET}.{method}", {"domain_id": "d", **given})
    assert refused.value.code == code


def test_a_new_key_begins_as_the_examples_of_keys_do(ticket: Json) -> None:
    assert re.fullmatch("tck-[0-9a-f]{24}", ticket["ticket_id"])


def test_add_makes_a_row_without_a_key(desk: Server) -> None:
    name = "desk.v1.Paper.add"
    made = desk.over_grpc(name, desk.request(name, {"name": "p"}))
    key = made.paper_id  # type: ignore[attr-defined]
    assert desk.ask("desk.v1.Paper.get", {"paper_id": key}) == {"paper_id": key, "name": "p"}
