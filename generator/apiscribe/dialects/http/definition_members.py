"""Members of definition lists, with their types before or behind the name."""

from __future__ import annotations

import re

from apiscribe.dialects.http.facts import read_facts
from apiscribe.dialects.http.member_lists import read_text
from apiscribe.dialects.http.members import Member, make_member, read_name
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.type_texts import is_type, leading_type, type_of_text
from apiscribe.pages.blocks import Definition, Definitions, Inline

# A term with a type: `note` (string), `note` <small>string</small>
_TYPED_TERM = re.compile(
    r"(?P<name>`[^`\s]+`|\*\*[^*\s]+\*\*)\s*(?:<small>|[(*:_])"
    r"(?P<type>[\w\s\[\]]+)(?:</small>|[)*_])?\s*"
)
# `slug=&lt;value&gt;`, and the attributes of a term: `slug { #slug }`
_BEHIND_NAME = re.compile(r"=(?:<|&lt;).*|\s*\{\s*[#.:][^{}]*\}\s*$")


def read_definitions(block: Definitions) -> list[Member]:
    """Return the members of a definition list."""
    return [member for item in block.items if (member := _member(item))]


def _member(item: Definition) -> Member | None:
    term = _BEHIND_NAME.sub("", item.term.source)
    text = clean(item.text)
    typed = _TYPED_TERM.fullmatch(term)
    if typed and is_type(typed["type"]):
        return _spelled(item, f"{typed['name']} ({typed['type'].strip()}) {text.source}")
    name = read_name(Inline(term, item.term.span, item.term.markup))
    if name is None:
        return None
    if text.source.startswith("("):
        # `(Required, string) The name`
        member = _spelled(item, f"`{name.name}` {text.source}")
        facts = text.source.partition(")")[0]
        if member and (member.type or (member.required is not None and "," in facts)):
            return member
    required = read_facts(text.text).required
    rest = re.sub(r"^(?:\((?:required|optional|deprecated)\)\s*)+", "", text.prose.strip())
    word, after = leading_type(rest)
    type_ = type_of_text(word, text.parsed.links, item.span) if word else None
    return make_member(name, type_, after, item.span, required=required)


def _spelled(item: Definition, source: str) -> Member | None:
    """Return the member in a text that spells it as a bullet does."""
    return read_text(Inline(source, item.span, item.text.markup), item.span, unmarked=False)
