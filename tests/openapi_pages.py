"""An API of what an OpenAPI document must express: pages for what pages state, and a model for what
only pages about HTTP state.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.emit.openapi import emit_openapi
from apiscribe.emit.render_task import render_all
from apiscribe.model.api import Api, Enum, EnumValue, Field, File, Message, Method, Route, Service
from apiscribe.model.facts import ApiFacts, SecurityScheme, StatedText
from apiscribe.model.http import Answer, Example, Parameter
from apiscribe.model.settings import OpenapiSettings
from apiscribe.model.types import EnumRef, Map, MessageRef, Scalar, Type

# A harbour: no other test's, and no corpus'.
HARBOUR = {
    "spec.toml": 'name = "harbour"\n',
    "overlay.toml": """
[[declare]]
at = "harbour.v1.Mooring"
enum = ["ROPE", "CHAIN"]
reason = "A pipe table has no place for values."
""",
    "pages/berth.md": """
# Berth

> **Package : harbour.v1**

## Berth

| Method | Request | Response | Description |
| :--- | :--- | :--- | :--- |
| get | BerthRequest | BerthInfo | Reads one berth. |
| list | BerthQuery | BerthsInfo | |
| move | MoveBerthRequest | BerthInfo | |
| drop | BerthRequest | google.protobuf.Empty | |
| reckon | ReckonRequest | google.protobuf.Struct | |

### get
> **GET** /harbour/v1/berth/{berth_id}

### list
> **GET** /harbour/v1/berths
>
> **POST** /harbour/v1/berths/search

### move
> **PUT** /harbour/v1/berth/{berth_id}/move

### drop
> **DELETE** /harbour/v1/berths/{number}

## Message

### BerthRequest
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| berth_id | string | ✅ | The name of the berth. |

### BerthQuery
| Field | Type | Required |
| :--- | :--- | :---: |
| keyword | string | ❌ |
| tides | list of TideRange | ❌ |
| page | PageOf | ❌ |

### PageOf
| Field | Type | Required |
| :--- | :--- | :---: |
| start | int32 | ❌ |
| limit | int64 | ❌ |

### TideRange
| Field | Type | Required |
| :--- | :--- | :---: |
| low | double | ✅ |
| high | double | ❌ |

### MoveBerthRequest
| Field | Type | Required |
| :--- | :--- | :---: |
| berth_id | string | ✅ |
| to | string | ✅ |
| depths | map<string, TideRange> | ❌ |

### ReckonRequest
| Field | Type |
| :--- | :--- |
| only | string |

### BerthsInfo
| Field | Type |
| :--- | :--- |
| results | list of BerthInfo |

### BerthInfo
| Field | Type | Description |
| :--- | :--- | :--- |
| berth_id | string | |
| mooring | Mooring | |
| draught | float | <b>Metres</b> below `<water>`. |
| photo | bytes | |
| free_since | google.protobuf.Timestamp | |
| wait | google.protobuf.Duration | |
| extra | google.protobuf.Struct | |
| note | google.protobuf.Value | |
| owner | CaptainInfo | |
""",
}

SPAN = Span("pages/quays.md", 7, 7)


def field(name: str, type_: Type | str, number: int = 1, **facts: Any) -> Field:
    """A field; a text is the name of a scalar."""
    type_ = Scalar(name=type_) if isinstance(type_, str) else type_
    return Field(name=name, json_name=name, number=number, type=type_, span=SPAN, **facts)


def message(name: str, *fields: Field, **facts: Any) -> Message:
    """A message of the package quays."""
    return Message(name=name, full_name=f"quays.{name}", fields=fields, span=SPAN, **facts)


def route(verb: str, path: str, **facts: Any) -> Route:
    return Route(verb=verb, path=path, span=SPAN, **facts)


def method(name: str, request: str, response: str, *routes: Route, **facts: Any) -> Method:
    return Method(
        name=name,
        request=request if "." in request else f"quays.{request}",
        response=response if "." in response else f"quays.{response}",
        routes=routes,
        span=SPAN,
        **facts,
    )


def api(methods: Iterable[Method], messages: Iterable[Message], **facts: Any) -> Api:
    """An API of one page with one service, `Quays`."""
    service = Service(name="Quays", full_name="quays.Quays", methods=tuple(methods), span=SPAN)
    file = File(
        path="quays.proto",
        package="quays",
        page="pages/quays.md",
        services=(service,),
        messages=tuple(messages),
        **facts,
    )
    return Api(name="quays", files=(file,))


def example(role: Any, value: Any) -> Example:
    return Example(role=role, text=json.dumps(value), value=value, span=SPAN)


def document(of: Api, **settings: Any) -> Any:
    """The document of an API."""
    (output,) = render_all(emit_openapi(of, OpenapiSettings(**settings)))
    return json.loads(output.content)


def quays() -> Api:
    """An API as pages about HTTP state it."""
    flag = Enum(
        name="Flag",
        full_name="quays.Quay.Flag",
        values=(
            EnumValue(name="RED", json_name="red", number=0, description="Closed.", span=SPAN),
            EnumValue(name="OLD", json_name="old", number=1, deprecated=True, span=SPAN),
        ),
        incomplete=True,
        span=SPAN,
    )
    quay = message(
        "Quay",
        field("id", "int64", required=True),
        field("flag", EnumRef(name="quays.Quay.Flag"), nullable=True),
        field("depth", "double", constraints={"minimum": 0, "maximum": "deep"}, default="3.5"),
        field(
            "labels", "string", repeated=True, constraints={"minItems": 1, "pattern": "^[a-z]+$"}
        ),
        field("names", Map(key="string", value=Scalar(name="string"))),
        field("by_post", "string", oneof="contact"),
        field("by_phone", "string", oneof="contact", deprecated=True),
        field("ships", MessageRef(name="google.protobuf.ListValue")),
        enums=(flag,),
        description="A place for ships.",
    )
    problem = message("Problem", field("text", "string", required=True), incomplete=True)
    found = message(
        "ListQuaysResponse", field("items", MessageRef(name="quays.Quay"), repeated=True)
    )
    search = message(
        "ListQuaysRequest",
        field("limit", "int32", default="100", constraints={"maximum": 200}, location="query"),
        field("filter", MessageRef(name="google.protobuf.Struct"), location="query"),
    )
    change = message(
        "ChangeQuayRequest",
        field("quay_id", "string", required=True, location="path"),
        field("dry", "bool", location="query"),
        field("body", MessageRef(name="quays.Quay"), required=True, location="body"),
    )
    trace = Parameter(
        name="X-Trace",
        type=Scalar(name="string"),
        location="header",
        required=True,
        description="Shown in logs.",
        constraints={"format": "uuid"},
        span=SPAN,
    )
    refused = Answer(
        status="404",
        type=MessageRef(name="quays.Problem"),
        description="No such quay.",
        examples=(example("response", {"text": "gone"}), example("response", {"other": 1})),
        span=SPAN,
    )
    changed = {"id": 5, "flag": None, "labels": ["a"]}
    methods = [
        method(
            "list_quays",
            "ListQuaysRequest",
            "ListQuaysResponse",
            route("GET", "/quays", response_body="items"),
            headers=(trace,),
            summary="List quays",
            examples=(example("response", [{"id": 1, "labels": ["x"]}]),),
        ),
        method(
            "change_quay",
            "ChangeQuayRequest",
            "Quay",
            route("PATCH", "/quays/{quay_id}", body="body"),
            answers=(Answer(status="200", type=MessageRef(name="quays.Quay"), span=SPAN), refused),
            examples=(example("request", changed), example("request", {"id": "five"})),
            deprecated=True,
            security=({"bearer": ("write",), "X-Key": ()}, {}),
        ),
        method("rest", "google.protobuf.Empty", "google.protobuf.Empty"),
    ]
    quays = api(
        methods,
        [quay, problem, found, search, change],
        title="Quays",
        description="Where ships lie.",
        servers=("https://{port}.example.net/v2/",),
    )
    schemes = (
        SecurityScheme(name="bearer", kind="bearer", description="A token.", span=SPAN),
        SecurityScheme(name="basic", kind="basic", span=SPAN),
        SecurityScheme(name="X-Key", kind="key", location="header", parameter="X-Key", span=SPAN),
        SecurityScheme(
            name="login",
            kind="oauth2",
            authorization_url="https://quays.example/login",
            token_url="https://quays.example/token",
            scopes={"read": "Look."},
            span=SPAN,
        ),
        SecurityScheme(name="other", kind="oauth2", span=SPAN),
    )
    facts = ApiFacts(
        title=StatedText(text="Quays API", span=SPAN),
        version=StatedText(text="2.1", span=SPAN),
        description=StatedText(text="All quays.", span=SPAN),
        servers=(StatedText(text="https://quays.example", span=SPAN),),
        schemes=schemes,
        security=({"login": ("read",)}, {"basic": ()}),
    )
    return replace(quays, facts=facts)


def written(folder: Path, of: Api) -> Path:
    """The document of an API in a file."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document(of), indent=1), "utf-8")
    return file
