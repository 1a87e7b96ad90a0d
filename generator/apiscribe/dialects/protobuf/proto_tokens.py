"""The text of `.proto` files → tokens, each with the comment above it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from apiscribe.model.reserved import Reserved

_TOKEN = re.compile(
    # Sites mark the file of a text by a line such as `+++ https://…/job.proto#L3-L9`.
    r"(?P<blank>\s+|^\+{3}[ \t]+\S+[^\n]*)|(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<name>\.?[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<number>-?(?:0[xX][0-9a-fA-F]+|\d[\d.eE+]*))|(?P<mark>[{}()\[\]<>;:,=/.-])",
    re.DOTALL | re.MULTILINE,
)


class ProtoSyntaxError(Exception):
    """The text is not in protobuf's language."""


@dataclass(frozen=True)
class Token:
    """A token; `line` counts from 1, `comment` is the comment right above, `behind` the one behind
    it.
    """

    kind: str
    text: str
    line: int
    comment: str
    behind: str = ""


def read_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens, each with the comment right above it, or behind it: on its line or below an
    opening brace, before an empty line.
    """
    at, line = 0, 1
    comments: list[str] = []
    last_line = first_comment = 0
    previous: Token | None = None
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise ProtoSyntaxError
        kind, content = match.lastgroup or "", match[0]
        if kind == "comment":
            if last_line != line:
                first_comment = first_comment if comments else line
                comments.append(_uncomment(content))
            elif previous:
                previous = replace(previous, behind=_uncomment(content))
        elif kind == "blank":
            if content.count("\n") > 1:
                is_behind = bool(comments) and first_comment == last_line + 1
                if previous and is_behind and not previous.behind and previous.text == "{":
                    previous = replace(previous, behind="\n".join(comments))
                comments = []
        else:
            if previous:
                yield previous
            previous = Token(kind, content, line, "\n".join(comments))
            comments, last_line = [], line
        line += content.count("\n")
        at = match.end()
    if previous:
        yield previous
    yield Token("end", "", line, "")


def _uncomment(text: str) -> str:
    if text.startswith("//"):
        return text.lstrip("/").strip()
    lines = (line.strip().lstrip("*").strip() for line in text[2:-2].split("\n"))
    return "\n".join(lines).strip()


class Cursor:
    """A position in tokens; what it expects and does not find is a ProtoSyntaxError."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def next(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def take(self, text: str = "", kind: str = "") -> Token:
        """Take the next token; it must have the text, or be of the kind."""
        token = self.next
        if (text and token.text != text) or (kind and token.kind != kind) or token.kind == "end":
            raise ProtoSyntaxError
        self.at += 1
        return token

    def description(self, start: Token) -> str:
        """Return the comments of a declaration that has just been read: above, and behind it."""
        behind = self.tokens[self.at - 1].behind
        return "\n\n".join(filter(None, [start.comment, behind]))

    def accept(self, text: str) -> bool:
        """Take the next token if it has the text."""
        if self.next.text == text and self.next.kind != "end":
            self.at += 1
            return True
        return False

    def statement(self) -> None:
        """Pass over the rest of a statement, with the braces of its value."""
        while not self.accept(";"):
            if self.next.text == "{":
                self.braces()
            else:
                self.take()

    def braces(self) -> None:
        """Pass over a text in braces."""
        self.take("{")
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take().text, 0)

    def opens(self) -> bool:
        """Return whether a name and a brace follow the next token: it is a keyword."""
        after = self.tokens[self.at + 1 : self.at + 3]
        return [token.kind for token in after] == ["name", "mark"] and after[1].text == "{"

    def number(self) -> int:
        """Take an integer."""
        try:
            return int(self.take(kind="number").text, 0)
        except ValueError:
            raise ProtoSyntaxError from None

    def reservations(self, numbers: range) -> list[Reserved]:
        """Read a `reserved` statement: numbers, ranges or names; `max` is the last of `numbers`."""
        self.take("reserved")
        entries: list[Reserved] = []
        while not entries or self.accept(","):
            if self.next.kind == "string":
                name = self.take().text[1:-1]
                entries.append(Reserved(name=name, json_name=name, number=0))
                continue
            number, last = self.number(), None
            if self.accept("to"):
                last = numbers[-1] if self.accept("max") else self.number()
            entries.append(Reserved(name="", json_name="", number=number, last=last))
        self.take(";")
        return entries

    def options(self) -> dict[str, str]:
        """Read `[deprecated = true, default = 3]` and the end of the statement."""
        options: dict[str, str] = {}
        if self.accept("["):
            depth, key = 1, ""
            while depth:
                token = self.take()
                depth += {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}.get(token.text, 0)
                if depth == 1 and token.kind == "name" and self.next.text == "=":
                    key = token.text
                elif key and token.text != "=":
                    options.setdefault(key, _as_json(token))
                    key = ""
        self.take(";")
        return options


def _as_json(token: Token) -> str:
    """Return a value of an option as JSON."""
    if token.kind == "string":
        return json.dumps(token.text[1:-1])
    return token.text if token.kind == "number" or token.text in ("true", "false") else ""
