"""The identifiers of the fields of a message, and of the methods of a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.lower.inference import snake_of_json
from apiscribe.lower.naming import Naming
from apiscribe.model.draft import FieldDraft, MethodDraft, PageDraft
from apiscribe.model.lock import NameKind
from apiscribe.model.names import identifier, is_identifier, proto_json, unique


def field_identifiers(
    owner: str, fields: Sequence[FieldDraft], naming: Naming, page: PageDraft
) -> list[str]:
    """Return the identifiers of a message's fields; no two may be equal, nor equal in ProtoJSON."""
    wanted = [snake_of_json(f.name) if page.json_names else f.name for f in fields]
    names = [(f.name, name, f.span) for f, name in zip(fields, wanted, strict=True)]
    return _identifiers(
        owner,
        "fields",
        names,
        naming,
        lambda name: proto_json(name).lower(),
        page.dialect == "http",
    )


def method_identifiers(owner: str, methods: Sequence[MethodDraft], naming: Naming) -> list[str]:
    """Return the identifiers of a service's methods; no two may be equal."""
    names = [(method.name, method.name, method.span) for method in methods]
    return _identifiers(owner, "methods", names, naming, str)


def _identifiers(
    owner: str,
    kind: NameKind,
    documented: Sequence[tuple[str, str, Span]],
    naming: Naming,
    compared: Callable[[str], str],
    in_http: bool = False,
) -> list[str]:
    """Return the identifiers of names. Names in the lock come first, then those that are
    identifiers on the pages. Each name has the wanted one beside it.
    """
    known = [naming.known(owner, kind, name) for name, _, _ in documented]
    order = sorted(
        range(len(documented)), key=lambda at: (not known[at], not is_identifier(documented[at][0]))
    )
    names: dict[int, str] = {}
    taken: set[str] = set()
    blocked = {*naming.claimed(owner)}
    apart: set[str] = set()
    kept: set[str] = set()
    for at in order:
        (name, wanted, span), used = documented[at], known[at]
        if not used or used in taken:
            used = unique(identifier(wanted), blocked)
        while compared(used) in apart:
            used = unique(f"{used}_2", blocked)
        names[at] = used
        taken.add(used)
        blocked.add(used)
        apart.add(compared(used))
        if name not in kept:
            naming.keep(owner, kind, name, used)
        kept.add(name)
        naming.report(kind, name, used, span, in_http=in_http)
    return [names[at] for at in range(len(documented))]
