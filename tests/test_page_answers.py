"""A method that nothing else answers gives the answer that its page shows, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import WAIT, RefusedError, Server, build, write_spec

pytestmark = pytest.mark.slow

PAGE = """# Kiln

> **Package : pottery.v1**

## Kiln

| Method | Request | Response |
| :--- | :--- | :--- |
| inspect | KilnRequest | KilnReport |
| predict | KilnRequest | google.protobuf.Struct |
| fire | KilnRequest | KilnReport |
| cool | KilnRequest | google.protobuf.Empty |

### inspect
> **POST** /pottery/v1/kiln/inspect

{% tabs %}
{% tab title="Response Example" %}
```text
{"state": "WARM", "degrees": [80, 81]}
```
{% endtab %}
{% endtabs %}

### predict
> **POST** /pottery/v1/kiln/predict

{% tabs %}
{% tab title="Response Example" %}
```text
{"ready": {"in": 2}}
```
{% endtab %}
{% endtabs %}

### fire
> **POST** /pottery/v1/kiln/fire

### cool
> **POST** /pottery/v1/kiln/cool

{% tabs %}
{% tab title="Response Example" %}
```text
{"degrees": [20]}
```
{% endtab %}
{% endtabs %}

## Message

### KilnRequest
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| kiln_id | string | ✔ | |

### KilnReport
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| state | string | ✘ | |
| degrees | list of int32 | ✘ | |
"""
HANDLERS = """from apiscribe_runtime.handlers import implements


@implements("pottery.v1.Kiln.predict")
def predict(request, rows):
    return {"ready": False}


@implements("pottery.v1.Kiln.inspect")
async def inspect(request, rows, call):
    shown = await call.default(request)
    return shown if request.kiln_id == "k-1" else {**shown, "state": "COLD"}
"""
KILN = "pottery.v1.Kiln"
GIVEN = {"kiln_id": "k-1"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pottery")
    files = {"spec.toml": 'name = "pottery"\n', "pages/kiln.md": PAGE}
    return build(write_spec(folder / "spec", files), folder / "out")


@pytest.fixture(scope="module")
def server(tree: Path) -> Iterator[Server]:
    with Server(tree, tree.parent / "rows.db") as started:
        yield started


def marks(server: Server, method: str) -> tuple[Any, Any]:
    """What says that an answer is an example: gRPC's metadata, HTTP's header."""
    name = f"{KILN}.{method}"
    call = server.channel.unary_unary(
        f"/{KILN}/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=type(server.answer(name, {})).FromString,
    )
    _, done = call.with_call(server.request(name, GIVEN), timeout=WAIT)
    http = server.client.post(f"/pottery/v1/kiln/{method}", json=GIVEN)
    return dict(done.initial_metadata()).get("x-answer"), http.headers.get("x-answer")


def test_the_answer_of_the_page_is_returned_and_marked(server: Server) -> None:
    assert server.ask(f"{KILN}.inspect", GIVEN) == {"state": "WARM", "degrees": [80, 81]}
    assert server.ask(f"{KILN}.predict", GIVEN) == {"ready": {"in": 2}}
    assert marks(server, "inspect") == marks(server, "predict") == ("example", "example")


def test_a_request_must_be_one_all_the_same(server: Server) -> None:
    assert server.refusal(f"{KILN}.inspect", {}).code == "ERROR_REQUIRED_PARAMETER"


@pytest.mark.parametrize("method", ["fire", "cool"])
def test_a_method_without_an_answer_on_its_page_has_none(server: Server, method: str) -> None:
    """The page of `cool` shows something where the method gives nothing."""
    with pytest.raises(RefusedError) as refused:
        server.ask(f"{KILN}.{method}", GIVEN)
    assert (refused.value.http, refused.value.code) == (501, "ERROR_NOT_IMPLEMENTED")


def test_a_handler_comes_before_the_page(tree: Path) -> None:
    handlers = tree.parent / "handlers.py"
    handlers.write_text(HANDLERS, "utf-8")
    with Server(tree, tree.parent / "handled.db", handlers=handlers) as server:
        assert server.ask(f"{KILN}.predict", GIVEN) == {"ready": False}
        assert marks(server, "predict") == (None, None)
        # The page's answer is marked as one if a handler passes it on, and not if it makes it its own.
        assert server.ask(f"{KILN}.inspect", GIVEN)["state"] == "WARM"
        assert marks(server, "inspect") == ("example", "example")
        other = server.client.post("/pottery/v1/kiln/inspect", json={"kiln_id": "k-2"})
        assert other.json()["state"] == "COLD"
        assert "x-answer" not in other.headers
