"""The scopes of undeclared names: the qualifier of a name is a package or a message."""

from __future__ import annotations

from apiscribe.diagnostics.source import Span
from apiscribe.lower.declarations import Declaration
from apiscribe.lower.declared import Declared
from apiscribe.model.draft import MessageDraft, PageDraft


def full_scope(declared: Declared, scope: str, page: PageDraft) -> str:
    """Return the full name of the scope that a page writes before a name: its own package if there
    is none, or a message in it, or else a package.
    """
    if not scope:
        return page.package
    parts = page.package.split(".")
    around = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    inside = (f"{package}.{scope}" for package in around)
    known = next((name for name in inside if _is_message(declared, name)), scope)
    if known == scope and scope not in declared.messages and scope[0].isupper():
        return f"{page.package}.{scope}"
    return known


def _is_message(declared: Declared, full_name: str) -> bool:
    """Return whether a name is of a message: one that no page declares begins in upper case."""
    known = declared.messages.get(full_name)
    return known is not None and (
        not known.undeclared or full_name.rpartition(".")[2][:1].isupper()
    )


def message_around(
    declared: Declared, scope: str, page: PageDraft, span: Span
) -> Declaration | None:
    """Return the message that a full name of a scope means, or None if it is a package.

    A message has a name in upper case; if no page declares it, it is declared as incomplete.
    """
    if known := declared.messages.get(scope):
        return known
    head, _, name = scope.rpartition(".")
    if not name[:1].isupper() or declared.is_package(scope):
        return None
    around = message_around(declared, head, page, span)
    draft = MessageDraft(name=name, incomplete=True, span=span)
    inside, where = (around.package, around.page) if around else (head, page)
    declaration = Declaration(scope, inside, where, draft, undeclared=True)
    declared.add(declaration)
    return declaration
