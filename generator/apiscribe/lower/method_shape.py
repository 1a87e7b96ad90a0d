"""A method with the shapes of its messages: what standard methods are decided by."""

from __future__ import annotations

from apiscribe.lower.resource_keys import Keyed, key_parameter
from apiscribe.lower.roles import Roles
from apiscribe.lower.shapes import Messages, alike, fields_of
from apiscribe.model.api import Field, Method, Service
from apiscribe.model.resources import Resource

# The parts of a query that the server acts on.
_QUERY = frozenset("filter filter_or keyword sort page only minimal count_only unwind".split())


class MethodShape:
    """A method with the fields of its messages by documented name."""

    def __init__(
        self,
        method: Method,
        service: Service,
        resource: Resource,
        roles: Roles,
        messages: Messages,
    ) -> None:
        self.method, self.resource, self.messages = method, resource, messages
        self.message = messages[resource.message]
        self.request = fields_of(method.request, messages)
        self.row = fields_of(resource.message, messages)
        self.returns_resource = method.response == resource.message
        keyed = Keyed(
            service=service,
            message=self.message,
            roles=roles,
            messages=messages,
            tenant=resource.tenant,
        )
        self.key = key_parameter(method, resource.key, keyed)

    @property
    def others(self) -> dict[str, Field]:
        """The fields of a request with the key, without the key and the tenant."""
        fixed = (self.key, self.resource.tenant)
        return {name: f for name, f in self.request.items() if name not in fixed and self.key}

    @property
    def changes_fields(self) -> bool:
        """Whether the request has the key, and only fields of the resource besides."""
        others = self.others.items()
        return bool(others) and all(alike(field, self.row.get(name)) for name, field in others)

    @property
    def query(self) -> str:
        """The request's field for a query: a message with `filter` and `page`, or one that is named
        `query` and has only parts of a query.
        """
        for name, field in self.request.items():
            fields = fields_of(field.type.name, self.messages).values()
            parts = {inner.name for inner in fields}
            if {"filter", "page"} <= parts or (name == "query" and parts and parts <= _QUERY):
                return name
        return ""

    @property
    def keys(self) -> str:
        """The request's list of keys, if it lacks a single key: `notifications` or
        `notification_ids` for the key `notification_id`.
        """
        names = [f"{self.resource.key.removesuffix('_id')}s", f"{self.resource.key}s"]
        lists = [n for n in names if n in self.request and self.request[n].repeated]
        return lists[0] if lists and not self.key else ""
