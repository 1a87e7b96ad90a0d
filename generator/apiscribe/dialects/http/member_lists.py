"""Members in bullets, definition lists, bold lines and headings.

    - `limit` (integer, optional): How many to return.
    - **name** `string` – The name.

    username
    : {{<required>}} String. The name of the account.

A bullet is a member if its name is marked, or is one word before a bracket or a colon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.facts import read_facts
from apiscribe.dialects.http.members import Member, make_member, read_name
from apiscribe.dialects.http.nameless_bullets import is_nameless
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.type_texts import (
    TypeText,
    is_type,
    leading_type,
    type_of_text,
    values_of_text,
)
from apiscribe.dialects.http.words import column, presence
from apiscribe.model.draft import TypeDraft
from apiscribe.pages.blocks import Bullets, Inline, Item, Link, Paragraph

_NAME = (
    r"(?:`(?P<code>[^`\n]{1,80})`|(?P<mark>\*\*|__|\*|_)`?(?P<bold>[^*`\n]{1,80}?)`?(?P=mark)"
    r"|\[`?(?P<link>[\w.\[\]-]{1,60})`?\]\([^()]*\)"
    r"|(?P<word>[A-Za-z_$][\w.$\[\]-]{0,60})(?=\s*[(:：=]|\s+[-–—]\s))"
)
_TYPE = (
    r"(?:[`*_]*\((?P<bracket>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)[`*_]*"
    r"|`(?P<tcode>[^`]{1,80})`|(?P<tmark>\*|_|\*\*)(?P<titalic>[^*_\n]{1,60})(?P=tmark)"
    r"|<(?P<tangle>[\w\[\], |]+)>|\[(?P<tsquare>[\w ,|]+)\](?!\()"
    r"|(?P<tlink>(?:(?:list|array) of )?\[[^\[\]\n]+\]\([^()\s]+\)(?: objects?)?"
    r"(?:\s+or\s+`?null`?)?)(?=\s*(?:$|\n|[-–—:,.(*])))"
)
_MEMBER = re.compile(
    rf"\s*(?:\[[ x]\]\s*)?{_NAME}(?P<star>\\?\*|\?)?(?P<colon>\s*[:：=])?"
    rf"\s*(?:{_TYPE})?(?P<rest>.*)",
    re.DOTALL,
)
_SEVERAL = re.compile(
    r"\s*(?P<names>`[\w.-]+`(?:\s*(?:,|/|and|or|und|et|y|e|и)\s*`[\w.-]+`)+)(?P<rest>\s*[(:：–—-].*)",
    re.DOTALL,
)
# `id=[integer]`, `from=<date>`, and `page: 1 (optional, number)` with a sample value
_ONLY_NAME = re.compile(r"\s*`[^`\s]+`\s*")
_ASSIGNED = re.compile(
    r"^\s*`(?P<name>[\w.-]+(?:\[\])?)=(?:\[?(?P<type>[\w ]+)\]?|[<{](?P<value>[^<>{}`]+)[>}])`"
)
_SAMPLE = re.compile(
    r"^\s*(?P<name>`?[\w.-]+`?)\s*:\s*[^(\n]{1,80}?\s+"
    r"(?P<bracket>\((?:(?:required|optional)\s*,[^()]*|[^(),]*,\s*(?:required|optional)\s*)\))"
)
# Kubernetes: `**name** (*in path*): string, required`
_PLACED = re.compile(r"\s*\(\W*in (?P<place>path|query|header|cookie|body)\W*\)", re.IGNORECASE)
_PLACED_HEAD = 80  # letters before it
_BEFORE_TEXT = re.compile(r"^[\s:：,;.–—-]+")
_STATED_DEFAULT = re.compile(
    r"<(?:required|optional)>|nil|null|\"[^\"]*\"|\[\]|\{\}|true|false|\d+"
)
_HASHICORP = re.compile(r"^(?P<type>[\w<>\[\], |]+?)\s*:\s*(?P<value>.*)$", re.DOTALL)
_OR_NULL = re.compile(r"\s*(?:or|\|)\s*`?null`?(?!\w)")
_BULLET_VALUE = re.compile(
    r"\s*(?:`(?P<code>[^`]+)`|\"(?P<text>[^\"]+)\"|\*\*(?P<bold>[^*\s]+)\*\*)\s*(?:[:–—(-].*|$)",
    re.DOTALL,
)


def read_bullets(bullets: Bullets, unmarked: bool) -> list[Member] | None:
    """Return the members that bullets list; None if most bullets are something else.

    `unmarked`: names without code or bold marks count too.
    """
    named = (item for item in bullets.items if not is_nameless(item))
    items = [apart for item in named for apart in _apart(item)]
    members = [member for item in items if (member := _read_item(item, unmarked))]
    return members if members and 2 * len(members) > len(items) else None


def _apart(item: Item) -> list[Item]:
    """Return an item for each name of a bullet with several: `` `from`, `to` (date) ``."""
    head = item.blocks[0] if item.blocks else None
    match = _SEVERAL.fullmatch(head.inline.source) if isinstance(head, Paragraph) else None
    if match is None or not isinstance(head, Paragraph):
        return [item]
    names = re.findall(r"`[^`]+`", match["names"])
    texts = [Inline(name + match["rest"], head.inline.span, head.inline.markup) for name in names]
    return [replace(item, blocks=(Paragraph(t, head.span), *item.blocks[1:])) for t in texts]


def _read_item(item: Item, unmarked: bool) -> Member | None:
    head = item.blocks[0] if item.blocks else None
    if not isinstance(head, Paragraph):
        return None
    below = item.blocks[1:]
    texts = [clean(block.inline).prose for block in below if isinstance(block, Paragraph)]
    inner: list[Member] = []
    values: list[str] = []
    for block in below:
        if isinstance(block, Bullets):
            values += bullet_values(block)
            inner += [] if values else (read_bullets(block, unmarked) or [])
    if texts and texts[0].startswith("(") and _ONLY_NAME.fullmatch(head.inline.source):
        source = f"{head.inline.source} {texts.pop(0)}"  # of a definition list
        whole = Inline(source, head.inline.span, head.inline.markup)
        return read_text(whole, item.span, unmarked, " ".join(texts), inner, values)
    member = read_text(head.inline, item.span, unmarked, " ".join(texts), inner, values)
    return replace(member, members=_without_owner(member)) if member else None


def _without_owner(member: Member) -> tuple[Member, ...]:
    """Return the members inside a member; their names may begin with that of their owner."""
    prefix = f"{member.name}."
    return tuple(
        replace(inside, name=inside.name.removeprefix(prefix)) for inside in member.members
    )


def read_text(
    inline: Inline,
    span: Span,
    unmarked: bool,
    more: str = "",
    inner: Sequence[Member] = (),
    values: Sequence[str] = (),
) -> Member | None:
    """Read a member at the begin of running text."""
    cleaned = clean(inline)
    source = _ASSIGNED.sub(_assigned, cleaned.source, count=1)
    source = _SAMPLE.sub(r"\g<name> \g<bracket>", source, count=1)
    placed = _PLACED.search(source[:_PLACED_HEAD])
    if placed:
        source = source[: placed.start()] + source[placed.end() :]
    match = _MEMBER.match(source)
    if match is None or (match["word"] and not unmarked):
        return None
    written = match["code"] or match["bold"] or match["link"] or match["word"]
    name = read_name(Inline(written.rstrip(":："), inline.span, inline.markup))
    if name is None or (match["word"] and presence(match["word"]) is not None):
        return None
    if _is_status(name.name, match["rest"]):
        return None
    colon = bool(match["colon"]) or written.rstrip().endswith((":", "："))
    text, required, default, rest = _type_of(match, cleaned)
    if text and (null := _OR_NULL.match(rest)):
        text, rest = replace(text, nullable=True), rest[null.end() :]
    rest = Inline(_BEFORE_TEXT.sub("", rest), inline.span, inline.markup).prose
    if required is None and (mark := presence(rest)) is not None:  # `(string), required`
        required, rest = mark, ""
    rest, more = (rest, more) if rest.strip() else (more, "")
    if (text is None and colon) or (text is None and not match["bracket"]):
        word, after = leading_type(re.sub(r"^\((?:required|optional)\)\s*", "", rest))
        if word:
            text = type_of_text(word, (), span)
            required = read_facts(rest).required if required is None else required
            rest = after or rest
            if (mark := presence(after)) is not None:  # `string, required`
                required, rest = mark, ""
    if match["star"]:
        required = match["star"] != "?" if required is None else required
    description = " ".join(filter(None, [rest.strip(), more.strip()]))
    separated = (
        colon
        or bool(text)
        or bool(re.match(r"\s*(?:[-–—:(]|$)", match["rest"]))
        or match["bracket"]
    )
    if not separated and not match["code"]:
        return None
    if values and not (text and text.type.values):
        description += " One of " + " ".join(f"`{value}`," for value in values)
    return make_member(
        name,
        text,
        description,
        span,
        required=required,
        default=default,
        location=placed["place"] if placed else "",
        members=tuple(inner),
    )


def _is_status(name: str, rest: str) -> bool:
    """Return whether a name is the status of an answer: "404", or "Status: 404"."""
    if re.fullmatch(r"[1-5]\d\d", name):
        return True
    return column(name) == "status" and re.match(r"\W*[1-5]\d\d\b", rest) is not None


def _assigned(match: re.Match[str]) -> str:
    """Return a name with the type that the page assigns to it; another word is a sample value."""
    written = match["type"] or match["value"]
    typed = match[0].endswith("]`") or is_type(written)
    return f"`{match['name']}` ({written})" if typed else f"`{match['name']}`"


def _type_of(match: re.Match[str], inline: Inline) -> tuple[TypeText | None, bool | None, str, str]:
    """Return the type, whether it is required, the default, and the text after them."""
    written = next(
        (
            match[k]
            for k in ("bracket", "tcode", "titalic", "tangle", "tsquare", "tlink")
            if match[k] is not None
        ),
        None,
    )
    rest = match["rest"]
    if written is None:
        return None, None, "", rest
    links = tuple(
        Link(m[1].strip("`"), m[2]) for m in re.finditer(r"\[([^\[\]]+)\]\(([^()\s]+)\)", written)
    )
    plain = Inline(written, inline.span, inline.markup).text
    if hashicorp := _HASHICORP.match(plain):
        value = hashicorp["value"].strip()
        if is_type(hashicorp["type"]) or _STATED_DEFAULT.fullmatch(value):
            required = True if value in ("<required>", "required") else None
            default = "" if required or value.startswith("<") else value.strip("\"'")
            return type_of_text(hashicorp["type"], links, inline.span), required, default, rest
    required, default, text = None, "", None
    if values := values_of_text(written, inline.span):
        text = TypeText(TypeDraft(name="", values=values, span=inline.span))
    parts = re.split(r"\s*[,;|]\s+|\s*,\s*", plain)
    first, _, after = parts[0].partition(" ")
    if len(first) > 1 and presence(first) is not None:
        bracket = re.fullmatch(r"\((.*)\)", after)
        inside = bracket[1] if bracket else after
        if is_type(inside.split(" - ")[0]):
            parts[:1] = [*inside.split(" - "), first]  # `(optional string)`, `required (string)`
    for at, part in enumerate(parts):
        part = part.strip(" `*")
        known = presence(part)
        if known is not None and len(part) > 1:
            required = known
        elif value := re.match(
            r"default(?:s)?(?:\s+to|\s+is)?\s*[:=]?\s*(.+)", part, re.IGNORECASE
        ):
            default = value[1].strip(" `\"'")
        elif (
            text is None
            and (at == 0 or is_type(part))
            and (is_type(part) or links or _looks_typed(part, match))
        ):
            text = type_of_text(part, links, inline.span)
            required = text.required if text.required is not None else required
    if text is None and required is None and not default:
        # Not a type: the bracket belongs to the description.
        return None, None, "", match.string[match.end("colon") if match["colon"] else _end(match) :]
    return text, required, default, rest


def _end(match: re.Match[str]) -> int:
    """Return the end of a member's name in its line."""
    marked = match.end("mark") - match.start("mark") if match["mark"] else 0
    ends = {"code": 1, "bold": marked, "link": 0, "word": 0}
    end = max(match.end(kind) + more for kind, more in ends.items() if match[kind])
    return match.string.find(")", end) + 1 if match["link"] else end


def _looks_typed(part: str, match: re.Match[str]) -> bool:
    """Return whether a word in brackets or code may name a message."""
    return match["tcode"] is None and re.fullmatch(r"[A-Z][A-Za-z0-9]+(?:\[\])?", part) is not None


def bullet_values(bullets: Bullets) -> list[str]:
    """Return the values that all bullets begin with: `` - `asc`: ascending ``."""
    values = []
    for item in bullets.items:
        head = item.blocks[0] if item.blocks else None
        match = _BULLET_VALUE.fullmatch(head.inline.source) if isinstance(head, Paragraph) else None
        value = match and (match["code"] or match["text"] or match["bold"])
        if not match or not value or re.search(r"\s", value):
            return []
        after = (
            head.inline.source[match.end(match.lastgroup or 0) :]
            if isinstance(head, Paragraph)
            else ""
        )
        inside = re.match(r"[`\"*\s:–—-]*\(?\s*([\w\[\]<> ]+)", after)
        if inside and (is_type(inside[1].split(",")[0]) or presence(inside[1]) is not None):
            return []
        values.append(value)
    return values if len(values) > 1 else []
