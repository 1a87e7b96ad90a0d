"""Names that differ in `_`, capitals or a keyword's `_` stay apart: in models, on both transports
and in the store.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving import Json, Server, build, write_spec

pytestmark = pytest.mark.slow

NAMES = ("_id", "id", "user_id", "userId", "class", "class_")
ROWS = "".join(f"<tr><td>{name}</td><td>string</td></tr>\n" for name in ("thing_id", *NAMES))
PAGE = f"""# Thing

> **Package : shop.v1**

## Thing

{{% hint style="info" %}}
**Thing Methods:**
{{% endhint %}}

| Method | Request | Response |
| --- | --- | --- |
| create | ThingInfo | ThingInfo |
| get | GetThingRequest | ThingInfo |

### create
> **POST** /v1/things

### get
> **GET** /v1/things/{{thing_id}}

## Message

### ThingInfo
<table>
<tr><th>Field</th><th>Type</th></tr>
{ROWS}</table>

### GetThingRequest
<table>
<tr><th>Field</th><th>Type</th></tr>
<tr><td>thing_id</td><td>string</td></tr>
</table>
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("apart")
    spec = write_spec(folder / "things", {"pages/thing.md": PAGE})
    with Server(build(spec, folder / "out"), folder / "things.db") as server:
        yield server


@pytest.mark.parametrize("name", NAMES)
def test_a_value_is_that_of_its_own_name_alone(server: Server, name: str) -> None:
    create = "shop.v1.Thing.create"
    over_http: Json = {"thing_id": f"{name} of HTTP", name: "x"}
    over_grpc: Json = {"thing_id": f"{name} of gRPC", name: "x"}
    assert server.over_http(server.routes(create)[-1], over_http).json() == over_http
    server.over_grpc(create, server.request(create, over_grpc))
    for row in (over_http, over_grpc):
        assert server.ask("shop.v1.Thing.get", {"thing_id": row["thing_id"]}) == row
