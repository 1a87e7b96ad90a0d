"""A client of the published API: runs in an environment of its own, on stubs that nobody here wrote.

Arguments: the address of a server. Standard input: a JSON list of calls, each `[module, service,
method, request]`. Standard output: a JSON list of what came of them, each with the answer as the
stubs read it, the bytes of the request, and those of the answer as the stubs write it again.
"""

from __future__ import annotations

import importlib
import json
import sys

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict


def call(channel, module, service, method, request):  # type: ignore[no-untyped-def]
    """The answer to one call, or the error."""
    messages = importlib.import_module(f"{module}_pb2")
    stub = getattr(importlib.import_module(f"{module}_pb2_grpc"), f"{service}Stub")(channel)
    described = messages.DESCRIPTOR.services_by_name[service].methods_by_name[method].input_type
    name = described.full_name.rpartition(".")[2]
    home = importlib.import_module(
        described.file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
    )
    message = ParseDict(request, getattr(home, name)())
    try:
        answer = getattr(stub, method)(message, timeout=120)
    except grpc.RpcError as error:
        return {"error": error.details()}
    return {
        "answer": MessageToDict(answer, preserving_proto_field_name=True),
        "request_bytes": message.SerializeToString(deterministic=True).hex(),
        "answer_bytes": answer.SerializeToString(deterministic=True).hex(),
    }


with grpc.insecure_channel(sys.argv[1]) as opened:
    json.dump([call(opened, *each) for each in json.load(sys.stdin)], sys.stdout)
