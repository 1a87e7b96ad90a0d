"""Links in OpenAPI: what can be asked about a row that was just made, by which of its fields."""

from __future__ import annotations

from typing import Any

from .codec import documented_name, is_required
from .registry import Method, Service
from .routes import names_in
from .standard_methods import standard_method_of

FINDING = frozenset({"get", "update", "enable", "disable", "delete", "deregister"})
MAKING = frozenset({"create", "register"})


def links_of(service: Service, method: Method) -> dict[str, Any]:
    """Name of a method → the link to it, from the answer of the method that makes rows; empty for
    any other.
    """
    if method.name not in MAKING or standard_method_of(service, method) is None:
        return {}
    return {
        target.name: _link(service, target)
        for target in service.methods
        if target.name in FINDING
        and target.routes
        and standard_method_of(service, target) is not None
    }


def _link(service: Service, target: Method) -> dict[str, Any]:
    """A link to the first route: the key, and what else must be given and the row has."""
    assert service.resource is not None
    held = {documented_name(field) for field in service.resource.proto.DESCRIPTOR.fields}
    wanted = [
        name
        for field in target.request_proto.DESCRIPTOR.fields
        if (name := documented_name(field)) in held
        and (name == service.resource.key or is_required(field))
    ]
    values = {name: f"$response.body#/{name}" for name in wanted}
    link: dict[str, Any] = {"operationId": f"{service.full_name}.{target.name}"}
    route = target.routes[0]
    if route.verb not in ("POST", "PUT", "PATCH"):
        return {**link, "parameters": values} if values else link
    in_path = names_in(route.path)
    parameters = {name: value for name, value in values.items() if name in in_path}
    body = {name: value for name, value in values.items() if name not in in_path}
    if parameters:
        link["parameters"] = parameters
    return {**link, "requestBody": body} if body else link
