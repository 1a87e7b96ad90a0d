"""Blocks: what a page is made of, whatever format it was written in.

The waist of the reader. A pipe table and an HTML table are one `Table`; the dialects, which see
only blocks, do not know which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from apiscribe.diagnostics.source import Source, Span


@dataclass(frozen=True)
class Link:
    """A link in running text."""

    text: str
    target: str


@dataclass(frozen=True)
class Compilation:
    """Running text, read: `text` without markup and without its lists; `items` are the lists'."""

    text: str
    links: tuple[Link, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Markup:
    """A language that running text is written in: how its words are read, and how its prose.

    Most text is asked for one of the two.
    """

    read: Callable[[str], Compilation]
    prose: Callable[[str], str]


@dataclass(frozen=True)
class Inline:
    """Running text as written; it is parsed when somebody asks for what is in it."""

    source: str
    span: Span = field(compare=False)
    markup: Markup = field(compare=False, repr=False)

    @cached_property
    def reading(self) -> Compilation:
        """The text, links and list items."""
        return self.markup.read(self.source)

    @property
    def text(self) -> str:
        """The words, without markup; blanks folded."""
        return self.reading.text

    @property
    def prose(self) -> str:
        """The words as a description keeps them: Markdown marks stay, escapes and tags go."""
        return self.markup.prose(self.source)


@dataclass(frozen=True)
class Heading:
    """A heading; `level` from 1 to 6."""

    level: int
    inline: Inline
    span: Span = field(compare=False)


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
    """A list; each item is blocks in turn."""

    items: tuple[Item, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Item:
    """One item of a list."""

    blocks: tuple[Block, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Row:
    """One row of a table, with every cell that it was written with, be they too few or too many.

    `tail` is text behind the last `|` of a pipe table whose rows end with one: no cell.
    """

    cells: tuple[Inline, ...]
    span: Span = field(compare=False)
    tail: str = ""


@dataclass(frozen=True)
class Table:
    """A table; `header` is its first row, `stray` the text that stands in no cell of it."""

    header: Row
    rows: tuple[Row, ...]
    span: Span = field(compare=False)
    stray: str = ""


@dataclass(frozen=True)
class Code:
    """Text that is not to be read as markup; `language` is what its fence says, or nothing."""

    language: str
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Shortcode:
    """A Hugo `{{< name … >}}` or GitBook `{% name … %}`; `opens` is false for its closing twin."""

    name: str
    argument: str
    opens: bool
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Html:
    """HTML that is neither a table nor inside a paragraph."""

    text: str
    inline: Inline
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    span: Span = field(compare=False)


Block = Heading | Paragraph | Quote | Bullets | Table | Code | Shortcode | Html | Rule


@dataclass(frozen=True)
class FrontMatter:
    """What stands before the text between two `---`: its entries, and the line of each."""

    values: Mapping[str, str]
    spans: Mapping[str, Span]


@dataclass(frozen=True)
class Page:
    """A page: its front matter and its blocks in order; `lost` are the lines, sorted, that are
    nested too deep to be read.
    """

    source: Source
    front_matter: FrontMatter
    blocks: tuple[Block, ...]
    lost: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        """The page's path, relative to the spec's folder."""
        return self.source.path
