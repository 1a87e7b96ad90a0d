"""Shapes in prose: `{ id, password }`, `{ name: string, price?: number, tags: string[] }`.

They name the fields of a body, perhaps with types. JSON with values is an example, and no shape.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.members import Member
from apiscribe.dialects.http.type_texts import TypeText, is_type, type_of_text
from apiscribe.model.draft import TypeDraft

_TOKEN = re.compile(
    r"\s*(?:(?P<mark>[{}\[\],:;?|])|(?P<rest>\.\.\.|…)"
    r"|[\"'](?P<key>[A-Za-z_$][\w.$-]*)[\"'](?=\s*\??\s*:)|(?P<word>[A-Za-z_$][\w.$<>-]*))"
)
_ARROW = re.compile(r"\s*(?:->|→|=>)\s*")


def split_arrow(text: str) -> tuple[str, str]:
    """Return the shapes before and after an arrow: `{ name } -> { token }`."""
    parts = _ARROW.split(text, maxsplit=1)
    return parts[0].strip(" `"), (parts[1].strip(" `") if len(parts) > 1 else "")


def read_shape(text: str, span: Span) -> tuple[Member, ...] | None:
    """Return the members of a shape; None if the text is no shape."""
    text = text.strip(" `\n")
    if not text.startswith("{") or not text.endswith("}"):
        return None
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        tokens.append(match["mark"] or match["rest"] or match["key"] or match["word"])
        at = match.end()
        if not text[at:].strip():
            break
    try:
        parser = _Parser(tokens, span)
        members = parser.members()
    except _NoShapeError:
        return None
    return members if parser.at == len(tokens) and members else None


class _NoShapeError(Exception):
    """The text is no shape."""


class _Parser:
    def __init__(self, tokens: list[str], span: Span) -> None:
        self.tokens, self.span, self.at = tokens, span, 0

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise _NoShapeError
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def members(self) -> tuple[Member, ...]:
        if self.next() != "{":
            raise _NoShapeError
        members: list[Member] = []
        while self.peek() != "}":
            token = self.next()
            if token in ("...", "…", ",", ";"):
                continue
            if not re.match(r"[A-Za-z_$]", token):
                raise _NoShapeError
            members.append(self.member(token))
            if self.peek() not in (",", ";", "}"):
                raise _NoShapeError
        self.next()
        return tuple(members)

    def member(self, name: str) -> Member:
        required = None
        if self.peek() == "?":
            self.next()
            required = False
        member = Member(name=name, required=required, span=self.span)
        if self.peek() == ":":
            self.next()
            member = self.value(member)
        return member

    def value(self, member: Member) -> Member:
        if self.peek() == "{":
            return replace(member, members=self.members(), type=self.listed())
        if self.peek() == "[":
            self.next()
            inner = self.value(member) if self.peek() != "]" else member
            if self.next() != "]":
                raise _NoShapeError
            text = inner.type or TypeText(TypeDraft(name="", span=self.span))
            return replace(inner, type=replace(text, type=replace(text.type, repeated=True)))
        words = [self.next()]
        while self.peek() in ("|", "[", "]"):
            words.append(self.next())
            if words[-1] == "|":
                words.append(self.next())
        written = "".join(words)
        if not is_type(written) and not re.match(r"[A-Z]\w*(?:\[\])?$", written):
            raise _NoShapeError
        return replace(member, type=type_of_text(written, (), self.span))

    def listed(self) -> TypeText | None:
        """Return the type of an object, or of a list of objects: `{ … }[]`."""
        if self.peek() != "[":
            return None
        if self.next() != "[" or self.next() != "]":
            raise _NoShapeError
        return TypeText(TypeDraft(name="", repeated=True, span=self.span))
