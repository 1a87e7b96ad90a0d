"""Blocks: the content of a page, independent of its format.

Dialects see only blocks, so a dialect works for every format: a pipe table and an HTML table are
both a `Table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from apiscribe.diagnostics.source import Source, Span


@dataclass(frozen=True)
class Link:
    """A link in running text."""

    text: str
    target: str


@dataclass(frozen=True)
class ParsedText:
    """Parsed running text: `text` without markup and lists, and the `items` of its lists.

    `lines` are the texts of the blocks inside, such as the `<div>` of a cell; empty without any.
    """

    text: str
    links: tuple[Link, ...] = ()
    items: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Markup:
    """A markup language: `parse` reads running text, `prose` returns it as a description, and
    `html` as safe HTML, which has no links, images or scripts.

    Most texts need only one of the three.
    """

    parse: Callable[[str], ParsedText]
    prose: Callable[[str], str]
    html: Callable[[str], str]


@dataclass(frozen=True)
class Inline:
    """Running text as written; it is parsed on first access."""

    source: str
    span: Span = field(compare=False)
    markup: Markup = field(compare=False, repr=False)

    @cached_property
    def parsed(self) -> ParsedText:
        """The text, links and list items."""
        return self.markup.parse(self.source)

    @property
    def text(self) -> str:
        """The words without markup, with whitespace collapsed."""
        return self.parsed.text

    @property
    def prose(self) -> str:
        """The text as a description: Markdown marks stay, escapes and tags are removed."""
        return self.markup.prose(self.source)

    @property
    def html(self) -> str:
        """The text as safe HTML: emphasis, code and line breaks, with links as plain text."""
        return self.markup.html(self.source)


@dataclass(frozen=True)
class Heading:
    """A heading; `level` is 1 to 6, `anchors` are the names under which links find it."""

    level: int
    inline: Inline
    span: Span = field(compare=False)
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    inline: Inline
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Quote:
    """A block quote."""

    blocks: tuple[Block, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Bullets:
    """A list; each item holds blocks."""

    items: tuple[Item, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Item:
    """One item of a list."""

    blocks: tuple[Block, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Definitions:
    """A definition list."""

    items: tuple[Definition, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Definition:
    """A term, and the text below it that begins with a colon."""

    term: Inline
    text: Inline
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Row:
    """One row of a table with all its cells, even if they are too few or too many.

    `tail` is text after the closing `|` of a row of a pipe table; it is not a cell. `anchors` are
    the names under which links find a row, and `classes` those of its style. `spans`: one cell
    takes all columns, as a heading among the rows does.
    """

    cells: tuple[Inline, ...]
    span: Span = field(compare=False)
    tail: str = ""
    anchors: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    spans: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `header` is its first row, `stray` is the text outside of its cells."""

    header: Row
    rows: tuple[Row, ...]
    span: Span = field(compare=False)
    stray: str = ""


@dataclass(frozen=True)
class Code:
    """Text that is not markup; `language` is the first word of its fence's info string, and `info`
    the others.
    """

    language: str
    text: str
    span: Span = field(compare=False)
    info: str = ""


@dataclass(frozen=True)
class Component:
    """A tag of MDX `<Name …>`, a shortcode of Hugo `{{< name … >}}` or of GitBook `{% name … %}`.

    `opens` is false for a closing one, and `closed` true for `<Name … />`. `argument` is the text
    after the name, from which `attributes` are read: an attribute without a value is `true`.
    """

    name: str
    argument: str
    opens: bool
    span: Span = field(compare=False)
    attributes: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False


@dataclass(frozen=True)
class Html:
    """HTML outside of tables and paragraphs."""

    text: str
    inline: Inline
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Rule:
    """A horizontal rule."""

    span: Span = field(compare=False)


Block = Heading | Paragraph | Quote | Bullets | Definitions | Table | Code | Component | Html | Rule


@dataclass(frozen=True)
class FrontMatter:
    """The entries between two `---` at the top of a page, and the line of each entry."""

    values: Mapping[str, str]
    spans: Mapping[str, Span]


@dataclass(frozen=True)
class Page:
    """A page: its front matter and its blocks in order.

    `lost` are the numbers of the lines that are nested too deep to be read, sorted.
    """

    source: Source
    front_matter: FrontMatter
    blocks: tuple[Block, ...]
    lost: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        """The page's path, relative to the spec's folder."""
        return self.source.path

    def all_blocks(self) -> Iterator[Block]:
        """Yield the blocks in order, each before its own: those of quotes, and of lists."""
        return _with_inner(self.blocks)


def _with_inner(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        match block:
            case Quote():
                yield from _with_inner(block.blocks)
            case Bullets():
                for item in block.items:
                    yield from _with_inner(item.blocks)
