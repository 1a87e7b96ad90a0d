"""The places where pages write an operation: an HTTP method and a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apiscribe.diagnostics.source import Span
from apiscribe.dialects.http.attribute_places import in_component, in_front_matter, in_title
from apiscribe.dialects.http.curl import is_json
from apiscribe.dialects.http.hits import (
    BULLET,
    HEADING,
    LABELLED,
    LINE,
    PROSE,
    ROW,
    Hit,
    of_text,
)
from apiscribe.dialects.http.item_sections import VERB_ALONE
from apiscribe.dialects.http.labelled_places import VERB, LabelledLines, path_alone, vertical_route
from apiscribe.dialects.http.named_paths import base_of
from apiscribe.dialects.http.parts import Part, clean, label_of, lines_of
from apiscribe.dialects.http.routes import (
    VERBS,
    RouteText,
    code_routes,
    find_path,
    find_routes,
    is_of_others,
    is_path,
    read_path,
)
from apiscribe.dialects.http.words import column, read_label
from apiscribe.pages.blocks import (
    Bullets,
    Code,
    Component,
    FrontMatter,
    Heading,
    Inline,
    Paragraph,
    Row,
    Table,
)

# Text before a verb: a number, or words that end with a colon.
_BEFORE = re.compile(r"\W*(?:\d[\d.]*\W*)?(?:\w[^:：]{0,40}[:：—–-])?[\W_]*")
# API Blueprint: `## Questions [/questions{?page}]`, and below it `### List [GET]`.
_BRACKET_PATH = re.compile(r"\[(?P<path>/[^\]\s]*)\]\s*$")
_BRACKET_VERB = re.compile(rf"(?P<title>.*\S)\s*\[({'|'.join(sorted(VERBS))})\]")
_MESSAGE = re.compile(r"\sHTTP/[\d.]+\s*$")  # the first line of a request


def find_hits(parts: Sequence[Part], front_matter: FrontMatter, first: Span) -> list[Hit]:
    """Return all operations on a page, in order."""
    hits = list(in_front_matter(front_matter, first))
    base = ""  # of paths that end with the name of a method
    labelled = LabelledLines()
    headings: list[tuple[int, str]] = []  # of the sections around: level and path
    alone = ""  # the path that a paragraph below the last heading is
    for index, part in enumerate(parts):
        block = part.block
        match block:
            case Heading():
                alone, text = "", clean(block.inline).text
                headings = [(n, path) for n, path in headings if n < block.level]
                found = list(_in_heading(text, block, index, headings))
                inside = _BRACKET_PATH.search(text)
                if is_path(text) or (inside and not found):
                    path = inside["path"] if inside else text.strip(" `*")
                    headings.append((block.level, path))
                if read_label(text).part not in ("url", "verb") or found:
                    labelled = LabelledLines(base)
                hits += found
            case Paragraph():
                alone = path_alone(parts, index) or alone
                base = base_of(clean(block.inline).source) or base
                verb = VERB.fullmatch(clean(block.inline).text)
                if verb and (path := path_alone(parts, index + 1)):
                    hits += of_text(verb[1], path, LABELLED, index, block.span)
                elif verb and headings and not labelled.waits:
                    hits += of_text(verb[1], headings[-1][1], LABELLED, index, block.span)
                else:
                    hits += _in_paragraph(block, index)
            case Code():
                sample = index > 0 and _heads_example(parts[index - 1])
                hits += (
                    replace(hit, sample=hit.sample or sample) for hit in _in_code(block, index)
                )
            case Bullets():
                hits += _in_bullets(block, index)
                hits += _verbs_in_bullets(block, index, alone or (headings or [(0, "")])[-1][1])
            case Table():
                hits += _in_table(block, index)
            case Component(opens=True):
                hits += in_component(parts, block, index)
                hits += in_title(block, index)
            case _:
                pass
        if route := labelled.read(part):
            hits.append(Hit(route=route, weight=LABELLED, index=index, span=block.span))
    return [hit for hit in hits if not is_of_others(hit.route)]


def _heads_example(part: Part) -> bool:
    """Return whether a part is a heading or a label that an example is below."""
    match part.block:
        case Heading(inline=inline):
            label = read_label(clean(inline).text)
            return label.part == "example" and not label.subject
        case _:
            label_ = label_of(part)
            return label_ is not None and label_.part == "example"


def _in_heading(
    text: str, block: Heading, index: int, around: Sequence[tuple[int, str]]
) -> Iterator[Hit]:
    for route in find_routes(text):
        if route.path == "/" and re.match(r"\s\w", text[route.end :]):
            continue  # "POST / Place an order": a slash between words
        if text[route.start :][: len(route.verb)].isupper() or _is_marked(block.inline, route):
            words = f"{text[: route.start]} {text[route.end :]}".strip(" -–—:()[]%")
            yield Hit(route=route, weight=HEADING, index=index, words=words, span=block.span)
    verb = VERB.fullmatch(text) or _BRACKET_VERB.fullmatch(text)
    if verb and around:
        for hit in of_text(verb[verb.lastindex or 1], around[-1][1], HEADING, index, block.span):
            yield replace(hit, words=verb.groupdict().get("title") or "")


def _in_paragraph(block: Paragraph, index: int) -> Iterator[Hit]:
    for number, line in enumerate(lines_of(block.inline)):
        text = line.text
        for route in find_routes(text):
            if not _BEFORE.fullmatch(text[: route.start]) or not _is_verb(text, line, route):
                continue
            rest = text[route.end :].strip(" `*")
            prose = re.match(r"\w", rest) and not rest.startswith("HTTP/")
            at = block.span.line + number
            span = replace(
                block.span, line=min(at, block.span.end_line), end_line=min(at, block.span.end_line)
            )
            yield Hit(
                route=route,
                weight=PROSE if prose else LINE,
                index=index,
                item=number,
                words=rest,
                span=span,
            )


def _is_verb(text: str, line: Inline, route: RouteText) -> bool:
    """Return whether the verb is in capitals or marked: `get` is also a word."""
    written = text[route.start :].lstrip("[(")
    return written[: len(route.verb)].isupper() or _is_marked(line, route)


def _is_marked(inline: Inline, route: RouteText) -> bool:
    return re.search(rf"(?:\*\*|`|__|>){route.verb}\b", inline.source, re.IGNORECASE) is not None


def _in_code(block: Code, index: int) -> Iterator[Hit]:
    lines = [line for line in block.text.split("\n") if line.strip()]
    info = re.split(r"[\s=\"'{},]+", f"{block.language} {block.info}")
    verb = next((word for word in info if word in VERBS), "")
    if verb and lines and is_path(lines[0].strip()):
        yield from of_text(verb, lines[0].strip(), LINE, index, block.span)
        return
    for route in find_routes(block.info):
        yield Hit(route=route, weight=LINE, index=index, span=block.span)
    for number, line in enumerate(lines):
        routes = list(code_routes(line))
        if not routes:
            return
        sample = block.language == "console" or _MESSAGE.search(line) is not None
        for route in routes:
            yield Hit(
                route=route, weight=LINE, index=index, item=number, sample=sample, span=block.span
            )


def _in_bullets(block: Bullets, index: int) -> Iterator[Hit]:
    for number, item in enumerate(block.items):
        head = item.blocks[0] if item.blocks else None
        if not isinstance(head, Paragraph):
            continue
        line = lines_of(head.inline)[0]
        text, links = line.text, line.parsed.links
        for route in find_routes(text):
            if _BEFORE.fullmatch(text[: route.start]) and _is_verb(text, line, route):
                words = text[route.end :].strip(" `*:—–-")
                target = links[0].target if links else ""
                yield Hit(
                    route=route,
                    weight=BULLET,
                    index=index,
                    item=number,
                    words=words,
                    target=target,
                    span=item.span,
                )


def _verbs_in_bullets(block: Bullets, index: int, path: str) -> Iterator[Hit]:
    """Yield the operations of bullets that begin with a verb each, below a path: `/feeders` and
    below it "`GET` returns …", "`POST` creates …".
    """
    heads = [item.blocks[0] for item in block.items if item.blocks]
    texts = [lines_of(head.inline)[0].text for head in heads if isinstance(head, Paragraph)]
    verbs = [match for text in texts if (match := VERB_ALONE.match(text))]
    if not path or len(verbs) < len(block.items):
        return
    for number, (match, item) in enumerate(zip(verbs, block.items, strict=True)):
        words = match.string[match.end() :].strip()
        for hit in of_text(match[1], path, BULLET, index, item.span):
            yield replace(hit, item=number, words=words)


def _in_table(block: Table, index: int) -> Iterator[Hit]:
    roles = [column(clean(cell).text) for cell in block.header.cells]
    if len(block.header.cells) == 2 and (pair := vertical_route(block)):
        yield from of_text(*pair, LABELLED, index, block.span)
        return
    if "verb" not in roles or "path" not in roles:
        roles = _by_content(block, roles)
    for number, row in enumerate((block.header, *block.rows)):
        for hit in _in_row(row, roles, index, number - 1):
            bodies = _bodies(block, row)
            yield replace(hit, sent=bodies.get("sent", ""), got=bodies.get("got", ""))


def _bodies(block: Table, row: Row) -> dict[str, str]:
    """Return the bodies in the cells of a row, by the labels of their columns."""
    bodies: dict[str, str] = {}
    for header, cell in zip(block.header.cells, row.cells, strict=False):
        text = re.sub(r"<br\s*/?>", "\n", clean(cell).source).strip(" `")
        label = read_label(clean(header).text)
        if is_json(text):
            answers = label.direction == "response"
            bodies["got" if answers else "sent"] = text
    return bodies


def _by_content(block: Table, roles: list[str]) -> list[str]:
    """Return the roles of columns, with those of verbs and paths found by their cells."""
    rows = block.rows or (block.header,)
    for at in range(len(roles)):
        cells = [clean(row.cells[at]).text for row in rows if len(row.cells) > at]
        if cells and all(VERB.fullmatch(cell) for cell in cells):
            roles[at] = "verb"
        elif cells and all(is_path(cell) for cell in cells) and "path" not in roles:
            roles[at] = "path"
    return roles


def _in_row(row: Row, roles: list[str], index: int, number: int) -> Iterator[Hit]:
    cells = dict(zip(roles, row.cells, strict=False))
    links = [link for cell in row.cells for link in clean(cell).parsed.links]
    described = clean(cells["description"]).text if "description" in cells else ""
    security = clean(cells["security"]).text if "security" in cells else ""
    target = links[0].target if links else ""
    routes: list[RouteText] = []
    if "verb" in cells and "path" in cells:
        path = find_path(clean(cells["path"]).text)
        for verb in re.findall("|".join(VERBS), clean(cells["verb"]).text.upper()):
            routes += filter(None, [read_path(verb, path)] if path else [])
    else:
        for cell in row.cells:
            text = clean(cell).text
            routes += [r for r in find_routes(text) if not re.search(r"\w", text[: r.start])]
    for route in routes:
        named = next((link.text for link in links if re.fullmatch(r"[A-Za-z]\w+", link.text)), "")
        yield Hit(
            route=route,
            weight=ROW,
            index=index,
            item=number,
            words=described,
            name=named,
            target=target,
            security=security,
            span=row.span,
        )
