"""HTTP operations → methods and messages: names that no page states, and the fields of requests.

A request has the parameters in the path and the query and the fields of the body. With parameters
in the query, and for a body that has a type of its own, the body is one field, `body`. Headers are
not fields; a method keeps them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apiscribe.diagnostics.codes.inference import inferred_package
from apiscribe.diagnostics.codes.settings import nothing_declared
from apiscribe.diagnostics.codes.types import unused_object
from apiscribe.diagnostics.report import Report
from apiscribe.lower.http_parts import without_enum
from apiscribe.lower.inference import rule_name
from apiscribe.lower.item_answers import resolve_items
from apiscribe.lower.listed_bodies import ListedBodies
from apiscribe.lower.named_fields import resolve_named
from apiscribe.lower.naming import Naming
from apiscribe.lower.operation_names import NAME_RULES, package_of_folder
from apiscribe.lower.operation_routes import method_routes, takes_body, without_repeated
from apiscribe.lower.operation_services import LockedServices, route_key, services_of
from apiscribe.lower.operation_types import Flattener, MessageIndex
from apiscribe.lower.same_operations import is_http, resolve_same
from apiscribe.lower.security import Security
from apiscribe.lower.shown_objects import PageObjects
from apiscribe.lower.shown_types import (
    completed,
    shown_answer,
    shown_body,
    shown_fields,
    shown_values,
)
from apiscribe.model.draft import (
    AnswerDraft,
    ExampleDraft,
    FieldDraft,
    MessageDraft,
    MethodDraft,
    OperationDraft,
    PageDraft,
    ServiceDraft,
    TypeDraft,
)
from apiscribe.model.names import camel, unique

_MANY = 3  # sections with typed fields; a guide may have one
_EMPTY = ".google.protobuf.Empty"


def declare_operations(
    pages: Sequence[PageDraft],
    name: str,
    package: str,
    naming: Naming,
    security: Security,
    locked: LockedServices,
    report: Report,
) -> list[PageDraft]:
    """Return the pages with a service for the operations of each HTTP page."""
    pages = resolve_named(resolve_items(resolve_same(pages)))
    http = [page for page in pages if is_http(page)]
    if not http:
        return list(pages)
    is_stated, package = bool(package), package or package_of_folder(name)
    http = without_repeated(http, report)
    index = MessageIndex(http, [page for page in pages if not is_http(page)], package, report)
    declaring = _Declaring(index, package, naming, security, locked, report)
    declared = {page.path: declaring.page(page) for page in http}
    declared = {path: declaring.with_used(page) for path, page in declared.items()}
    used = next((page for page in declared.values() if page.services or page.messages), None)
    if used and not is_stated:
        inferred = inferred_package(package, rule_name(package_of_folder))
        report.add(inferred, used.span, cause=package)
    result = [declared[page.path] if is_http(page) else page for page in pages]
    return [page for page in result if page.services or page.messages or page.enums]


@dataclass(frozen=True)
class _Request:
    type: TypeDraft
    body: str
    body_message: str = ""


class _Declaring:
    def __init__(
        self,
        index: MessageIndex,
        package: str,
        naming: Naming,
        security: Security,
        locked: LockedServices,
        report: Report,
    ) -> None:
        self.package, self.naming, self.report = package, naming, report
        self.security, self.locked_services = security, locked
        self.index = index
        self.flat = Flattener(self.index)
        self.services: set[str] = set()
        self.if_used: dict[str, set[str]] = {}  # with the messages made of their fields
        self.shown: dict[str, list[ExampleDraft]] = {}
        self.listed, self.objects = ListedBodies(), PageObjects()

    def page(self, page: PageDraft) -> PageDraft:
        messages: list[MessageDraft] = []
        for message in page.messages:
            name = self.index.names[id(message)]
            if name in self.index.aliases:
                continue
            whole, inside = self.flat.message(message, name, page), self.flat.take()
            messages += [whole, *inside]
            if message.if_used:
                self.if_used[name] = {m.name for m in inside}
        services = []
        self.listed, self.objects = ListedBodies(page.operations), PageObjects(page.messages)
        for name, operations in self.services_of(page):
            methods: list[MethodDraft] = []
            taken = self.locked(f"{self.package}.{name}", operations)
            for operation in operations:
                method = self.method(operation, page, f"{self.package}.{name}", taken)
                methods.append(method)
                messages += self.flat.take()
            services.append(
                ServiceDraft(name=name, methods=tuple(methods), span=operations[0].span)
            )
        return replace(
            page,
            package=self.package,
            operations=(),
            services=tuple(services),
            messages=tuple(messages),
        )

    def with_used(self, page: PageDraft) -> PageDraft:
        """Return a page without the sections that no type refers to."""
        unused = {name for name in self.if_used if name not in self.index.used}
        gone = [m for m in page.messages if m.name in unused]
        unused |= {inside for name in unused for inside in self.if_used[name]}
        if gone and (page.services or len(gone) >= _MANY):
            self.report.add(unused_object([m.name for m in gone]), gone[0].span)
        elif gone and all(m.name in unused for m in page.messages):
            self.report.add(nothing_declared(), page.span, cause=nothing_declared().text)
        kept = tuple(
            replace(m, examples=(*m.examples, *self.shown[m.name])) if m.name in self.shown else m
            for m in page.messages
            if m.name not in unused
        )
        return replace(page, messages=kept)

    def services_of(self, page: PageDraft) -> list[tuple[str, list[OperationDraft]]]:
        """Return the services of a page, under names that nothing else has."""
        result = []
        found = services_of(page, self.package, self.locked_services)
        for own, inside in found.items():
            own = unique(own, self.services | self.index.taken)
            self.services.add(own)
            self.index.taken.add(own)
            result.append((own, inside))
        return result

    def locked(self, service: str, operations: Sequence[OperationDraft]) -> set[str]:
        """Return the names that the lock has for methods of a service, by their routes."""
        routes = (route_key(operation) for operation in operations)
        return {name for key in routes if (name := self.naming.known(service, "methods", key))}

    def method(
        self, operation: OperationDraft, page: PageDraft, service: str, taken: set[str]
    ) -> MethodDraft:
        rule, name = next((r, n) for r in NAME_RULES if (n := r(operation)))
        key = route_key(operation)
        known = self.naming.known(service, "methods", key)
        if name in taken and not known:
            rule = NAME_RULES[-1]
            name = rule(operation)
        by_rule = name
        name = self.naming.made_up(service, "methods", key, name, taken - {known})
        taken.add(name)
        request = self.request(operation, camel(name), page)
        asked = operation.examples
        if request.body not in ("", "*"):
            self.show(request, asked)
            asked = ()
        response, answers, response_body = self.answers(operation, camel(name), page)
        headers = tuple(
            self.flat.field(without_enum(f), camel(name), page, "string")
            for f in operation.parameters
            if f.location in ("header", "cookie")
        )
        return MethodDraft(
            name=name,
            request=request.type,
            response=response,
            routes=method_routes(operation, request.body, response_body),
            headers=headers,
            answers=answers,
            security=self.security.of(operation, page),
            media_type=operation.media_type,
            deprecated=operation.deprecated,
            summary=operation.title,
            description=operation.description,
            # The answer in the message of a list is not what an example of the list shows.
            examples=(*asked, *(() if response_body else self.success_examples(operation))),
            provenance=(("name", rule_name(rule)),) if name == by_rule else (),
            span=operation.span,
        )

    def request(self, operation: OperationDraft, name: str, page: PageDraft) -> _Request:
        """Return the message of the request, and the field of its body, or `*`."""
        parameters = [f for f in operation.parameters if f.location in ("path", "query")]
        shown = shown_fields(shown_values(operation.examples), operation.span)
        body = shown if takes_body(operation) else shown_body(shown, operation.parameters)
        if operation.body:
            body = self.completed(operation.body, shown, page)
        has_query = any(f.location == "query" for f in parameters)
        message = f"{name}Request"
        if body is None and not parameters:
            return _Request(TypeDraft(name=_EMPTY, span=operation.span), "")
        whole = message_name = ""
        fields = [self.flat.field(f, message, page, "string") for f in parameters]
        if body and body.fields and not body.name and not body.repeated and not has_query:
            known = {f.name for f in parameters}
            own = [f for f in body.fields if f.name not in known]
            fields += [self.flat.field(f, message, page, ".google.protobuf.Value") for f in own]
            whole = "*"
        elif body:
            type_ = self.flat.type(body, f"{name}Body", page, ".google.protobuf.Struct")
            if not fields and not type_.repeated and type_.name.startswith(f".{self.package}."):
                return _Request(type_, "*")
            field_name = unique("body", {f.name for f in fields})
            fields.append(
                FieldDraft(
                    name=field_name,
                    type=replace(type_, repeated=bool(type_.repeated)),
                    required=takes_body(operation) or bool(operation.body) or None,
                    location="body",
                    span=body.span,
                )
            )
            whole, message_name = field_name, type_.name.rpartition(".")[2]
        own_name = unique(message, self.index.taken)
        self.index.taken.add(own_name)
        if whole or not takes_body(operation):
            # The place of each field follows from the routes.
            fields = [replace(f, location="") if f.location == "query" else f for f in fields]
        draft = MessageDraft(name=own_name, fields=tuple(fields), span=operation.span)
        self.flat.added.append(draft)
        type_ = TypeDraft(name=f".{self.package}.{own_name}", span=operation.span)
        return _Request(type_, whole, message_name)

    def completed(
        self, type_: TypeDraft, shown: TypeDraft | None, page: PageDraft, is_answer: bool = False
    ) -> TypeDraft:
        """Return a list of fields with what examples show besides."""
        return completed(type_, shown, is_answer, lambda t: bool(self.index.message(t, page)))

    def show(self, request: _Request, examples: Sequence[ExampleDraft]) -> None:
        """Keep examples of a body that is a field as those of its message."""
        name = request.body_message
        self.shown.setdefault(name, []).extend(replace(e, role="message") for e in examples)

    def answers(
        self, operation: OperationDraft, name: str, page: PageDraft
    ) -> tuple[TypeDraft, tuple[AnswerDraft, ...], str]:
        """Return the message of the answer, all answers, and the field that is the whole answer."""
        answers = []
        for answer in operation.answers:
            shown = shown_answer(answer, self.listed, self.objects)
            type_ = self.completed(answer.type, shown, page, True) if answer.type else shown
            if type_ is not None:
                suffix = "Response" if is_success(answer) else f"Error{answer.status.title()}"
                suffix += "Item" if type_.repeated else ""
                type_ = self.flat.type(type_, f"{name}{suffix}", page, ".google.protobuf.Value")
            answers.append(replace(answer, type=type_))
        success = next((a for a in answers if is_success(a) and a.type), None)
        if success is None or success.type is None:
            return TypeDraft(name=_EMPTY, span=operation.span), tuple(answers), ""
        type_ = success.type
        if not type_.repeated and type_.name.startswith("."):
            return type_, tuple(answers), ""
        field = "items" if type_.repeated else "value"
        own = unique(f"{name}Response", self.index.taken)
        self.index.taken.add(own)
        wrapped = FieldDraft(
            name=field, type=replace(type_, repeated=bool(type_.repeated)), span=type_.span
        )
        self.flat.added.append(MessageDraft(name=own, fields=(wrapped,), span=type_.span))
        return TypeDraft(name=f".{self.package}.{own}", span=type_.span), tuple(answers), field

    def success_examples(self, operation: OperationDraft) -> tuple[ExampleDraft, ...]:
        """Return the examples of the successful answer."""
        return tuple(e for a in operation.answers if is_success(a) for e in a.examples)


def is_success(answer: AnswerDraft) -> bool:
    """Return whether an answer is the one that a caller expects."""
    return answer.status in ("", "2XX") or answer.status.startswith("2")
