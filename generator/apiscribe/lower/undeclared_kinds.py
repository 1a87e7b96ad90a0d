"""Decide whether an undeclared name is a message, an enum or neither, by its uses on the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from apiscribe.model.draft import FieldDraft, MessageDraft, PageDraft, TypeDraft
from apiscribe.model.names import words

UndeclaredAs = Literal["message", "enum", "value"]

# Words that end the names of enums in any API.
_ENUM_WORDS = frozenset(
    "State Status Type Kind Mode Level Scope Severity Priority Urgency Unit Granularity Format"
    " Direction Category Reason Phase Stage Visibility Strategy Order Operator Frequency".split()
)
_SHARE = 0.05  # of the declared messages: a word that ends so many of their names is of messages


class KindEvidence:
    """What the declarations of all pages say of names that none declares."""

    def __init__(self, pages: Sequence[PageDraft]) -> None:
        messages = [message for page in pages for message in page.messages]
        ends = Counter(_last_word(message.name) for message in messages)
        declared = {_last_word(enum.name) for page in pages for enum in page.enums}
        self._enum_words = _ENUM_WORDS | declared
        least = _SHARE * len(messages)
        often = {word for word, count in ends.items() if count >= least}
        self._message_words = often - self._enum_words
        self.lacks_pages = False

    def look_for_gaps(self, names: Iterable[str]) -> None:
        """Set `lacks_pages` if any of the undeclared names is that of a message."""
        self.lacks_pages = any(self.names_message(name) for name in names)

    def names_message(self, name: str) -> bool:
        """Return whether many declared messages have names that end like this one."""
        return _last_word(name) in self._message_words

    def names_enum(self, name: str) -> bool:
        """Return whether the name ends like those of enums do."""
        return _last_word(name) in self._enum_words


def undeclared_kind(
    type_: TypeDraft,
    page: PageDraft,
    owner: tuple[MessageDraft, FieldDraft] | None,
    shown: Sequence[object],
    evidence: KindEvidence,
) -> UndeclaredAs:
    """Undeclared types are messages if a method uses them as request or response, if their name
    includes a package or ends like those of many declared messages (…Info, …Request), if an example
    shows them as objects, or if the page lists the values of enums in place of their names. They
    are enums if their name ends like those of enums (…Status, …Type). Any other
    type is an enum if the pages declare all of their messages, and otherwise a JSON value, because
    it may be either.
    """
    if owner is None or page.lists_values or shown or "." in type_.name:
        return "message"
    if evidence.names_message(type_.name):
        return "message"
    return "enum" if evidence.names_enum(type_.name) or not evidence.lacks_pages else "value"


def _last_word(name: str) -> str:
    return words(name.rpartition(".")[2])[-1]
