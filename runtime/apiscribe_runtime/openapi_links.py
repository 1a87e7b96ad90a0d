"""OpenAPI links from methods that create a row to methods on this row."""

from __future__ import annotations

from typing import Any

from .descriptors import (
    documented_name,
    is_required,
)
from .registry import Method, Service
from .routes import parameter_names

BY_KEY = frozenset({"get", "update", "replace", "enable", "disable", "delete"})


def links_of(service: Service, method: Method) -> dict[str, Any]:
    """Return name of a method → the link to it from the response of a method that creates rows;
    empty for other methods.
    """
    if method.standard is None or method.standard.kind != "create" or method.standard.returned:
        return {}
    return {
        target.name: _link(service, target, target.standard.key)
        for target in service.methods
        if target.routes
        and target.standard is not None
        and target.standard.kind in BY_KEY
        and target.standard.key
    }


def _link(service: Service, target: Method, key: str) -> dict[str, Any]:
    """Return a link to the first route, with the key and the required fields that the row has."""
    assert service.resource is not None
    row_fields = {documented_name(field) for field in service.resource.proto.DESCRIPTOR.fields}
    names = [
        name
        for field in target.request_proto.DESCRIPTOR.fields
        if (name := documented_name(field)) in row_fields and (name == key or is_required(field))
    ]
    values = {name: f"$response.body#/{name}" for name in names}
    if key != service.resource.key:
        values[key] = f"$response.body#/{service.resource.key}"
    link: dict[str, Any] = {"operationId": f"{service.full_name}.{target.name}"}
    route = target.routes[0]
    if route.verb not in ("POST", "PUT", "PATCH"):
        return {**link, "parameters": values} if values else link
    path_names = parameter_names(route.path)
    parameters = {name: value for name, value in values.items() if name in path_names}
    body = {name: value for name, value in values.items() if name not in path_names}
    if parameters:
        link["parameters"] = parameters
    return {**link, "requestBody": body} if body else link
