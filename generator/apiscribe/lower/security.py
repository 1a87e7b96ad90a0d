"""The authentication of HTTP operations: what they state themselves, their pages, and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apiscribe.lower.operation_routes import shape
from apiscribe.model.draft import FactsDraft, OperationDraft, PageDraft, SecurityDraft
from apiscribe.model.facts import Requirement, SecurityScheme
from apiscribe.model.names import unique

_Requirements = tuple[Requirement, ...] | None


class Security:
    """The schemes of an API, by what identifies them; `of_api` holds for each method that states
    nothing, and has no page that states something.
    """

    def __init__(self, pages: Sequence[PageDraft], general: Sequence[FactsDraft]) -> None:
        self.schemes: dict[tuple[str, ...], SecurityScheme] = {}
        stated = [facts.security for facts in general if facts.security]
        operations = [operation for page in pages for operation in page.operations]
        self._some_state = any(o.security and o.security.required for o in operations)
        self._of_route = {shape(r): o.security for o in operations if o.security for r in o.routes}
        self._general = _joined(stated)
        self._of_page = {
            page.path: page.facts.security
            for page in pages
            if page.operations and page.facts and page.facts not in general
            if page.facts.security
        }
        drafts = [*stated, *self._of_page.values(), *(o.security for o in operations)]
        schemes = [one for d in drafts if d for together in d.alternatives for one in together]
        self._of_api = {_identity(s) for d in stated for a in d.alternatives for s in a}
        # A header of which a page states no more comes last: it may be another scheme.
        for scheme in sorted(schemes, key=_is_plain):
            self._add(scheme)
        self.of_api = self._applied(self._general)

    def of(self, operation: OperationDraft, page: PageDraft) -> _Requirements:
        """Return the alternatives of an operation; None if they are those of the API."""
        own, around = operation.security, self._of_page.get(page.path)
        # A table of routes on another page may state it.
        own = own or next(
            filter(None, (self._of_route.get(shape(r)) for r in operation.routes)), None
        )
        if own is None:
            result = self._applied(around) if around else None
        elif own.alternatives or own.required or own.optional:
            chosen = own if own.alternatives else around or self._general
            result = self._alternatives(chosen, own.scopes) or None
            result = (*result, {}) if result and own.optional else result
        else:
            result = ()
        return None if result == self.of_api else result

    def _applied(self, draft: SecurityDraft | None) -> _Requirements:
        """Return the alternatives of operations that state none.

        A page that does not write that all requests need authentication leaves it open, if some
        operations state that they do.
        """
        if not draft or not draft.required or (self._some_state and not draft.everywhere):
            return None
        return self._alternatives(draft, ())

    def _alternatives(
        self, draft: SecurityDraft | None, scopes: tuple[str, ...]
    ) -> tuple[Requirement, ...]:
        result: list[Requirement] = []
        for schemes in draft.alternatives if draft else ():
            known = [self.schemes[self._key(one)] for one in schemes]
            requirement = {s.name: scopes if s.kind in ("bearer", "oauth2") else () for s in known}
            if requirement not in result:
                result.append(requirement)
        return tuple(result)

    def _key(self, scheme: SecurityScheme) -> tuple[str, ...]:
        """Return what identifies a scheme.

        A header `Authorization` of which a page states no more is the scheme that the pages about
        the whole API state, or else all others.
        """
        key = _identity(scheme)
        if not _is_plain(scheme):
            return key
        for known in (self._of_api, self.schemes):
            same = [one for one in known if one[1:3] == key[1:3] and one != key]
            if len(same) == 1:
                return same[0]
        return key

    def _add(self, scheme: SecurityScheme) -> None:
        key = self._key(scheme)
        if key not in self.schemes:
            names = {known.name for known in self.schemes.values()}
            self.schemes[key] = replace(scheme, name=unique(scheme.name, names))
        elif scheme.description and not self.schemes[key].description:
            self.schemes[key] = replace(self.schemes[key], description=scheme.description)


def _identity(scheme: SecurityScheme) -> tuple[str, ...]:
    """Return what identifies a scheme; in the header `Authorization`, the scheme's name, too."""
    shared = scheme.carrier == ("header", "authorization")
    return (scheme.kind, *scheme.carrier, *([scheme.name] if shared else []))


def _is_plain(scheme: SecurityScheme) -> bool:
    return scheme.kind == "key" and scheme.name == "Authorization"


def _joined(drafts: Sequence[SecurityDraft]) -> SecurityDraft | None:
    """Return what several pages about the whole API state together."""
    if not drafts:
        return None
    return SecurityDraft(
        alternatives=tuple(one for draft in drafts for one in draft.alternatives),
        required=True if any(draft.required for draft in drafts) else None,
        everywhere=any(draft.everywhere for draft in drafts),
    )
