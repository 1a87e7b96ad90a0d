"""Members: the parameters, properties and attributes that a page lists, in one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.bounds import bounds_of_list, bounds_of_value
from apiscribe.dialects.http.facts import as_json, read_facts
from apiscribe.dialects.http.parts import clean
from apiscribe.dialects.http.type_texts import TypeText, is_type, read_type_text, type_of_text
from apiscribe.dialects.http.words import FACTS, PRESENCE_WORDS, media, place, presence
from apiscribe.model.draft import FieldDraft, TypeDraft, ValueDraft
from apiscribe.model.house_words import with_last_mark
from apiscribe.model.http import Location
from apiscribe.pages.blocks import Inline

_INDENT = re.compile(
    r"^(?P<marks>(?:[\s\u00a0»›>└├─│→↳⇒»•·+.-]|&nbsp;|&raquo;|&emsp;|&ensp;|\|—|\\)*)"
)
_DEPTH_MARK = re.compile(
    r"[»›>└├→↳⇒•·+]|\|—|&raquo;|--|(?:&nbsp;|\u00a0){2,4}|&emsp;|&ensp;|[\u2001-\u2003]"
)
_NAME = re.compile(r"[!+~]?[^\W\d_$@:{\[<-]?[\w$@:.\[\]{}<>*/%-]*[\w\]}>*]", re.UNICODE)
_MARKS = re.compile(
    rf"\s*(?:\\?\*+|[\[(]?\s*(?P<word>{'|'.join(PRESENCE_WORDS)}|deprecated)\s*[\])]?)\s*$",
    re.IGNORECASE,
)
_TEXT_MARK = re.compile(
    r"</?mark[^<>]*>|</?sup>|</?small>|</?i>|</?em>|</?span[^<>]*>"
    r"|\s*\\\[[1-9]\d*\\\]",  # a footnote: `name \[1\]`
    re.IGNORECASE,
)
_MUST_BE = re.compile(
    r"\bmust be an? (?P<type>\w+(?: of \w+)?)\s*(?:[.,;]|$)", re.IGNORECASE | re.MULTILINE
)
_MEDIA_TYPE = re.compile(r"(?:application|audio|image|multipart|text|video)/[\w.+*-]+")
_VALUES = frozenset("true false 0 1 - no yes".split())  # defaults, and no marks


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as a page lists it; `depth` is that of its indent, `place` that of a parameter, and
    `media` the kind of body that it is a part of.
    """

    name: str
    type: TypeText | None = None
    depth: int = 0
    required: bool | None = None
    is_unmarked: bool = False  # and required, as it is beside optional ones
    nullable: bool = False
    default: str = ""
    place: str = ""
    media: str = ""
    description: str = ""
    deprecated: bool = False
    constraints: dict[str, Any] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    span: Span


@dataclass(frozen=True)
class Name:
    """The name of a member without its marks."""

    name: str
    depth: int = 0
    required: bool | None = None
    nullable: bool = False
    deprecated: bool = False
    starred: bool = False


def read_name(inline: Inline) -> Name | None:
    """Read the cell or the words with a member's name; None if it is no name."""
    source = clean(inline).source
    deprecated = "~~" in source or "deprecated" in source.lower().removeprefix("deprecated")
    source = _TEXT_MARK.sub("", source).replace("~~", "")
    raw = Inline(source, inline.span, inline.markup)
    indent = _INDENT.match(raw.source)
    marks = indent["marks"] if indent else ""
    depth = len(_DEPTH_MARK.findall(marks))
    rest = raw.source[len(marks) :]
    if marks.endswith(".") or rest.startswith("*"):
        rest = raw.source.lstrip("\u00a0 »›>└├─│→↳⇒•·+\\") if not marks.strip(" .") else rest
    text = with_last_mark(Inline(rest, inline.span, inline.markup).text)
    required = nullable = None
    starred = False
    if text.startswith("?"):
        text, nullable = text[1:], True
    while (match := _MARKS.search(text)) and (match.start() or not match["word"]):
        if match["word"] and match["word"].lower() != "deprecated":
            required = presence(match["word"])
        elif not match["word"]:
            required = starred = True
        text = text[: match.start()]
    if text.endswith("?"):
        text, required, starred = text[:-1], False, False
    text = text.strip(" `:\"'").rstrip(",;")
    text = re.sub(
        (
            r"^:(?=\w)|^\{(?=[\w.-]+\}$)|(?<=\w)\}$"
            if re.match(r"^(?::|\{[\w.-]+\}$)", text)
            else r"$^"
        ),
        "",
        text,
    )
    if not text or not _NAME.fullmatch(text) or len(text) > 100 or _MEDIA_TYPE.fullmatch(text):
        return None
    return Name(text, depth, required, bool(nullable), deprecated, starred)


def make_member(
    name: Name,
    type_: Inline | TypeText | None,
    description: str,
    span: Span,
    *,
    required: bool | None = None,
    nullable: bool = False,
    default: str = "",
    location: str = "",
    constraint: str = "",
    members: tuple[Member, ...] = (),
) -> Member:
    """Return a member from its parts; marks in its type and its description count as well."""
    text = read_type_text(type_) if isinstance(type_, Inline) else type_
    facts = read_facts(description)
    if text and text.type.name.lower() == "timestamp" and FACTS["epoch"].search(description):
        text = replace(text, type=replace(text.type, name="integer"))
    limits = read_facts(constraint) if constraint else facts
    if text is None:
        text = _stated_type(f"{description}\n{constraint}", span)
    type_required = text.required if text else None
    stated = next(
        (r for r in (required, name.required, type_required, facts.required) if r is not None), None
    )
    default = default.strip(" `*\"'")
    if presence(default) is not None and default.lower() not in _VALUES:
        stated = presence(default) if stated is None else stated
        default = ""
    default = "" if default.lower() in ("-", "none", "n/a", "–", "—") else default
    default = default or facts.default
    values = facts.values or (limits.values if constraint else ())
    if values and (text is None or (not text.type.values and not text.type.link)):
        text = _with_values(text, values, span)
    constraints = {**(text.constraints if text else {}), **facts.constraints, **limits.constraints}
    if text and text.type.repeated:
        constraints = bounds_of_list(constraints)
    else:
        constraints = bounds_of_value(constraints)
    return Member(
        name=name.name,
        type=text,
        depth=name.depth,
        required=stated,
        nullable=nullable or name.nullable or (text.nullable if text else False),
        default=default,
        place=place(location),
        media=media(location) if place(location) == "body" else "",
        description=description,
        deprecated=name.deprecated or facts.deprecated,
        constraints=constraints,
        members=members,
        span=span,
    )


def _stated_type(text: str, span: Span) -> TypeText | None:
    """Return the type in a description such as "Must be an integer."; None without one."""
    match = _MUST_BE.search(text)
    return type_of_text(match["type"], (), span) if match and is_type(match["type"]) else None


def _with_values(text: TypeText | None, values: Sequence[str], span: Span) -> TypeText:
    """Return a type with its known values; of numbers they stay a constraint."""
    type_ = text.type if text else TypeDraft(name="", span=span)
    if type_.name.lower() not in ("", "string", "str", "enum"):
        return (
            replace(text, constraints={**text.constraints, "enum": list(values)})
            if text
            else TypeText(type_)
        )
    drafts = tuple(ValueDraft(name=value, span=span) for value in values)
    stated = text or TypeText(type_)
    return replace(stated, type=replace(type_, name="", values=drafts))


def as_field(member: Member, location: Location = "") -> FieldDraft:
    """Return the draft of a member."""
    text = member.type or TypeText(TypeDraft(name="", span=member.span))
    fields = tuple(as_field(inside) for inside in member.members)
    listed = text.type.repeated
    if fields and not listed and text.type.name.lower() in ("array", "list", "数组", "배열"):
        listed = True
    type_ = replace(text.type, fields=fields, repeated=listed) if fields else text.type
    is_parameter = location not in ("", "body")
    dropped = {"readOnly", "writeOnly"} if is_parameter else set()
    constraints = {k: v for k, v in member.constraints.items() if k not in dropped}
    return FieldDraft(
        name=member.name,
        type=type_,
        required=member.required,
        nullable=member.nullable,
        default=as_json(member.default),
        constraints=constraints,
        deprecated=member.deprecated,
        location=location,
        provenance=(("required", "unmarked-beside-optional"),) if member.is_unmarked else (),
        description=member.description,
        span=member.span,
    )
