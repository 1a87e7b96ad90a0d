"""Code in the section of an operation: commands, messages of HTTP, examples."""

from __future__ import annotations

import re
from dataclasses import replace

from apiscribe.dialects.http.contents import Shown
from apiscribe.dialects.http.context import code_title, merge
from apiscribe.dialects.http.curl import (
    form_fields,
    http_message,
    is_answer,
    is_curl,
    is_json,
    sends_nothing,
)
from apiscribe.dialects.http.json_schema import read_schema, schema_of
from apiscribe.dialects.http.members import Member, as_field
from apiscribe.dialects.http.routes import find_routes
from apiscribe.dialects.http.text_reader import TextReader
from apiscribe.dialects.http.type_texts import TypeText
from apiscribe.dialects.http.words import Label, read_label
from apiscribe.pages.blocks import Code
from apiscribe.pages.yaml_code import yaml_as_json

# Languages that pages call JSON; "" is none.
_LANGUAGES = frozenset("json jsonc json5 javascript js text plaintext typescript ts".split()) | {""}
_RESULT = re.compile(r"(?:\w+-)?(?:result|response|output)")  # `console-result`
# The syntax of a body in place of an example: `"capacity": number`.
_WORD_VALUE = re.compile(r"(?<=\"): *(?P<word>number|boolean)(?=\s*[,}\n])")


def _with_values(text: str) -> str:
    """Return code with a value for each word for a type behind a key in quotes."""
    return _WORD_VALUE.sub(lambda m: ": 0" if m["word"] == "number" else ": false", text)


class CodeReader:
    """Reads code, and adds what it shows to the contents of `texts`.

    `called`: a command before it sends no JSON, so that JSON below it is the answer.
    """

    def __init__(self, texts: TextReader) -> None:
        self.texts, self.called = texts, False

    def read(self, block: Code, is_place: bool) -> bool:
        """Read code; return whether it was read. `is_place`: it has the operation's route."""
        label, text = self.texts.context.label, _with_values(block.text)
        if is_curl(text):
            self.texts.command(text, block.span)
            self.called = sends_nothing(text) or bool(form_fields(text))
            return True
        if block.language == "http" or is_place or is_answer(text):
            status, body = http_message(text)
            if status and not body:
                self.texts.state(status, None, "", block.span)
                if len(text.strip().split("\n")) == 1:
                    self.texts.context.status = status  # of the code below it
            if body:
                direction = "response" if status else "request"
                shown = Label(direction=direction, part="example", status=status)
                self.texts.contents.shown.append(Shown(shown, body, block.span))
            return True
        language = block.language.lower()
        if is_json(text) and (language in _LANGUAGES or _RESULT.fullmatch(language)):
            title = code_title(block)
            if title:
                inner = read_label(title)
                known = inner.is_role and (inner.status or not inner.subject)
                label = merge(label, inner) if known else label
            elif self.called and not label.direction and label.place in ("", "path", "query"):
                label = Label(direction="response")
            self.called = False
            if schema := schema_of(text):
                self.declared(read_schema(schema, block.span), label)
                return True
            self.texts.contents.shown.append(Shown(label, text.strip(), block.span))
            return True
        if label.direction and (shown_as := yaml_as_json(block)):
            self.texts.contents.shown.append(Shown(label, shown_as, block.span))
            return True
        if (status := read_label(code_title(block)).status) and label.direction == "response":
            self.texts.state(status, None, "", block.span)
            return True
        return bool(list(find_routes(text.split("\n", 1)[0]))) or label.part == "example"

    def declared(self, body: Member, label: Label) -> None:
        """Add the fields of a declared body: of the answer below its label, else of the request."""
        draft = as_field(body).type
        if label.direction in ("response", "error"):
            type_ = TypeText(draft, nullable=body.nullable)
            self.texts.state(label.status, type_, "", body.span)
        elif draft.repeated or not body.members:
            self.texts.add([replace(body, place="body")], label)
        else:
            self.texts.add(body.members, label)
