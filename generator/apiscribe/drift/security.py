"""Compares the authentication that two versions require."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apiscribe.diagnostics.source import Span
from apiscribe.drift.change import Grade
from apiscribe.drift.change_list import Changes
from apiscribe.drift.pairing import Pairs
from apiscribe.model.api import Api, Method
from apiscribe.model.facts import Requirement

# The alternatives of authentication: what identifies each scheme, and its scopes.
_Alternatives = frozenset[frozenset[tuple[str, ...]]]


def compare_security(changes: Changes, pairs: Pairs) -> None:
    """Report that the API, or a method with authentication of its own, requires another one."""
    old, new = changes.old.version.api, changes.new.version.api
    before, after = old.facts.security, new.facts.security
    whole = _alternatives(old, before), _alternatives(new, after)
    if whole[0] != whole[1] and before is not None and after is not None:
        symbol = next(iter(old.services()))[1].full_name.rpartition(".")[0] or old.name
        _report("the API", symbol, before, after, (_span(old), _span(new)), changes)
    for old_name, new_name in pairs.services.items():
        services = changes.old.services[old_name], changes.new.services[new_name]
        methods = {method.name: method for method in services[1].methods}
        for method in services[0].methods:
            other = methods.get(pairs.methods[old_name].get(method.name, ""))
            if other and (method.security is not None or other.security is not None):
                _compare(f"{old_name}.{method.name}", method, other, new_name, changes)


def _compare(symbol: str, old: Method, new: Method, new_name: str, changes: Changes) -> None:
    apis = changes.old.version.api, changes.new.version.api
    before = apis[0].facts.security if old.security is None else old.security
    after = apis[1].facts.security if new.security is None else new.security
    if _alternatives(apis[0], before) == _alternatives(apis[1], after):
        return
    if not changes.both_know_attribute("authentication", symbol.rpartition(".")[0], new_name):
        return
    if before is not None and after is not None:
        _report(old.name, symbol, before, after, (old.span, new.span), changes)


def _report(
    what: str,
    symbol: str,
    before: Sequence[Requirement],
    after: Sequence[Requirement],
    spans: tuple[Span | None, Span | None],
    changes: Changes,
) -> None:
    message = f"the authentication of {what} changed from {_text(before)} to {_text(after)}"
    apis = changes.old.version.api, changes.new.version.api
    old, new = _alternatives(apis[0], before), _alternatives(apis[1], after)
    is_pages = changes.old.version.is_pages, changes.new.version.is_pages
    if is_pages[0] != is_pages[1] and old and new and frozenset() in old & new:
        return  # pages state that no credentials are needed, and a document what else is accepted
    # Credentials that contain those of a new alternative are still accepted.
    is_safe = old and new and all(any(now <= was for now in new) for was in old)
    grade: Grade = "safe" if is_safe else "wire"
    changes.add("authentication-changed", symbol, message, *spans, grade=grade)


def _alternatives(api: Api, stated: Sequence[Requirement] | None) -> _Alternatives | None:
    """Return alternatives without the names of schemes, which two sources choose differently."""
    if stated is None:
        return None
    kinds = {s.name: ("" if s.kind == "oauth2" else s.kind, *s.carrier) for s in api.facts.schemes}
    return frozenset(
        frozenset((*kinds.get(name, (name,)), *sorted(scopes)) for name, scopes in one.items())
        for one in (stated or [{}])
    )


def _text(alternatives: Iterable[Requirement]) -> str:
    texts = [" and ".join(map(_scheme, one.items())) or "none" for one in alternatives]
    return " or ".join(texts) or "none"


def _scheme(entry: tuple[str, tuple[str, ...]]) -> str:
    name, scopes = entry
    return f"{name} ({', '.join(scopes)})" if scopes else name


def _span(api: Api) -> Span | None:
    return api.facts.schemes[0].span if api.facts.schemes else None
