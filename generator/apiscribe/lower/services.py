"""Service drafts → Services, with their routes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat

from apiscribe.diagnostics.codes.inference import inferred_type
from apiscribe.diagnostics.codes.methods import (
    MethodPart,
    colon_parameter,
    incomplete_method,
    malformed_path,
    unknown_path_parameter,
    unusable_type,
)
from apiscribe.diagnostics.report import Report
from apiscribe.lower.examples import lower_examples
from apiscribe.lower.http_parts import lower_answers, lower_headers
from apiscribe.lower.inference import (
    body_star,
    path_parameter,
    restore_line_breaks,
    rule_name,
    suggest,
    unpaged_list,
)
from apiscribe.lower.member_names import method_identifiers
from apiscribe.lower.symbols import Symbols
from apiscribe.model.api import Field, Message, Method, Route, Service
from apiscribe.model.draft import MethodDraft, PageDraft, RouteDraft, TypeDraft
from apiscribe.model.types import Map, Type, type_of_kind, values_type

_PARAMETER = re.compile(r"\{([^{}=]*)(?:=[^{}]*)?\}")
_COLON = re.compile(r":[A-Za-z_]\w*", re.ASCII)
# A parameter with a template of its value: `{name=books/*}`. Source: google/api/http.proto.
_TEMPLATE = re.compile(
    r"(\{[A-Za-z_][\w.]*)=(?:\*\*?|[\w.~-]+)(?:/(?:\*\*?|[\w.~-]+))*\}", re.ASCII
)
# A path segment that a router accepts: plain characters and {field}, as in {id}.json.
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]|\{[A-Za-z_][A-Za-z0-9_.]*\})*", re.ASCII)


def lower_services(
    symbols: Symbols, messages: Mapping[str, Message], report: Report
) -> dict[str, Service]:
    """Lower the services; return them by full name."""
    pages = {page.path: page for page, _ in symbols.declared.services.values()}
    lowering = _Lowering(symbols, messages, body_star(pages.values()), report)
    result = {}
    for full_name, (page, draft) in symbols.declared.services.items():
        drafts = [method for method in draft.methods if lowering.is_complete(method)]
        names = method_identifiers(full_name, drafts, symbols.declared.naming)
        methods = map(lowering.method, drafts, names, repeat(draft.name), repeat(page))
        result[full_name] = Service(
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            methods=tuple(methods),
            description=draft.description,
            provenance=dict(draft.provenance),
            span=draft.span,
        )
    return result


@dataclass
class _Lowering:
    symbols: Symbols
    messages: Mapping[str, Message]
    body_star_pages: frozenset[str]  # paths of pages
    report: Report

    def is_complete(self, draft: MethodDraft) -> bool:
        """Return whether a method has both its types; report one that lacks any."""
        if draft.request is None or draft.response is None:
            self.report.add(incomplete_method(draft.name), draft.span, mark=draft.name)
            return False
        return True

    def method(self, draft: MethodDraft, name: str, service: str, page: PageDraft) -> Method:
        assert draft.request is not None, "it is complete"
        assert draft.response is not None, "it is complete"
        full_name = f"{page.package}.{service}.{draft.name}"
        request, request_rule = self.message_type(draft.request, page, full_name, "request")
        response, response_rule = self.message_type(draft.response, page, full_name, "response")
        rules = {"request": request_rule, "response": response_rule}
        routes = [self.route(route, request, page) for route in draft.routes]
        self.suggest(draft, request, response, full_name)
        description = restore_line_breaks(draft.description)
        if description != draft.description:
            rules["description"] = rule_name(restore_line_breaks)
        return Method(
            name=name,
            request=request,
            response=response,
            request_streams=draft.request.streams,
            response_streams=draft.response.streams,
            routes=tuple(route for route in routes if route),
            headers=lower_headers(draft, lambda type_: self.plain_type(type_, page, full_name)),
            answers=lower_answers(
                draft, lambda type_: self.plain_type(type_, page, full_name), self.report
            ),
            security=draft.security,
            media_type=draft.media_type,
            deprecated=draft.deprecated,
            summary=draft.summary,
            description=description,
            examples=lower_examples(draft.examples, self.report),
            provenance={part: rule for part, rule in rules.items() if rule}
            | dict(draft.provenance),
            span=draft.span,
        )

    def plain_type(self, type_: TypeDraft, page: PageDraft, method: str) -> Type:
        """Return the type of a header or an answer."""
        meaning = self.symbols.meaning(type_, page, method, "response")
        value = type_of_kind(meaning.kind, meaning.full_name)
        return Map(key=type_.key, value=value) if type_.key else value

    def message_type(
        self, type_: TypeDraft, page: PageDraft, method: str, part: MethodPart
    ) -> tuple[str, str]:
        """Return the message of a method's `request` or `response`, and its rule."""
        meaning = self.symbols.meaning(type_, page, method, part)
        if meaning.kind != "message":
            self.report.add(
                unusable_type(method, part, type_.name or "a list of values"),
                type_.span,
                mark=type_.name,
            )
            return "google.protobuf.Empty", ""
        # The rule `nearest` has a diagnostic of its own: `ambiguous-type`.
        if meaning.rule not in ("", "nearest"):
            self.report.add(
                inferred_type(type_.name, meaning.full_name, meaning.rule),
                type_.span,
                mark=type_.name,
                cause=f"{type_.name} {meaning.full_name} {meaning.rule}",
            )
        return meaning.full_name, meaning.rule

    def suggest(self, draft: MethodDraft, request: str, response: str, name: str) -> None:
        """Suggest likely facts of a method and of its request message."""
        for field_ in self.fields(request):
            if field_.required is None and path_parameter(field_.name, draft):
                at = f"{request}.{field_.json_name}"
                suggest(at, {"required": True}, path_parameter, field_.span, self.report)
        response_fields = {field_.name for field_ in self.fields(response)}
        streams = draft.response and draft.response.streams
        if response_fields and not streams and unpaged_list(draft, response_fields):
            facts = {"response_streams": True}
            suggest(name, facts, unpaged_list, draft.span, self.report, mark=draft.name)

    def fields(self, message: str) -> tuple[Field, ...]:
        """Return the fields of a message; none for a message of protobuf."""
        return self.messages[message].fields if message in self.messages else ()

    def has_field(self, message: str, path: str) -> bool:
        """Return whether a message has a field, or a path to a field of a message in it."""
        first, _, rest = path.partition(".")
        inner = next((field_.type for field_ in self.fields(message) if field_.name == first), None)
        return inner is not None and (not rest or self.has_field(values_type(inner).name, rest))

    def route(self, draft: RouteDraft, request: str, page: PageDraft) -> Route | None:
        """Return the route; None if its path is malformed.

        A path parameter without a field in the request is kept, because clients send it.
        """
        plain = _TEMPLATE.sub(r"\1}", draft.path)
        if not all(_SEGMENT.fullmatch(segment) for segment in plain.split("/")):
            self.report.add(malformed_path(draft.path), draft.span, mark=draft.path)
            return None
        for segment in plain.split("/"):
            if _COLON.fullmatch(segment):
                message = colon_parameter(draft.path, segment)
                self.report.add(message, draft.span, mark=segment)
        fields = {field_.name for field_ in self.fields(request)}
        for parameter in _PARAMETER.findall(draft.path):
            if not self.has_field(request, parameter):
                suggestion = self.report.did_you_mean(parameter, fields)
                self.report.add(
                    unknown_path_parameter(parameter, request.rpartition(".")[2], suggestion),
                    draft.span,
                    mark=f"{{{parameter}}}",
                    cause=f"{draft.span.path} {parameter}",
                )
        body, provenance = draft.body or "", {}
        if draft.body is None and page.path in self.body_star_pages:
            body, provenance = "*", {"body": rule_name(body_star)}
        return Route(
            verb=draft.verb,
            path=draft.path,
            body=body,
            response_body=draft.response_body,
            provenance=provenance,
            span=draft.span,
        )
