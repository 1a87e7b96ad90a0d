"""Rules for facts that no page states.

Each rule is a function: its name appears in `provenance` and in reports, and `apiscribe explain`
prints its docstring. A rule that was right for fewer than 99 of 100 measured facts is a suggestion:
it is reported and never applied. `lower.rules` lists all rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from apiscribe.diagnostics.codes.inference import inferred_repeated, suggested_fact
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Field
from apiscribe.model.draft import (
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    RouteDraft,
    TypeDraft,
    ValueDraft,
)
from apiscribe.model.names import camel, is_identifier, proto_json, words

LabelRule = Callable[[FieldDraft, MessageDraft, PageDraft], bool]

# Fields of these types are not lists, even if their names are plural.
_NO_ITEMS = frozenset("double float bool Any Struct Value ListValue Timestamp Duration".split())
_SPACED_SENTENCES = re.compile(r"[.!?] +[A-Z]")
# Between two words: this does not match `e.g.`, `a.v1.Name` or `https://a.B/c`.
_GLUED_SENTENCE = re.compile(r"(?<!\S)([^\s./:]*[A-Za-z]{2}[.!?])(?=(?:[A-Z][a-z]*|[A-Z]+) )")
# The capital of a word: of two, the second one begins the word.
_WORD_OF_JSON = re.compile(r"(?<=[a-z0-9])[A-Z]|(?<=[a-z][A-Z])[A-Z](?=[a-z]{2})")
_GLUED_CLAUSE = re.compile(r"(?<!\S)([^\s,]*[a-z]{2},)(?=[A-Za-z]+ )")
# Words for the lack of a value, in the names of enum values.
_NO_VALUE = frozenset(
    "NONE UNSPECIFIED UNKNOWN UNDEFINED UNSET UNRECOGNIZED INVALID NULL NIL NA EMPTY".split()
)
_NUMBER = re.compile(r"s?u?(?:int|fixed)\d\d")


def paged_results(field: FieldDraft, message: MessageDraft, _: PageDraft) -> bool:
    """`results` next to `total_count` is a list: the page of results in a list response."""
    return field.name == "results" and any(other.name == "total_count" for other in message.fields)


def field_selection(field: FieldDraft, _: MessageDraft, __: PageDraft) -> bool:
    """`only` of type string is a list: the names of the fields to return."""
    return field.name == "only" and field.type.name == "string"


def plural_name(field: FieldDraft, _: MessageDraft, page: PageDraft) -> bool:
    """Fields with a plural name are lists if no field on the page is marked as a list, and if their
    type has a singular name and is not a number, a bool, a list of enum values or a type of
    protobuf.
    """
    short = field.type.name.rpartition(".")[2]
    own = not field.type.name.startswith(("google.", ".google.")) and short not in _NO_ITEMS
    items = own and not field.type.values and not _NUMBER.fullmatch(short)
    return items and _is_plural(field.name) and not _is_plural(short) and not marks_lists(page)


LABEL_RULES: tuple[LabelRule, ...] = (paged_results, field_selection)
LABEL_SUGGESTIONS: tuple[LabelRule, ...] = (plural_name,)


def shown_as_list(field: Field, shown: Sequence[Any]) -> bool:
    """Fields without a mark are lists if examples show only lists for them, and if their type is
    not a message of protobuf, which may itself be shown as a list.
    """
    own = field.type.name.startswith("google.protobuf.")
    return not own and bool(shown) and all(isinstance(value, list) for value in shown)


def marks_lists(page: PageDraft) -> bool:
    """Return whether any field on a page is marked as a list."""
    return any(f.type.repeated for message in page.messages for f in message.fields)


def body_star(pages: Collection[PageDraft]) -> frozenset[str]:
    """Pages with routes are plain if no method has more than one route, no route is GET or DELETE,
    and no path has a parameter. If most pages with routes are plain, the body of the routes on
    plain pages is the whole request (`*`). All other routes have no body.
    """
    with_routes = {page.path: routes for page in pages if (routes := list(_routes(page)))}
    plain = {
        path
        for path, routes in with_routes.items()
        if all(len(own) < 2 and _is_plain(route) for own in routes for route in own)
    }
    return frozenset(plain if 2 * len(plain) > len(with_routes) else ())


def _routes(page: PageDraft) -> Iterator[tuple[RouteDraft, ...]]:
    """Yield the routes of each method that has any."""
    for service in page.services:
        yield from (method.routes for method in service.methods if method.routes)


def _is_plain(route: RouteDraft) -> bool:
    return route.verb not in ("GET", "DELETE") and "{" not in route.path


def unpaged_list(method: MethodDraft, response: set[str]) -> bool:
    """`list` without a route streams its items if the response has neither `results` nor
    `total_count`.
    """
    paged = response & {"results", "total_count"}
    return method.name == "list" and not method.routes and not paged


def path_parameter(field: str, method: MethodDraft) -> bool:
    """Fields that are parameters in the path of a route are required in the request."""
    return any(f"{{{field}}}" in route.path for route in method.routes)


def restore_line_breaks(text: str) -> str:
    """In a one-line description, a full stop without a space after it (`Ends.Begins`) was followed
    by a line break, unless a space separates other sentences. In such a description, so was each
    comma without a space after it.
    """
    if "\n" in text or _SPACED_SENTENCES.search(text) or not _GLUED_SENTENCE.search(text):
        return text
    return _GLUED_CLAUSE.sub(r"\1\n", _GLUED_SENTENCE.sub(r"\1\n", text))


def snake_of_json(name: str) -> str:
    """Fields of a page that prints JSON names have names in snake case in the `.proto`, if protoc
    derives the printed name from them: `retryPolicy` is the JSON name of `retry_policy`, and
    `sendXHeader` of `send_x_header`.
    """
    snake = _WORD_OF_JSON.sub(lambda match: f"_{match[0].lower()}", name)
    return snake if snake.islower() and proto_json(snake) == name else name


def package_of_others(page: PageDraft, pages: Sequence[PageDraft]) -> str:
    """Pages that state no package are in that of all other pages of their form, if those state only
    one.
    """
    packages = {other.package for other in pages if other.dialect == page.dialect} - {""}
    return packages.pop() if len(packages) == 1 else ""


def field_name(field: FieldDraft) -> str:
    """Enums without a name are named after their field, in camel case."""
    return camel(field.name)


def share_equal_enums(field: FieldDraft, page: PageDraft) -> tuple[object, ...]:
    """Equal lists of values are one enum: within a package if the lists have the same name, and
    within a page if they have no name and their fields have the same name.
    """
    values = tuple(value.name for value in field.type.values)
    if field.type.name:
        return page.package, field.type.name, values
    return page.path, field.name, values


def field_position(count: int) -> list[int]:
    """Fields are numbered from 1 in the order of the page, without the numbers that protobuf
    reserves. Source: language guide (proto3), "Assigning Field Numbers".
    """
    reserved = range(19_000, 20_000)
    numbers = (n for n in range(1, count + len(reserved) + 1) if n not in reserved)
    return list(islice(numbers, count))


def unspecified_zero(first: str, is_about_http: bool) -> bool:
    """Enums get a value `…_UNSPECIFIED` with the number 0, so that zero on the wire is not a
    documented value, unless their first value means none (NONE, UNKNOWN …) or is in capitals on a
    page that is not about an HTTP API: such pages print enums from a `.proto`, where the first
    value is 0. Numbers in lock.json count. Source: AIP-126.
    """
    means_none = any(word.upper() in _NO_VALUE for word in words(first))
    is_printed = not is_about_http and first.isupper() and is_identifier(first)
    return not means_none and not is_printed


def zero_first(values: Sequence[ValueDraft]) -> bool:
    """Enum values are numbered from 0 in the order of the page, if the page states only that the
    first is 0. Protobuf pages keep the order of the `.proto`, where the first value is 0.
    """
    return bool(values) and values[0].number == 0


def value_position(count: int) -> list[int]:
    """Enum values are numbered from 0 in the order of the page."""
    return list(range(count))


@cache
def rule_name(rule: Callable[..., object]) -> str:
    """Return a rule's name in reports and in the model: `paged_results` → `paged-results`."""
    return rule.__name__.strip("_").replace("_", "-")


def infer_repeated(
    field: FieldDraft, message: MessageDraft, full_name: str, page: PageDraft, report: Report
) -> str:
    """Return the name of the rule that makes an unmarked field a list, or "".

    The inference is reported. A list that is only likely is suggested.
    """
    for rule in LABEL_RULES:
        if rule(field, message, page):
            report.add(
                inferred_repeated(f"{message.name}.{field.name}", rule_name(rule)),
                field.span,
                mark=field.name,
                cause=f"{rule_name(rule)} {field.name}",
            )
            return rule_name(rule)
    for rule in LABEL_SUGGESTIONS:
        if rule(field, message, page):
            at = f"{full_name}.{field.name}"
            suggest(at, {"repeated": True}, rule, field.span, report, mark=field.name)
            break
    return ""


def inferred_lists(fields: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the names of the fields that a rule makes lists if the page does not mark them.

    `fields` are the (name, type) of all fields of a message.
    """
    span = Span("", 1, 1)
    drafts = tuple(
        FieldDraft(name=name, type=TypeDraft(name=type_, span=span), span=span)
        for name, type_ in fields
    )
    message = MessageDraft(name="", fields=drafts, span=span)
    page = PageDraft(dialect="", path="", package="", lists_values=False, span=span)
    return frozenset(
        field.name for field in drafts if any(rule(field, message, page) for rule in LABEL_RULES)
    )


def suggest(
    at: str,
    facts: dict[str, Any],
    rule: Callable[..., object],
    span: Span,
    report: Report,
    mark: str = "",
) -> None:
    """Report facts that are likely by a rule, with the overlay entry that states them."""
    report.add(
        suggested_fact(at, facts, rule_name(rule)),
        span,
        mark=mark,
        fix=Fix(table="change", at=at, keys={"set": facts, "was": {}}, rule=rule_name(rule)),
    )


def _is_plural(name: str) -> bool:
    word = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().rpartition("_")[2]
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))
