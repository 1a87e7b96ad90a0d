"""What a page states about its API as a whole: title, version, base addresses, authentication.

They are outside of operations and messages: below the title, in sections of their own, behind
labels such as "Base URL", and in the front matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.curl import is_curl
from apiscribe.dialects.http.parts import Part, clean, labelled_line
from apiscribe.dialects.http.routes import find_routes
from apiscribe.dialects.http.sections import Section
from apiscribe.dialects.http.security_reader import read_section, texts_of
from apiscribe.dialects.http.words import (
    API,
    BEFORE_ADDRESS,
    SECURITY,
    holds_word,
    plain,
    read_label,
)
from apiscribe.model.draft import FactsDraft, SecurityDraft
from apiscribe.model.facts import StatedText
from apiscribe.pages.blocks import Code, Heading, Inline, Page, Paragraph, Table

_URL = re.compile(
    r"https?://(?:\{\{?[\w -]+\}?\}|<[\w -]+>|\[[\w -]+\](?!\()|[^\s`<>\"')\]|\\\[（）。，；])+"
)
_BASE_PATH = re.compile(r"`(/[\w./{}-]*)`|^(/[\w./{}-]*)$")
_NEAR = 60  # letters between a phrase and the address that it states
_STATED = re.compile(r"https?://|`/")
# Without brackets inside, so that a run of them is searched once.
_LINK = re.compile(r"!?\[[^\[\]]*\]\([^()]*\)|https?://\S+")
_PLACEHOLDER = re.compile(r"(?<![<\[{])[<\[{]+([\w -]+)[>\]}]+")
_VERSION = re.compile(r"v?\d+(?:\.\d+){0,3}(?:[-.]?[a-z]+\.?\d*)?|\d{4}-\d\d-\d\d", re.IGNORECASE)
_NAMED = re.compile(r"(?:The|Welcome to the)\s+(?P<name>(?:[A-Z][\w-]*\s+){1,4}API)\b")
_SHORTEST = 12  # letters of a description
_KEYS = {
    "base": ("base_url", "baseUrl", "baseURL", "host", "server", "servers"),
    "version": ("api_version", "apiVersion", "version"),
}


def read_facts(page: Page, parts: Sequence[Part], root: Section, taken: set[int]) -> FactsDraft:
    """Return what the page states; `taken` are the parts of operations and messages."""
    return _Reader(page, parts, root, taken).read()


class _Reader:
    def __init__(self, page: Page, parts: Sequence[Part], root: Section, taken: set[int]) -> None:
        self.page, self.parts, self.root, self.taken = page, parts, root, taken
        self.head = root.sections[0] if root.sections else None  # the section of the title

    def read(self) -> FactsDraft:
        return FactsDraft(
            general=self.is_general(),
            title=self.title(),
            version=self.version(),
            description=self.description(),
            servers=tuple(self.servers()),
            security=self.security(),
        )

    def is_general(self) -> bool:
        stem = self.page.path.rpartition("/")[2].partition(".")[0].lower()
        return stem in API["pages"] or (self.head is not None and _is_about_security(self.head))

    def title(self) -> StatedText | None:
        """Return the title of the page, unless it only names a part, as "Introduction" does."""
        title = self.page.front_matter.values.get("title", "")
        span = self.front_span("title")
        if not title and self.head and self.head.start not in self.taken:
            title, span = self.head.title, self.parts[self.head.start].block.span
        if title and not read_label(title).is_role and plain(title) not in API["titles"]:
            return StatedText(text=title, span=span)
        return self.named_api() if self.is_general() else None

    def named_api(self) -> StatedText | None:
        """Return the name with which an introduction begins: "The Acme Billing API lets you …"."""
        text = self.description()
        name = _NAMED.match(text.text) if text else None
        if text is None or name is None or plain(name["name"]) in API["titles"]:
            return None
        return StatedText(text=name["name"], span=text.span)

    def front_span(self, key: str) -> Span:
        return self.page.front_matter.spans.get(key, self.page.source.span(1))

    def preamble(self) -> list[int]:
        """Return the indexes of the parts above the first heading below the title."""
        indexes = list(self.root.own())
        if self.head and self.head.level == 1:
            indexes += self.head.own()
        return [at for at in indexes if at not in self.taken]

    def description(self) -> StatedText | None:
        """Return the first paragraph below the title that is no label and no list of links."""
        if text := self.page.front_matter.values.get("description", ""):
            return StatedText(text=text, span=self.front_span("description"))
        for at in self.preamble():
            block = self.parts[at].block
            if not isinstance(block, Paragraph) or self.parts[at].quoted:
                continue
            inline = clean(block.inline)
            labelled = labelled_line(inline)
            is_label = labelled is not None and (labelled.label.is_role or not labelled.rest)
            facts = API["base"] | API["host"] | API["version"]
            is_fact = labelled is not None and plain(labelled.words) in facts
            shown = _LINK.sub("", inline.source)
            if (
                not (is_label or is_fact or _in_sentence(inline))
                and len(shown.strip()) >= _SHORTEST
            ):
                return StatedText(text=inline.prose, span=block.span)
        return None

    def version(self) -> StatedText | None:
        for key in _KEYS["version"]:
            if _VERSION.fullmatch(text := self.page.front_matter.values.get(key, "").strip()):
                return StatedText(text=text, span=self.front_span(key))
        for at in self.preamble():
            for words, value in self.pairs(at):
                text = value.text.strip(" .`*")
                if words in API["version"] and _VERSION.fullmatch(text):
                    return StatedText(text=text, span=value.span)
        return None

    def pairs(self, at: int) -> Iterator[tuple[str, Inline]]:
        """Yield the labels of a part, each with the text behind it."""
        block = self.parts[at].block
        if isinstance(block, Table):
            for row in (block.header, *block.rows):
                if len(row.cells) == 2:
                    yield plain(row.cells[0].text), clean(row.cells[1])
        for line in texts_of(self.parts[at]):
            if (labelled := labelled_line(line)) and labelled.rest:
                yield plain(labelled.words), Inline(labelled.rest, line.span, line.markup)

    def servers(self) -> Iterator[StatedText]:
        """Yield the base addresses: behind their label, in their section, in a sentence."""
        seen = set()
        for text in self.stated_servers():
            if text.text not in seen:
                seen.add(text.text)
                yield text

    def stated_servers(self) -> Iterator[StatedText]:
        for key in _KEYS["base"]:
            for url in _URL.findall(self.page.front_matter.values.get(key, "")):
                yield StatedText(text=_address(url), span=self.front_span(key))
        inside = self.inside(API["base"])
        waits = False  # for the address behind a label
        for at, part in enumerate(self.parts):
            if at in self.taken or isinstance(part.block, Heading):
                waits = False
                continue
            for words, value in self.pairs(at):
                if words in API["base"] | API["host"]:
                    yield from _addresses(value)
            for line in texts_of(part):
                yield from _in_sentence(line)
            if at in inside or waits:
                yield from _own_addresses(part)
            waits = any(_is_base_label(line) for line in texts_of(part))

    def inside(self, titles: frozenset[str]) -> set[int]:
        """Return the indexes of the sections with one of the titles."""
        return {
            at
            for section in self.root.walk()
            if section.level and plain(section.title) in titles
            for at in range(section.start, section.end)
        }

    def security(self) -> SecurityDraft | None:
        """Return what the sections about authentication state, or the text below the title."""
        indexes: list[int] = []
        for section in self.root.walk():
            if _is_about_security(section) and section.start not in self.taken:
                indexes += [
                    at
                    for at in range(section.start, section.end)
                    if at not in self.taken and at not in indexes
                ]
        if indexes:
            return read_section(self.parts, indexes)
        lines = [at for at in self.preamble() if self.is_about_all(at)]
        return read_section(self.parts, lines) if lines else None

    def is_about_all(self, at: int) -> bool:
        """Return whether a paragraph states how all requests authenticate."""
        words = " ".join(plain(line.text) for line in texts_of(self.parts[at]))
        return bool(re.search(r"\b(?:requests|endpoints|calls)\b|request\b", words)) and any(
            holds_word(words, word) for word in SECURITY["all"]
        )


def _in_sentence(line: Inline) -> list[StatedText]:
    """Return the address behind a phrase such as "The base URL is"."""
    phrase = BEFORE_ADDRESS.search(line.source)
    address = _STATED.search(line.source, phrase.end()) if phrase else None
    if phrase is None or address is None or address.start() - phrase.end() > _NEAR:
        return []
    rest = Inline(line.source[address.start() :], line.span, line.markup)
    return list(_addresses(rest))[:1]


def _is_about_security(section: Section) -> bool:
    label = section.label
    return label.part == "authorization" and not label.subject and not label.direction


def _is_base_label(line: Inline) -> bool:
    """Return whether a line is only the label of a base address, or a sentence that ends with it:
    "Base URL:", "All paths are relative to the base URL:".
    """
    labelled = labelled_line(line)
    if labelled is not None and not labelled.rest and plain(labelled.words) in API["base"]:
        return True
    text = line.source.rstrip(" *_")
    return text.endswith((":", "：")) and any(
        text.endswith(phrase[0], 0, -1) for phrase in BEFORE_ADDRESS.finditer(text)
    )


def _own_addresses(part: Part) -> Iterator[StatedText]:
    """Yield the addresses in a part of a section about them."""
    match part.block:
        case Code(text=text, span=span):
            if not is_curl(text) and not list(find_routes(text)):
                for url in _URL.findall(text):
                    yield StatedText(text=_address(url), span=span)
        case Table(rows=rows):
            for row in rows:
                for cell in row.cells:
                    yield from _addresses(clean(cell))
        case _:
            for line in texts_of(part):
                yield from _addresses(line)


def _addresses(text: Inline) -> Iterator[StatedText]:
    found = [_address(url) for url in _URL.findall(text.source)]
    if not found and (path := _BASE_PATH.search(text.source.strip())):
        found = [_address(path[1] or path[2])]
    for address in found:
        if address and "?" not in address:
            yield StatedText(text=address, span=text.span)


def _address(url: str) -> str:
    """Return an address without marks after it, with its placeholders in braces."""
    return _PLACEHOLDER.sub(
        lambda match: "{" + re.sub(r"\W+", "_", match[1].strip()) + "}", url
    ).rstrip(".,;:*/_")
