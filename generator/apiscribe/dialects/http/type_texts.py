"""The text of a type on a page about HTTP → TypeDraft, with other facts in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.words import CELL_TYPE_WORDS, TYPE_WORDS, list_item, presence
from apiscribe.dialects.type_text import read_list, spelled_out
from apiscribe.model.draft import TypeDraft, ValueDraft
from apiscribe.model.house_words import type_word as house_type
from apiscribe.model.house_words import with_last_mark
from apiscribe.model.plurals import singular
from apiscribe.model.type_words import FORMATS, split_map, type_of_word
from apiscribe.pages.blocks import Inline, Link

_NULL = re.compile(
    r"\s*(?:\bor\b|\||¦|/|,)\s*null\b|\bnull\s*(?:\bor\b|\||/)\s*|[\[(]?\bnullable\b[\])]?|^\?|\{\{nullable\}\}",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"[\[(]\s*(?P<word>optional|required|mandatory|선택|필수|必填|可选|必須|任意)\s*[\])]"
    r"|(?:^|[\s,;|/])(?P<bare>optional|required|mandatory)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[\[(]\s*(?:(?P<read>read-?only)|(?P<write>write-?only)|default to [^\])]*|notnull)\s*[\])]",
    re.IGNORECASE,
)
# `draft` | `live`: words in code that are no types.
_CODE_VALUES = re.compile(r"`[^`|]+`(?:\s*(?:\\?\||,|/|\bor\b)\s*(?:or\s+)?`[^`|]+`)+")
_VALUE_WORD = re.compile(r"[a-z0-9][\w-]*|[A-Z0-9]+[A-Z0-9_-]+")
_FORMAT = re.compile(r"\s*(?:<|\(\$?|\[\$)\s*(?P<format>[a-z][\w-]*)\s*[>)\]]$", re.IGNORECASE)
_ARRAY_BEHIND = re.compile(r"<\s*([^<>]+?)\s*>\s*array(?:\s*\(\w+\))?", re.IGNORECASE)
_MAP_BRACES = re.compile(r"\{\s*(string|integer)\s*:\s*([\w.\[\]]+)\s*\}")  # {string: integer}
_MAP_BAR = re.compile(r"\bmap<(\w+)\|(\w+)>")  # map<string|string>
_BOUNDED = re.compile(r"\s*\(\s*(?:(?P<low>\d+)\s*(?:-|–|\.\.)\s*)?(?P<high>\d+)\s*\)$")
_QUOTED = re.compile(r"""["'`“‘](?P<value>[^"'`”’|]+)["'`”’]""")
_FILLER = re.compile(
    r"^(?:an?|the|partial|single|optional|nested|embedded)\s+|\s+(?:objects?|values?|instances?|structures?)$",
    re.IGNORECASE,
)
# What generated clients write around a type: `optional.String`, `Pointer to []string`.
_CLIENT = re.compile(r"^(?:optional\.(?=[A-Z])|Pointer to |Interface of |\*)+", re.IGNORECASE)
_IDS = re.compile(r"(?:'s|’s)?(?:\s+objects?)?\s+(?:ids?|identifiers?)", re.IGNORECASE)
_ENUM_OF = re.compile(r"^enum\s*<\s*(\w+)\s*>$", re.IGNORECASE)  # Mintlify: enum<string>
_FORMATS = frozenset(
    "date date-time time duration email hostname ipv4 ipv6 uri url uuid int32 int64 float double"
    " byte binary password".split()
)


@dataclass(frozen=True)
class TypeText:
    """What the text of a type says."""

    type: TypeDraft
    required: bool | None = None
    nullable: bool = False
    constraints: Mapping[str, Any] = field(default_factory=dict)


def read_type_text(inline: Inline) -> TypeText:
    """Read a type as pages write it: `Array of [User](#user) or null`, `?string`, `"a" | "b"`."""
    inline = clean(inline)
    result = type_of_text(inline.text, inline.parsed.links, inline.span)
    if values := _values_in_code(inline):
        nullable = result.nullable or "null" in values
        drafts = tuple(ValueDraft(name=v, span=inline.span) for v in values if v != "null")
        return TypeText(TypeDraft(name="", values=drafts, span=inline.span), nullable=nullable)
    return result


def _values_in_code(inline: Inline) -> tuple[str, ...]:
    """Return the values of an enum that are code in place of a type, and none of them a type."""
    if not _CODE_VALUES.fullmatch(inline.source.strip()):
        return ()
    values = tuple(dict.fromkeys(re.findall(r"`\s*([^`]+?)\s*`", inline.source)))
    named = [value for value in values if value != "null"]
    are_words = all(_VALUE_WORD.fullmatch(v) and not is_type(v) for v in named)
    return values if len(named) > 1 and are_words else ()


def type_of_text(text: str, links: tuple[Link, ...], span: Span) -> TypeText:
    """Read the words of a type and the links in them."""
    text = _MAP_BRACES.sub(r"map<\1, \2>", text)
    text = spelled_out(_MAP_BAR.sub(r"map<\1, \2>", with_last_mark(text).strip(" `*:")))
    required = None
    if mark := _MARK.search(text):
        required = presence(mark["word"] or mark["bare"])
        text = _MARK.sub("", text)
    notes = [match.lastgroup for match in _NOTE.finditer(text)]
    constraints: dict[str, Any] = {f"{note}Only": True for note in notes if note}
    text = _NOTE.sub("", text).strip(" ,;`*")
    nullable = bool(_NULL.search(text))
    text = _NULL.sub("", text).strip(" ,;|/")
    text, links = _without_owner(text, links)
    link = links[0].target if links else ""
    values = _values(text, span)
    if values:
        return TypeText(TypeDraft(name="", values=values, span=span), required, nullable)
    text = _FILLER.sub("", _CLIENT.sub("", _ENUM_OF.sub(r"\1", text)))
    if text.endswith("?"):
        nullable, text = True, text[:-1]
    name, listed = read_list(text)
    if not listed and (match := re.fullmatch(r"(\w+)\s+(?:array|list)", text, re.IGNORECASE)):
        name, listed = match[1], True
    if not listed and (match := _ARRAY_BEHIND.fullmatch(text)):
        name, listed = match[1], True
    if not listed and (match := re.fullmatch(r"\[\s*([^\[\],]+?)\s*\]", text)):
        name, listed = match[1], True
    if not listed and (item := list_item(name)):
        name, listed = item, True
    if links and (item := _item_of_link(name, links[0])):
        name, links, listed = item, (), True
    name = _FILLER.sub("", _FILLER.sub("", name.strip(" `*")))
    match = _FORMAT.search(name)
    if match and match["format"].lower() in _FORMATS and match.start():
        constraints["format"] = match["format"].lower()
        name = name[: match.start()]
    if match := _BOUNDED.search(name):
        constraints["maxLength"] = int(match["high"])
        name = name[: match.start()]
    name = _plain(name, links)
    if name.lower() in FORMATS and type_of_word(name) == "string":
        constraints.setdefault("format", name.lower())
    return TypeText(
        TypeDraft(name=name, repeated=listed or None, link=link, span=span),
        required,
        nullable,
        constraints,
    )


def _without_owner(text: str, links: tuple[Link, ...]) -> tuple[str, tuple[Link, ...]]:
    """Return the type of ids without the message that they are of: `array of [role](…) ids`."""
    texts = [link.text for link in links if link.text]  # an image in a link has none
    if not texts or not _IDS.fullmatch(text.rpartition(texts[-1])[2]):
        return text, links
    before = text.partition(texts[0])[0].strip(" ,")
    return (before if is_type(before) else f"{before} id"), ()


def _item_of_link(name: str, link: Link) -> str:
    """Return the item of a list that only the page it links to names: `[List](Tree.md)`."""
    page = re.fullmatch(r"(?:[^#?]*/)?(\w+)\.\w+", link.target)
    is_list = link.text == name and read_list(f"{name.lower()}<x>")[1]
    return page[1] if page and is_list else ""


def leading_type(text: str) -> tuple[str, str]:
    """Return the type word at the begin of a description, and the rest; "" if there is none.

    It ends with a full stop, a comma, a colon, a bracket or a dash: `String. The name`; or it is
    code alone on the first line.
    """
    if code := re.match(r"\s*`(?P<type>[^`\n]{1,300})`[ \t]*(?:\n|\Z)", text):
        shown = re.sub(r"\[([^\[\]]+)\]\([^()]*\)", r"\1", code["type"])  # without links
        word = spelled_out(shown)
        if word != shown or is_type(word):
            return word, text[code.end() :].strip()
    match = re.match(
        r"\s*(?P<type>[^.,:;(–—\n]{1,60}?)\s*(?P<end>[.,:;–—]|\s-\s|\s*(?=\()|$)(?P<rest>.*)",
        text,
        re.DOTALL,
    )
    if match and is_type(match["type"]):
        return match["type"], match["rest"].strip()
    return "", text


def is_type(text: str) -> bool:
    """Return whether a text is a type word, a list of one, or a map."""
    text = text.strip(" `*?_")
    name, listed = read_list(_NULL.sub("", text).strip())
    return bool(
        name.lower() in TYPE_WORDS
        or type_of_word(name.strip(" `*"))
        or split_map(name) is not None
        or list_item(name).lower() in TYPE_WORDS
        or (listed and type_of_word(singular(name)))
    )


def _plain(name: str, links: tuple[Link, ...]) -> str:
    """Return a type word without what follows it, or the name of a message."""
    name = " ".join(name.split())
    if links and links[0].text in name:
        return _FILLER.sub("", links[0].text.strip("` "))
    if word := house_type(name) or CELL_TYPE_WORDS.get(name.lower()):
        return word
    if type_of_word(name) or split_map(name) is not None:
        return name
    if type_of_word(singular(name)):
        return singular(name)
    head = re.split(r"\s*[(,;:/|]|\s+(?:or|of|with|in)\s", name, maxsplit=1)[0].strip()
    for part in (head, head.split(" ")[0], head.split(" ")[-1]):
        if word := house_type(part) or TYPE_WORDS.get(part.lower()):
            return word
        if part and type_of_word(part.lower()):
            return part.lower() if not type_of_word(part) else part
        if part and type_of_word(singular(part.lower())):
            return singular(part.lower())
    return head


def values_of_text(text: str, span: Span) -> tuple[ValueDraft, ...]:
    """Return the values in code that a text begins with: `` `spam` or `other`, required ``."""
    values: list[str] = []
    rest = text.strip()
    while match := re.match(r"[\s,/|]*(?:or\s+|\bou\s+|oder\s+)?`(?P<value>[^`\s]+)`", rest):
        values.append(match["value"])
        rest = rest[match.end() :]
    drafts = tuple(ValueDraft(name=value, span=span) for value in dict.fromkeys(values))
    return drafts if len(drafts) > 1 else ()


def _values(text: str, span: Span) -> tuple[ValueDraft, ...]:
    """Return the values of an enum in place of a type: `"asc" | "desc"`, `enum(a, b)`."""
    if match := re.fullmatch(
        r"(?:enum|one of|oneof)\s*[:(\[<{]?\s*(?P<values>[^()]+?[,|/][^()]+?)[)\]>}]?",
        text,
        re.IGNORECASE,
    ):
        values = re.split(r"\s*[,|/]\s*|\s+or\s+", match["values"])
    elif _QUOTED.search(text) and not re.sub(r"\s*(?:[|,/]|\bor\b)\s*", "", _QUOTED.sub("", text)):
        values = [m["value"] for m in _QUOTED.finditer(text)]
    else:
        return ()
    values = [v for value in values if (v := value.strip(" `\"'*")) and " " not in v]
    return (
        tuple(ValueDraft(name=v, span=span) for v in dict.fromkeys(values))
        if len(values) > 1
        else ()
    )
