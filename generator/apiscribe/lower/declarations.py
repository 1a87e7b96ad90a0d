"""Declarations with the pages that they are on."""

from __future__ import annotations

from dataclasses import dataclass

from apiscribe.model.draft import EnumDraft, MessageDraft, PageDraft


@dataclass(frozen=True)
class Declaration:
    """A message with its full name and the page that it is declared on.

    For an `undeclared` name that no page declares, `page` is the first page that uses it.
    """

    full_name: str
    package: str
    page: PageDraft
    draft: MessageDraft
    undeclared: bool = False


@dataclass(frozen=True, eq=False)
class NamedEnum:
    """A named enum, and the page that declares it, or the first one that uses it if none does."""

    page: PageDraft
    draft: EnumDraft
    undeclared: bool = False
