"""Calls every operation of a served API with its documented request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from documented_requests import Request, documented_requests, sample
from jsonschema import Draft202012Validator
from serving import Server

from apiscribe_runtime.registry import Api, Method, Service
from apiscribe_runtime.sample_keys import first_object, keys_above, sample_keys

SAMPLES = 9  # rows of each service: each operation deletes another
_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass
class Calls:
    """The operations that answer as documented, by what answers, and those that do not."""

    acted: list[str] = field(default_factory=list)  # on stored rows
    shown: list[str] = field(default_factory=list)  # the example in the page
    without: list[str] = field(default_factory=list)  # 501: nothing answers
    wrong: list[str] = field(default_factory=list)


def call_all(server: Server, api: Api) -> Calls:
    """Call the operations; those that delete rows are last. Paths have the keys of sample rows."""
    document = server.client.get("/openapi.json").json()
    methods = {f"{s.full_name}.{m.name}": (s, m) for s in api.services for m in s.methods}
    above, deleted = keys_above(api), Counter[str]()
    calls = Calls()
    requests = [*documented_requests(document)]
    for request in sorted(requests, key=lambda one: one.verb == "DELETE"):
        name = re.sub(r"\.\d+$", "", request.operation["operationId"])
        service, method = methods[name]
        number = deleted[service.full_name] if request.verb == "DELETE" else 0
        deleted[service.full_name] += request.verb == "DELETE"
        keys = _keys(service, method, api, number) | _above(service, method, above)
        path = _path(request, keys, document)
        answer = server.client.request(
            *(request.verb, path),
            params=request.query,
            headers=request.headers,
            content=request.body,
        )
        problem = _problem(request, answer, document)
        if answer.status_code == 501:
            calls.without.append(name)
        elif problem:
            calls.wrong.append(f"{request.verb} {path}: {problem}")
        elif "x-answer" in answer.headers:
            calls.shown.append(name)
        else:
            calls.acted.append(name)
    return calls


def _keys(service: Service, method: Method, api: Api, number: int) -> dict[str, Any]:
    """Return the parameter of the path with the key, and the key of a sample row."""
    standard, resource = method.standard, service.resource
    if not standard or not resource or not standard.key:
        return {}
    shown = api.examples.get(resource.proto.DESCRIPTOR.full_name, ())
    return {standard.key: sample_keys(resource, SAMPLES, first_object(shown))[number]}


def _above(
    service: Service, method: Method, above: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the parameters of the path with keys of rows above, and these keys."""
    parents = method.standard.parents if method.standard else {}
    return {name: above[service.full_name][of] for name, of in parents.items()}


def _path(request: Request, keys: Mapping[str, Any], document: Any) -> str:
    """Return the path with keys, and else with values of the schema."""
    values = {
        parameter["name"]: sample(parameter["schema"], document)
        for parameter in request.operation["parameters"]
        if parameter["in"] == "path"
    }
    values |= keys
    return _PARAMETER.sub(lambda found: quote(str(values[found[1]]), safe=""), request.template)


def _problem(request: Request, answer: Any, document: Any) -> str:
    """Return what is wrong with an answer: a status without documentation, or another shape."""
    responses = request.operation["responses"]
    success = next(status for status in responses if status.startswith("2"))
    if str(answer.status_code) != success:
        return f"{answer.status_code}, not {success}: {answer.text[:200]}"
    schema = next(_schemas(responses[success]), None)
    if schema is None:
        return "a body" if answer.content else ""
    validator = Draft202012Validator({**schema, "components": document["components"]})
    errors = [f"{list(e.path)}: {e.message[:150]}" for e in validator.iter_errors(answer.json())]
    return "; ".join(errors[:1])


def _schemas(response: Mapping[str, Any]) -> Iterator[Any]:
    for media_type, media in response.get("content", {}).items():
        if media_type.partition(";")[0].endswith("json"):
            yield media["schema"]
