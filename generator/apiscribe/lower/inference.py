"""Rules for facts that no page states.

Each rule is a function: its name stands in `provenance` and in the report, its docstring is what
`apiscribe explain` prints. A rule that is right of less than 99 in 100 of the facts that it was
measured on is a suggestion: it is reported, and never applied. `lower.rules` lists all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from apiscribe.diagnostics.codes.inference import inferred_repeated, suggested_fact
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Span
from apiscribe.model.api import Field, TypeKind
from apiscribe.model.draft import (
    FieldDraft,
    MessageDraft,
    MethodDraft,
    PageDraft,
    RouteDraft,
    TypeDraft,
)
from apiscribe.model.names import camel

LabelRule = Callable[[FieldDraft, MessageDraft, PageDraft], bool]

# Types that hold lists of their own, or can be none of a list's items.
_NO_ITEMS = frozenset("double float bool Any Struct Value ListValue Timestamp Duration".split())
_PARTED_SENTENCES = re.compile(r"[.!?] +[A-Z]")
# A word before and a word behind: neither `e.g.`, `a.v1.Name` nor `https://a.B/c`.
_GLUED_SENTENCE = re.compile(r"(?<!\S)([^\s./:]*[A-Za-z]{2}[.!?])(?=(?:[A-Z][a-z]*|[A-Z]+) )")
_GLUED_CLAUSE = re.compile(r"(?<!\S)([^\s,]*[a-z]{2},)(?=[A-Za-z]+ )")
_NUMBER = re.compile(r"s?u?(?:int|fixed)\d\d")


def paged_results(field: FieldDraft, message: MessageDraft, _: PageDraft) -> bool:
    """`results` beside `total_count` is the page of results that a list method answers with."""
    return field.name == "results" and any(other.name == "total_count" for other in message.fields)


def field_selection(field: FieldDraft, _: MessageDraft, __: PageDraft) -> bool:
    """`only`, a string, is the list of the names of the fields to return."""
    return field.name == "only" and field.type.name == "string"


def plural_name(field: FieldDraft, _: MessageDraft, page: PageDraft) -> bool:
    """A field with a plural name is a list, if its type has a singular name and is no number, no
    bool and none of protobuf's own, and nothing on the page is marked as a list.
    """
    short = field.type.name.rpartition(".")[2]
    own = not field.type.name.startswith(("google.", ".google.")) and short not in _NO_ITEMS
    items = own and not field.type.values and not _NUMBER.fullmatch(short)
    return items and _is_plural(field.name) and not _is_plural(short) and not marks_lists(page)


LABEL_RULES: tuple[LabelRule, ...] = (paged_results, field_selection)
LABEL_SUGGESTIONS: tuple[LabelRule, ...] = (plural_name,)


def shown_as_list(field: Field, shown: Sequence[Any]) -> bool:
    """A field is a list where the page does not say, if examples show it as a list and as nothing
    else, and its type is none of protobuf's own messages, which may hold lists.
    """
    own = field.type.name.startswith("google.protobuf.")
    return not own and bool(shown) and all(isinstance(value, list) for value in shown)


def marks_lists(page: PageDraft) -> bool:
    """Whether any field on a page is marked as a list."""
    return any(f.type.repeated for message in page.messages for f in message.fields)


def whole_body(pages: Collection[PageDraft]) -> frozenset[str]:
    """Where most pages have one route a method, never GET or DELETE, and no parameter in any path,
    HTTP is a way to call methods there: the body of a route on such a page is the request (`*`).
    Elsewhere no body is stated.
    """
    with_routes = {page.path: routes for page in pages if (routes := list(_routes(page)))}
    plain = {
        path
        for path, routes in with_routes.items()
        if all(len(each) < 2 and _is_plain(route) for each in routes for route in each)
    }
    return frozenset(plain if 2 * len(plain) > len(with_routes) else ())


def _routes(page: PageDraft) -> Iterator[tuple[RouteDraft, ...]]:
    """The routes of each method that has any."""
    for service in page.services:
        yield from (method.routes for method in service.methods if method.routes)


def _is_plain(route: RouteDraft) -> bool:
    return route.verb not in ("GET", "DELETE") and "{" not in route.path


def unpaged_list(method: MethodDraft, answer: set[str]) -> bool:
    """`list` without a route, whose answer has neither `results` nor `total_count`, gives one item
    a message: it streams.
    """
    return method.name == "list" and not method.routes and not answer & {"results", "total_count"}


def path_parameter(field: str, method: MethodDraft) -> bool:
    """A field that is a parameter in the path of a method's route is required in its request."""
    return any(f"{{{field}}}" in route.path for route in method.routes)


def undeclared_kind(
    type_: TypeDraft, page: PageDraft, of_method: bool, shown: Sequence[object]
) -> TypeKind:
    """A type that no page declares is a message where a method takes or gives it, where an example
    shows an object of it, and where a page lists the values of enums in their place, so that a bare
    name is none. Elsewhere it is an enum, for pages leave out enums and declare messages.
    """
    is_message = of_method or page.lists_values or shown or "." in type_.name
    return "message" if is_message else "enum"


def glued_lines(text: str) -> str:
    """In a text of one line, none of whose sentences are parted by a blank, a sentence that begins
    right behind the end of another one stood on a line of its own. So did what follows a comma
    there without a blank.
    """
    if "\n" in text or _PARTED_SENTENCES.search(text) or not _GLUED_SENTENCE.search(text):
        return text
    return _GLUED_CLAUSE.sub(r"\1\n", _GLUED_SENTENCE.sub(r"\1\n", text))


def field_name(field: FieldDraft) -> str:
    """An enum that nobody named has the name of its field, in camel case."""
    return camel(field.name)


def one_enum(field: FieldDraft, page: PageDraft) -> tuple[object, ...]:
    """Equal lists of values are one enum: in a package where the list's name is stated, and on a
    page where their fields have one name.
    """
    values = tuple(value.name for value in field.type.values)
    if field.type.name:
        return page.package, field.type.name, values
    return page.path, field.name, values


def field_position(count: int) -> list[int]:
    """Fields are numbered from 1 in the order of the page, without the numbers that protobuf keeps
    for itself. Source: language guide (proto3), "Assigning Field Numbers".
    """
    reserved = range(19_000, 20_000)
    numbers = (n for n in range(1, count + len(reserved) + 1) if n not in reserved)
    return list(islice(numbers, count))


def value_position(count: int) -> list[int]:
    """The values of an enum are numbered from 0 in the order of the page."""
    return list(range(count))


def rule_name(rule: Callable[..., object]) -> str:
    """The word for a rule in reports and in the model: `paged_results` → `paged-results`."""
    return rule.__name__.strip("_").replace("_", "-")


def infer_repeated(
    field: FieldDraft, message: MessageDraft, full_name: str, page: PageDraft, report: Report
) -> str:
    """The name of the rule that makes the field a list, or nothing. Ask only where the page does
    not say. What is only likely is suggested in the report.
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
    """Of the fields of a message, each a name and a type, the names of those that a rule makes
    lists of where no page says.
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
    """Report facts that a rule makes likely, with the overlay entry that would state them."""
    report.add(
        suggested_fact(at, facts, rule_name(rule)),
        span,
        mark=mark,
        fix=Fix(table="change", at=at, keys={"set": facts, "was": {}}, rule=rule_name(rule)),
    )


def _is_plural(name: str) -> bool:
    word = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().rpartition("_")[2]
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))
