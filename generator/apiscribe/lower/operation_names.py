"""Rules for the names of methods, messages and services of HTTP, which no page states."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from posixpath import basename

from apiscribe.model.draft import OperationDraft, PageDraft, RouteDraft
from apiscribe.model.names import camel, identifier, snake, words
from apiscribe.model.plurals import singular

_EMPTY_WORDS = frozenset(
    tomllib.loads(Path(__file__).with_name("title_words.toml").read_text("utf-8"))["words"]
)
_DROPPED = frozenset({"a", "an", "the", "your", "this", "endpoint", "api"})
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_VERSION = re.compile(r"v\d+(?:[a-z]+\d*)?|\d+(?:\.\d+)*|api|rest|apis", re.IGNORECASE)
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_CUSTOM = re.compile(r":(\w+)$")
_GENERIC_TITLE = re.compile(
    r"\b(?:api|apis|rest|reference|documentation|docs|endpoints?|methods?|resources?|routes?)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 7
_GENERIC_PAGES = frozenset({"readme", "index", "_index", "api", "docs", "reference"})


def operation_id(operation: OperationDraft) -> str:
    """Methods of HTTP are named by the identifier that the page prints for the operation."""
    return snake(operation.name) if operation.name else ""


def operation_title(operation: OperationDraft) -> str:
    """HTTP operations without an identifier are named after the words of their heading, without
    articles: "Create an invoice" is `create_invoice`. The heading must have two to seven words, in
    ASCII letters, and no path; and a word after the first must name a thing, unlike in "Fetching
    one" or "Example request".
    """
    title = re.sub(r"\(.*?\)|\[.*?\]|^[\d.)\s]+", " ", operation.title)
    title = title.replace("'s", "").replace("’s", "")
    if "/" in title or not title.isascii() or re.search(r"[{}<>:;.]", title.strip(" .")):
        return ""
    parts = [word for word in words(title) if word]
    parts = [word for word in parts if word.lower() not in _DROPPED]
    if not 2 <= len(parts) <= _MOST_WORDS or not parts[0][0].isalpha():
        return ""
    if all(word.lower() in _EMPTY_WORDS for word in parts[1:]):
        return ""
    return snake("_".join(parts))


def operation_route(operation: OperationDraft) -> str:
    """Other HTTP operations are named after their HTTP method and the words of their path: GET is
    `list` for a path that ends with a plural, else `get`, POST is `create`, PUT and PATCH are
    `update`, and DELETE is `delete`. A word behind a colon comes in their place: `cancel` in
    `/jobs/{id}:cancel`. Collections above an item are in the singular.
    """
    route = operation.routes[0]
    custom = match[1] if (match := _CUSTOM.search(route.path)) else ""
    segments = [s for s in route.path.removesuffix(f":{custom}").split("/") if s]
    last = segments[-1] if segments else ""
    is_one = "{" in last or (route.verb == "POST" and not custom)
    names: list[str] = []
    for segment, below in zip(segments, [*segments[1:], "{}" if is_one else ""], strict=False):
        if not _PARAMETER.search(segment) and not _VERSION.fullmatch(segment):
            name = re.sub(r"\.(?:json|xml)$", "", segment)
            names.append(singular(name) if "{" in below else name)
    verb = custom or _VERBS.get(route.verb, route.verb.lower())
    if verb == "get" and "{" not in last and names and singular(names[-1]) != names[-1]:
        verb = "list"
    title = operation.title if re.fullmatch(r"[A-Za-z]+", operation.title) else ""
    if not names and title:
        return snake(title)
    words_of_path = (re.sub(r"\W", "_", word) for word in names[-3:] or ["root"])
    return snake("_".join([verb, *words_of_path]))


NAME_RULES = (operation_id, operation_title, operation_route)


def service_of_page(page: PageDraft, operations: Sequence[OperationDraft]) -> str:
    """Methods of one page form a service, named after the page's title without words such as
    "API", or else after its file.
    """
    title = _GENERIC_TITLE.sub(" ", page.title)
    parts = [word for word in re.split(r"[^A-Za-z0-9]+", title) if word]
    if title.isascii() and 1 <= len(parts) <= 5 and parts[0][0].isalpha():
        return camel("_".join(parts))
    stem = basename(page.path).split(".", 1)[0]
    if stem.lower() in _GENERIC_PAGES or not operations:
        return ""
    return camel(identifier(stem.strip("_")))


def service_of_path(operation: OperationDraft) -> str:
    """Where one page has the operations of many resources, or no title, its services are named
    after the first word in the paths that is not a version.
    """
    return camel(first_word(operation.routes[0]) or "root")


def first_word(route: RouteDraft) -> str:
    """Return the first word of a path that is not a version or a parameter."""
    for segment in route.path.split("/"):
        if segment and "{" not in segment and not _VERSION.fullmatch(segment):
            return re.sub(r"\W", "_", segment.split(".")[0].split(":")[0])
    return ""


def item_name(owner: str, field: str, listed: bool) -> str:
    """Messages without a name are named after the message around them and their field, which is put
    in the singular if it is a list: `lines` in CreateInvoiceRequest is CreateInvoiceRequestLine.
    """
    plain = identifier(field)
    return camel(f"{owner}_{singular(plain) if listed else plain}")


def package_of_folder(name: str) -> str:
    """Pages about HTTP are in a package named like the API, unless spec.toml states `package`."""
    return identifier(name)
