"""Compares exchanges with the operations that they match."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.shown_keys import keys_of_method
from apiscribe.drift.traffic.absent_fields import absent_fields
from apiscribe.drift.traffic.authentication import Authentication
from apiscribe.drift.traffic.bodies import Bodies, Context, Sightings
from apiscribe.drift.traffic.differences import Difference, absent_required
from apiscribe.drift.traffic.exchange import Body, Exchange, Side
from apiscribe.drift.traffic.filters import ignored_parameters
from apiscribe.drift.traffic.findings import Findings
from apiscribe.drift.traffic.operations import Operation
from apiscribe.drift.traffic.queries import Queries
from apiscribe.drift.traffic.statuses import Statuses
from apiscribe.model.api import Message
from apiscribe.model.types import MessageRef, Type

_EMPTY = "google.protobuf.Empty"
# A field of an object, or an item of a list: `filter.name`, `filter[name]`, `ids[]`.
_NAME = re.compile(r"[.\[]")


class Comparison:
    """Compares exchanges with operations, and counts the requests of each."""

    def __init__(self, declarations: Declarations, findings: Findings) -> None:
        version = declarations.version
        self.declarations, self.findings = declarations, findings
        self.calls: Counter[str] = Counter()
        self.sightings = Sightings()
        self._first_answers: dict[str, Exchange] = {}
        self._shown_keys: dict[str, frozenset[str]] = {}
        self._bodies, self._queries = Bodies(declarations), Queries(declarations)
        self._statuses = Statuses(version)
        self.authentication = Authentication(version.api)
        self._is_document = version.document is not None
        requests = Counter(
            method.request for s in version.api.services() for method in s[1].methods
        )
        self._own_requests = {name for name, count in requests.items() if count == 1}
        self._states_nulls = "nulls" not in version.unknown

    def compare(self, operation: Operation, exchange: Exchange) -> None:
        """Compare an exchange with its operation."""
        self.calls[operation.text] += 1
        self.authentication.see(operation, exchange)
        if exchange.is_accepted:
            for difference in self._queries.differences(operation, exchange):
                self.findings.add(difference, exchange)
            if operation.request and operation.request.full_name in self._own_requests:
                self._add_all(_without_required(operation, operation.request, exchange), exchange)
            for difference in ignored_parameters(operation, exchange, self.declarations):
                self.findings.add(difference, exchange)
            self._compare_request(operation, exchange)
        if not exchange.status:
            self.findings.leave_out("requests without an answer")
            return
        if undocumented := self._statuses.difference(operation, exchange.status):
            # Clients that wait for the documented status take success for a failure.
            self.findings.add(undocumented, exchange, "json" if exchange.is_accepted else None)
        self._compare_answer(operation, exchange)

    def report_of_all(self) -> None:
        """Report what only all exchanges together show."""
        self._report_absent_fields()
        for difference, exchange in self.authentication.differences():
            self.findings.add(difference, exchange)

    def _report_absent_fields(self) -> None:
        """Report the fields that no answer has, though each example shows them."""
        for name, difference in absent_fields(self.declarations, self.sightings):
            self.findings.add_of_all(difference, self._first_answers[name])

    def _compare_request(self, operation: Operation, exchange: Exchange) -> None:
        body, request = exchange.request, operation.request
        if not self._is_comparable(body, exchange) or request is None:
            return
        context = self._context(operation, "request")
        name = f"{operation.text} body"
        for one in request.fields:
            if operation.route.body in (one.name, one.json_name):
                self._add_all(
                    self._bodies.value(body.value, one.type, name, context, one.repeated), exchange
                )
                return
        if not operation.places.body:
            self.findings.leave_out("bodies of requests that no page describes")
            return
        only = {one.json_name for one in operation.places.body}
        self._add_all(self._bodies.fields(body.value, request, name, context, only), exchange)

    def _compare_answer(self, operation: Operation, exchange: Exchange) -> None:
        if not self._is_comparable(exchange.answer, exchange):
            return
        type_, repeated = self._answer_type(operation, exchange)
        if type_ is None or type_.name == _EMPTY:
            self.findings.leave_out("bodies of answers that no page describes")
            return
        name = f"{operation.text} {exchange.status}"
        context = self._context(operation, "answer")
        value, before = exchange.answer.value, len(self.sightings.answers)
        self._add_all(self._bodies.value(value, type_, name, context, repeated), exchange)
        if len(self.sightings.answers) > before:
            first = exchange.without_bodies()
            for message in self.sightings.answers:
                self._first_answers.setdefault(message, first)

    def _answer_type(self, operation: Operation, exchange: Exchange) -> tuple[Type | None, bool]:
        """Return the type of an answer's body, and whether it is a list of it."""
        method = operation.method
        if answer := self._statuses.answer(method, exchange.status):
            if answer.type or not exchange.is_accepted:
                return answer.type, answer.repeated
        elif not exchange.is_accepted or method.answers:
            return None, False
        if message := self.declarations.messages.get(method.response):
            for one in message.fields:
                if operation.route.response_body in (one.name, one.json_name):
                    return one.type, one.repeated
        return MessageRef(name=method.response), False

    def _add_all(self, differences: Iterator[Difference], exchange: Exchange) -> None:
        try:
            for difference in differences:
                self.findings.add(difference, exchange)
        except RecursionError:
            self.findings.leave_out("bodies that are nested too deeply", exchange.place)

    def _context(self, operation: Operation, side: Side) -> Context:
        plain = operation.service.plain_numbers or self._is_document
        return Context(
            side=side,
            plain=plain,
            # Protobuf's JSON leaves out zeros.
            requires=side == "answer" and (plain or bool(operation.method.answers)),
            states_nulls=self._states_nulls,
            shown=self._shown(operation),
            sightings=self.sightings,
        )

    def _shown(self, operation: Operation) -> frozenset[str]:
        if operation.text not in self._shown_keys:
            self._shown_keys[operation.text] = keys_of_method(operation.method)
        return self._shown_keys[operation.text]

    def _is_comparable(self, body: Body, exchange: Exchange) -> bool:
        if body.reason:
            self.findings.leave_out(body.reason, exchange.place)
        return body.is_json


def _without_required(
    operation: Operation, request: Message, exchange: Exchange
) -> Iterator[Difference]:
    """Yield what a page requires of a request, and an accepted one lacks: a body as a whole, or
    fields of its body or query.
    """
    body, places = exchange.request, operation.places
    present = {_NAME.split(name, maxsplit=1)[0] for name, _ in exchange.query}
    absent = list(absent_required(places.query, present))
    if body.is_json and isinstance(body.value, dict) and operation.route.body in ("", "*"):
        absent += absent_required(places.body, body.value)
    elif _has_no_body(exchange) and any(absent_required(places.body, ())):
        yield Difference(
            kind="required-relaxed",
            symbol=f"{operation.text} body",
            message="a body is required, and the server accepts requests without one",
            span=operation.route.span,
        )
    for one in absent:
        yield Difference(
            kind="required-relaxed",
            symbol=f"{request.full_name}.{one.json_name}",
            message=f"{one.json_name} is required, and the server accepts requests without it",
            span=one.span,
        )


def _has_no_body(exchange: Exchange) -> bool:
    body = exchange.request
    return exchange.is_whole and not (body.is_json or body.media_type or body.reason)
