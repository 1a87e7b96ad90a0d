"""What the parts of a page state about authentication: its schemes, and what requires them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apiscribe.dialects.http.contents import Group
from apiscribe.dialects.http.curl import is_curl
from apiscribe.dialects.http.hits import Hit
from apiscribe.dialects.http.parts import Part, clean, labelled_line, lines_of
from apiscribe.dialects.http.sections import title_of
from apiscribe.dialects.http.security import (
    CODE,
    Alternative,
    distinct,
    in_sentence,
    in_words,
    of_code,
    of_header,
)
from apiscribe.dialects.http.words import SECURITY, Label, holds_word, plain, read_label
from apiscribe.model.draft import SecurityDraft
from apiscribe.pages.blocks import Bullets, Code, Heading, Inline, Paragraph, Table

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=。)|\n")
_CALLS = re.compile(r"\b(?:requests?|endpoints?|calls?|operations?|routes?)\b|请求|요청|リクエスト")
_NO_NEED = re.compile(
    r"\bno auth(?:entication|orization)?(?: is)? (?:required|needed|necessary)\b"
    r"|\b(?:requires|needs) no auth\w*"
    r"|\b(?:does not|doesn't) (?:require|need) (?:any )?auth\w*"
    r"|\bauth(?:entication|orization)? (?:is )?not (?:required|needed|necessary)\b"
    r"|\bwithout auth(?:entication|orization)?$|^(?:this is )?(?:a )?public endpoint$"
)
_NEED = re.compile(
    r"\b(?:this|the) (?:endpoint|request|call|operation|method|route) requires (?:an? )?(?:\w+ )?"
    r"(?:auth(?:entication|orization)?|token)\b"
    r"|^auth(?:entication|orization)?(?: is)? required$|^requires auth(?:entication|orization)?$"
)
_SCOPE = re.compile(r"`([a-z][\w.:/*-]*)`")
# Words of labels that are about the rights of a caller.
_RIGHTS = frozenset({"permission", "permissions", "scope", "scopes", "role", "roles"})
_MOST_LETTERS = 60  # of a value behind a label


class SecurityReader:
    """Reads parts, one by one; `required` is what they state of the need for authentication."""

    def __init__(self) -> None:
        self.alternatives: list[Alternative] = []
        self.required: bool | None = None
        self.everywhere = self.limited = self.optional = False
        self.scopes: list[str] = []

    def value(self, label: str, text: Inline) -> None:
        """Read the value behind a label: "Bearer token", "None", "Required (admin)"."""
        words = plain(text.text)
        if len(words) > _MOST_LETTERS:
            self.sentences(text)
            return
        codes = [one for code in CODE.findall(text.source) for one in of_code(code, text.span)]
        schemes = distinct(codes or in_words(words, text.span, short=True))
        first = re.split(r"[.,;:(（+–—]", words)[0].strip()
        about = _RIGHTS.isdisjoint(label.split())
        if first in SECURITY["none"] and not schemes:
            self.required = False if about else self.required
        elif first in SECURITY["optional"]:
            self.optional = True
            self.alternatives += [(one,) for one in schemes]
        elif schemes or about:
            self.required = True
            self.alternatives += [(one,) for one in schemes]
        if "oauth" in label or "scope" in label or "scope" in words:
            self.scopes += _SCOPE.findall(text.source)

    def sentences(self, text: Inline) -> None:
        """Read the sentences of a text about authentication."""
        for sentence in _SENTENCE_END.split(text.source):
            if words := plain(Inline(sentence, text.span, text.markup).text):
                self.sentence(sentence, words, text)

    def sentence(self, source: str, words: str, text: Inline) -> None:
        """Read a sentence about authentication."""
        if self.need(words):
            return
        about_calls = _CALLS.search(words)
        if about_calls and any(holds_word(words, word) for word in SECURITY["some"]):
            self.limited = True
        elif about_calls and any(holds_word(words, word) for word in SECURITY["all"]):
            self.everywhere = True
        if any(holds_word(words, word) for word in SECURITY["not"]):
            return
        schemes = in_sentence(source, words, text.span)
        if len(schemes) > 1 and re.search(r"\b(?:or|either|alternatively)\b", words):
            self.alternatives += [(one,) for one in schemes]
        elif schemes:
            self.alternatives.append(schemes)

    def need(self, words: str) -> bool:
        """Read a sentence that only states whether authentication is needed."""
        if _NO_NEED.search(words):
            self.required = False
        elif _NEED.search(words):
            self.required = True
        else:
            return False
        return True

    def code(self, block: Code) -> None:
        """Read a command or a message of HTTP in a section about authentication."""
        if schemes := of_code(block.text, block.span, about=True):
            self.alternatives.append(schemes)

    def table(self, block: Table) -> None:
        """Read the rows of a table of headers."""
        for row in block.rows:
            cells = [clean(cell).text for cell in row.cells]
            found = of_header(cells[0].strip("`* "), " ".join(cells[1:]), row.span)
            if found and len(cells) > 1:
                self.alternatives.append((found,))


def read_section(parts: Sequence[Part], indexes: Sequence[int]) -> SecurityDraft | None:
    """Return what a section about authentication states about an API.

    All operations need one of its schemes, unless it states that only some do.
    """
    reader = SecurityReader()
    for index in indexes:
        block = parts[index].block
        if isinstance(block, Code):
            reader.code(block)
        elif isinstance(block, Table):
            reader.table(block)
        for line in texts_of(parts[index]):
            reader.sentences(line)
    alternatives = _largest(reader.alternatives)
    if not alternatives:
        return None
    required = None if reader.limited and not reader.everywhere else True
    return SecurityDraft(alternatives=alternatives, required=required, everywhere=reader.everywhere)


def read_operation(
    parts: Sequence[Part], indexes: Sequence[int], groups: Sequence[Group], hits: Sequence[Hit]
) -> SecurityDraft | None:
    """Return what the parts of an operation state, and its row in a table of routes.

    Labels and sentences outrank headers, and headers outrank commands.
    """
    stated, shown = SecurityReader(), SecurityReader()
    around: list[tuple[int, Label]] = []
    label = Label()
    for index in indexes:
        block = parts[index].block
        if isinstance(block, Heading):
            around = [(n, one) for n, one in around if n < block.level]
            around.append((block.level, read_label(title_of(block)[0])))
            label = around[-1][1]
            continue
        about = label.part == "authorization" and not label.subject
        if isinstance(block, Code) and (is_curl(block.text) or block.language == "http"):
            if schemes := of_code(block.text, block.span):
                shown.alternatives.append(schemes)
        elif isinstance(block, Table):
            for row in block.rows if len(block.header.cells) == 2 else ():
                if len(row.cells) == 2 and _is_about(read_label(row.cells[0].text)):
                    stated.value(plain(row.cells[0].text), clean(row.cells[1]))
        for line in texts_of(parts[index]):
            labelled = labelled_line(line)
            if labelled and labelled.label.is_role and not labelled.rest:
                label = labelled.label
            elif labelled and _is_about(labelled.label):
                rest = Inline(labelled.rest, line.span, line.markup)
                stated.value(plain(labelled.words), rest)
            elif about:
                stated.value(plain("authentication"), line)
            else:
                for sentence in _SENTENCE_END.split(line.text):
                    stated.need(plain(sentence))
    headers = SecurityReader()
    for group in groups:
        is_header = group.label.part == "headers" or group.label.place == "header"
        for member in group.members:
            if group.label.direction in ("response", "error"):
                continue
            if is_header or member.place == "header":
                text = f"{member.default} {member.description}"
                if one := of_header(member.name, text, member.span, member.description):
                    headers.alternatives.append((one,))
                    headers.optional = headers.optional or member.required is False
    for hit in hits:
        words = plain(hit.security)
        if stated.required is None and (words or hit.security):
            stated.alternatives += [(one,) for one in in_words(words, hit.span, short=True)]
            stated.required = bool(words) and words not in SECURITY["none"]
    return _joined(stated, headers, shown)


def _joined(*readers: SecurityReader) -> SecurityDraft | None:
    """Return what the readers state; the first one counts that states anything."""
    stated, headers, shown = readers
    if stated.required is False and not stated.alternatives:
        return SecurityDraft(required=False)
    together = distinct(one for each in headers.alternatives for one in each)
    alternatives = (
        _largest(stated.alternatives)
        or ((together,) if together else ())
        or _largest(shown.alternatives)
    )
    optional = stated.optional or (headers.optional and not stated.required)
    if not alternatives and not stated.required and not optional and not stated.scopes:
        return None
    return SecurityDraft(
        alternatives=alternatives,
        required=not optional,
        optional=optional,
        scopes=tuple(dict.fromkeys(stated.scopes)),
    )


def _is_about(label: Label) -> bool:
    return label.part == "authorization" and not label.subject and not label.direction


def texts_of(part: Part) -> Iterator[Inline]:
    """Yield the lines of a paragraph, and of the items of a list."""
    match part.block:
        case Paragraph(inline=inline):
            yield from lines_of(inline)
        case Bullets(items=items):
            for item in items:
                for block in item.blocks[:1]:
                    if isinstance(block, Paragraph):
                        yield from lines_of(block.inline)
        case _:
            pass


def _largest(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """Return the alternatives without those that are only a part of another one."""
    by_parts: dict[frozenset[tuple[str, ...]], Alternative] = {}
    for alternative in alternatives:
        by_parts.setdefault(frozenset((*s.carrier, s.name) for s in alternative), alternative)
    return tuple(one for parts, one in by_parts.items() if not any(parts < o for o in by_parts))
