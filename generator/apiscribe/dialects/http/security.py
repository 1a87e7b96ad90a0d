"""Security schemes in the texts of a page.

A scheme needs evidence of its kind: the header `Authorization: Bearer …`, `curl -u user:password`,
a header or parameter with the name of a key, or that name in a text about authentication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.curl import is_curl
from apiscribe.dialects.http.words import SECURITY, holds_word
from apiscribe.model.facts import SchemeKind, SecurityScheme
from apiscribe.model.http import Location

Alternative = tuple[SecurityScheme, ...]

CODE = re.compile(r"`([^`\n]+)`")
_NAMED_KINDS: tuple[SchemeKind, ...] = ("bearer", "basic")
_PLACES: tuple[Location, ...] = ("header", "query", "cookie")
_NAME_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s_-]+")
# A line with a header: `Authorization: Bearer abc`, "X-Api-Key": "abc".
_HEADER = re.compile(
    r"[\"']?(?P<name>[A-Za-z][A-Za-z0-9_-]*)[\"']?\s*(?::|=>|=|,)\s*[\"'`]?(?P<value>[^\n\"'`]*)"
)
_CURL_HEADER = re.compile(
    r"\s(?:-H|--header)(?:\s+|=)?(?P<quote>[\"'])(?P<header>.*?)(?P=quote)", re.DOTALL
)
_CURL_USER = re.compile(r"\s(?:-u|--user)(?:\s+|=)[\"']?[^\s\"'-]")
_CURL_COOKIE = re.compile(r"\s(?:-b|--cookie)(?:\s+|=)[\"']?(?P<name>[\w.-]+)=")
_QUERY = re.compile(r"[?&](?P<name>[A-Za-z][\w-]*)=")
_OTHER_SCHEME = re.compile(r"([A-Za-z][\w-]*)\s+\S")
_ARTICLES = frozenset({"your", "the", "a", "an", "my", "string"})
_NEAR = 30  # letters between a name and its place
_KEY_WORD = re.compile(r"token|key|auth|secret|session", re.IGNORECASE)


def of_kind(kind: SchemeKind, span: Span, description: str = "") -> SecurityScheme:
    """Return a scheme that is named by its kind."""
    return SecurityScheme(name=kind, kind=kind, description=description, span=span)


def of_key(place: Location, name: str, span: Span, description: str = "") -> SecurityScheme:
    """Return the scheme of a key; it is named by the parameter that holds the key."""
    return SecurityScheme(
        name=re.sub(r"[^\w.-]", "_", name, flags=re.ASCII),
        kind="key",
        location=place,
        parameter=name,
        description=description,
        span=span,
    )


def is_key(name: str) -> bool:
    """Return whether a name is that of a key: X-Api-Key, `access_token`."""
    words = _NAME_BREAKS.sub(" ", name).lower().strip()
    return any(words == known or words.endswith(f" {known}") for known in SECURITY["key"])


def of_header(name: str, text: str, span: Span, description: str = "") -> SecurityScheme | None:
    """Return the scheme of a header: of `Authorization` by its value or its description."""
    if name.lower() == "authorization":
        for kind in _NAMED_KINDS:
            if re.search(rf"\b{kind}\b", text, re.IGNORECASE):
                return of_kind(kind, span, description)
        other = _OTHER_SCHEME.match(text) if not description else None
        if other and other[1].lower() not in _ARTICLES:
            # `Authorization: Token abc` is a scheme that only this API knows.
            one = of_key("header", "Authorization", span, f"`Authorization: {other[1]} …`")
            return replace(one, name=other[1].lower())
        return of_key("header", "Authorization", span, description)
    return of_key("header", name, span, description) if is_key(name) else None


def of_code(text: str, span: Span, about: bool = False) -> Alternative:
    """Return the schemes that a command or a message of HTTP uses, all together.

    `about`: the text is about authentication, so that any key in its query or cookie counts.
    """
    found: list[SecurityScheme | None] = []
    for name, value in _headers(text):
        found.append(of_header(name, value, span))
        if not about or found[-1]:
            continue
        if cookie := re.match(r"\s*([\w.-]+)=", value) if name.lower() == "cookie" else None:
            found.append(of_key("cookie", cookie[1], span))
        elif _KEY_WORD.search(name):
            found.append(of_key("header", name, span))
    if is_curl(text):
        if _CURL_USER.search(text):
            found.append(of_kind("basic", span))
        if about and (sent := _CURL_COOKIE.search(text)):
            found.append(of_key("cookie", sent["name"], span))
    for match in _QUERY.finditer(text):
        if is_key(match["name"]) or (about and match["name"].lower() in ("key", "token")):
            found.append(of_key("query", match["name"], span))
    return distinct(filter(None, found))


def _headers(text: str) -> Iterator[tuple[str, str]]:
    """Yield the headers of a command, or the lines of other code that are headers of requests."""
    if is_curl(text):
        for match in _CURL_HEADER.finditer(text):
            name, _, value = match["header"].partition(":")
            yield name.strip(), value.strip()
        return
    for line in text.split("\n"):
        # In JSON, `"access_token": …` is a field: names of headers have a hyphen or are known.
        header = _HEADER.match(line.strip())
        name = header["name"] if header else ""
        if header and ("-" in name or name.lower() in ("authorization", "cookie")):
            yield name, header["value"]


def in_words(words: str, span: Span, short: bool) -> Iterator[SecurityScheme]:
    """Yield the schemes that a text names: "Bearer token", "HTTP Basic"; "JWT" in a short one."""
    for kind in _NAMED_KINDS:
        if any(holds_word(words, known) for known in SECURITY[kind] if short or " " in known):
            yield of_kind(kind, span)


def in_sentence(source: str, words: str, span: Span) -> Alternative:
    """Return the schemes in a sentence about authentication."""
    codes = CODE.findall(source)
    found = [one for code in codes for one in of_code(code, span, about=True)]
    if not found:
        found += in_words(words, span, short=False)
    for match in CODE.finditer(source):
        place = _place_of(source.lower(), match.start(), match.end())
        is_name = re.fullmatch(r"[A-Za-z][\w-]*", match[1]) and match[1].lower() != "authorization"
        is_keyed = _KEY_WORD.search(match[1]) and ("-" in match[1] or place == "query")
        if place and is_name and (is_keyed or is_key(match[1]) or place == "cookie"):
            found.append(of_key(place, match[1], span))
    return distinct(found)


def _place_of(text: str, start: int, end: int) -> Location:
    """Return the place that the words around a name state: "the `X-Key` header", or ""."""
    after, before = text[end : end + _NEAR], text[max(0, start - _NEAR) : start]
    places = {after.find(p): p for p in _PLACES if p in after and "`" not in after[: after.find(p)]}
    if places:
        return places[min(places)]
    places = {before.rfind(p): p for p in _PLACES if "`" not in before[max(0, before.rfind(p)) :]}
    return places[max(places)] if max(places, default=-1) >= 0 else ""


def distinct(schemes: Iterable[SecurityScheme]) -> Alternative:
    """Return the schemes without those in the same place as an earlier one."""
    return tuple({one.carrier: one for one in reversed(list(schemes))}.values())[::-1]
