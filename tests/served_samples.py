"""What tests of served sources look up in an Api."""

from __future__ import annotations

import socket

from apiscribe.model.api import Api, Field, Message, Method

# What no OpenAPI document can tell.
NEVER = (
    *("descriptions", "message names", "methods without routes", "numbers", "streams", "types"),
)


def methods(api: Api) -> dict[str, Method]:
    return {f"{s.full_name}.{m.name}": m for _, s in api.services() for m in s.methods}


def messages(api: Api) -> dict[str, Message]:
    return {message.full_name: message for _, message in api.messages()}


def fields(message: Message) -> dict[str, Field]:
    return {field.json_name: field for field in message.fields}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
