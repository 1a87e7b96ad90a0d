"""Markdown as running text."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from apiscribe.pages.blocks import Link, Markup, ParsedText
from apiscribe.pages.running_text import as_shown
from apiscribe.pages.type_arguments import begins_argument, closing_names


def _type_argument(state: StateInline, silent: bool) -> bool:
    """Read the `<` of a type argument as text: a rule for markdown-it."""
    if state.src[state.pos] != "<":
        return False
    if "closed" not in state.env:
        state.env["closed"] = closing_names(state.src)
    if not begins_argument(state.src, state.pos, state.env["closed"]):
        return False
    if not silent:
        state.pending += "<"
    state.pos += 1
    return True


def _only_breaks(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return "<br>" if _BREAK.match(tokens[index].content) else ""


def _text_of_image(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return html.escape(tokens[index].content)


def _link(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return "<u>" if tokens[index].nesting == 1 else "</u>"


def _renderer() -> MarkdownIt:
    """Return the parser, with rules for HTML without links, images and tags of the page."""
    parser = MarkdownIt("commonmark")
    parser.inline.ruler.before("html_inline", "type_argument", _type_argument)
    parser.add_render_rule("html_inline", _only_breaks)
    parser.add_render_rule("image", _text_of_image)
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("link_close", _link)
    return parser


_inline = _renderer()

# Words without markup; a `_` between letters is not markup.
_WORDS = r"(?:[^\\`*_\[\]<>&]++|(?<=[^\W_])_++(?=[^\W_]))"
_PLAIN = re.compile(rf"{_WORDS}*")
# Most other lines have only this markup: `code`, **name**, [name](target), [**name**](target).
# Neither the names nor the characters beside them change the meaning of a mark.
_WORD = r"[^\W_]++(?:_++[^\W_]++)*"
_NAME = rf"{_WORD}(?:[ ./-]++{_WORD})*"
_CODE = r"`(?P<code>[^`\s](?:[^`\n]*[^`\s])?)`(?!`)"
_BOLD = rf"(?<!\w)\*\*(?P<bold>{_NAME})\*\*(?![\w*])"
_LINK = (
    rf"(?<!!)\[(?P<stars>(?:\*\*)?)(?P<name>{_NAME})(?P=stars)\]"
    r"\((?P<target>[#/.A-Za-z0-9][#/.A-Za-z0-9_-]*)\)"
)
_PIECE = re.compile(rf"(?P<plain>{_WORDS}+)|{_CODE}|{_BOLD}|{_LINK}")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Tags that only arrange text. Others stay in a description: `<name>` may be a placeholder.
_LAYOUT_TAG = re.compile(r"</?(?:div|span|p|center)(?:\s[^<>]*)?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def _parse(text: str) -> ParsedText:
    """Parse the words and links of running text; the items of HTML lists are kept apart."""
    text = as_shown(text)
    if _PLAIN.fullmatch(text):
        return ParsedText(" ".join(text.split()))
    return _parse_pieces(text) or _parse_any(text)


def _parse_pieces(text: str) -> ParsedText | None:
    """Parse a text that has only simple markup; None if there is other markup."""
    words: list[str] = []
    links: list[Link] = []
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            return None
        at = piece.end()
        plain, code, bold, _, name, target = piece.groups("")
        words.append(plain or code or bold or name)
        if target:
            links.append(Link(" ".join(name.split()), target))
    return ParsedText(" ".join("".join(words).split()), tuple(links))


def _parse_any(text: str) -> ParsedText:
    """Parse a text by markdown-it."""
    words: list[str] = []
    links: list[Link] = []
    items: list[list[str]] = []
    into = words
    opened: list[tuple[int, str]] = []
    for token in _inline.parseInline(text)[0].children or []:
        match token.type:
            case "link_open":
                opened.append((len(into), str(token.attrs.get("href", ""))))
            case "link_close" if opened:
                start, target = opened.pop()
                links.append(Link(" ".join("".join(into[start:]).split()), target))
            case "softbreak" | "hardbreak":
                into.append("\n")
            case "html_inline":
                tag = token.content.lower()
                if tag.startswith("<li"):
                    into = []
                    items.append(into)
                elif tag.startswith(("</li", "</ul", "</ol")):
                    into = words
                into.append("\n" if tag.startswith("<br") else "")
            case _:
                into.append(token.content)
    texts = tuple(" ".join("".join(item).split()) for item in items)
    return ParsedText(" ".join("".join(words).split()), tuple(links), texts)


def _prose(text: str) -> str:
    """Return running text with its Markdown marks."""
    if _PLAIN.fullmatch(text):
        return text.strip()
    prose = _BREAK.sub("\n", _LAYOUT_TAG.sub("", _ESCAPE.sub(r"\1", text)))
    return html.unescape(prose).replace("\xa0", " ").strip()


def _html(text: str) -> str:
    return str(_inline.renderInline(as_shown(text)))


MARKDOWN = Markup(_parse, _prose, _html)
