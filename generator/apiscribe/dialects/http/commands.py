"""The query and the form that `curl` commands send, of those that call the operation.

A field of a form without files is an example, as JSON is. With a file, each field is a member: no
example in JSON has files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apiscribe.dialects.http.contents import Command, Contents, Shown
from apiscribe.dialects.http.curl import (
    curl_body,
    curl_target,
    form_fields,
    form_json,
    query_names,
    sends_form,
)
from apiscribe.dialects.http.media_types import calls
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.request_drafts import Request
from apiscribe.dialects.http.routes import RouteText
from apiscribe.dialects.http.type_texts import type_of_text
from apiscribe.dialects.http.words import Label


def take_commands(contents: Contents, routes: Sequence[RouteText], request: Request) -> list[Shown]:
    """Add what the commands send to the request; return the forms that are examples."""
    sent = [c for c in contents.commands if calls(*curl_target(c.text), routes)]
    for command in sent:
        for name in query_names(command.text):
            request.take(Member(name=name, span=command.span), Label(place="query"))
    return [shown for command in sent for shown in _forms(command, request)]


def _forms(command: Command, request: Request) -> Iterator[Shown]:
    """Yield the form of a command as an example; add its fields to the request if any is a file."""
    kind = sends_form(command.text)
    fields = form_fields(command.text) if kind and not curl_body(command.text) else ()
    label = Label(direction="request", part="example", place="body", media=kind)
    if not any(field.is_file for field in fields):
        if text := form_json(fields):
            yield Shown(label, text, command.span)
        return
    for field in fields:
        type_ = type_of_text("file" if field.is_file else "string", (), command.span)
        request.take(Member(name=field.name, type=type_, span=command.span), label)
