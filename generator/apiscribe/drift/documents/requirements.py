"""Compares what callers must show: the security schemes that documents and operations require."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apiscribe.drift.change import Grade
from apiscribe.drift.documents.findings import Findings
from apiscribe.drift.documents.operations import Operation
from apiscribe.drift.documents.schema_view import canonical
from apiscribe.model.openapi_document import Document, Node

# Each alternative: what identifies its schemes, with the scopes that it needs of each.
_Alternatives = tuple[Mapping[str, frozenset[str]], ...]


def compare_requirements(
    findings: Findings,
    documents: tuple[Document, Document],
    pairs: Sequence[tuple[Operation, Operation]],
) -> None:
    """Report changed security requirements of the API, and of operations with their own."""
    roots = [document.root for document in documents]
    whole = [root.get("security") for root in roots]
    texts = [_alternatives(root, part) for root, part in zip(roots, whole, strict=True)]
    states = [_states_any(document) for document in documents]
    is_renamed = _text(whole[0]) != _text(whole[1]) or not _are_declared(roots, whole[0])
    if not _is_same(*texts) and is_renamed:
        first, second = (part or root for part, root in zip(whole, roots, strict=True))
        grade = _grade(texts[0], texts[1], states)
        message = (
            f"the authentication of the API changed from {_text(whole[0])} to {_text(whole[1])}"
        )
        findings.add("authentication-changed", message, first, second, grade, symbol="security")
    for old, new in pairs:
        own = old.node.get("security"), new.node.get("security")
        if own == (None, None):
            continue
        before, after = (part or every for part, every in zip(own, whole, strict=True))
        stated = _alternatives(roots[0], before), _alternatives(roots[1], after)
        if _is_same(*stated) or (_text(before) == _text(after) and _are_declared(roots, before)):
            continue  # a scheme that is another one is reported by itself
        message = f"the authentication changed from {_text(before)} to {_text(after)}"
        grade = _grade(*stated, states)
        findings.add("authentication-changed", message, old.node, new.node, grade, common=message)
    _compare_schemes(findings, *roots)


def _compare_schemes(findings: Findings, old: Node, new: Node) -> None:
    """Report a scheme that keeps its name but is another one.

    An added or removed scheme matters only through the requirements.
    """
    before, after = (_schemes(root) for root in (old, new))
    used = set(_required(old)) & set(_required(new))
    for name in sorted(before.keys() ^ after.keys()):
        findings.skip("securitySchemes", (before | after)[name])  # its requirements are compared
    for name in sorted(before.keys() & after.keys() & used):
        if _identity(before[name]) != _identity(after[name]):
            message = f"the security scheme {name} changed"
            findings.add("authentication-changed", message, before[name], after[name])
        elif before[name].value != after[name].value:
            findings.skip("securitySchemes", before[name])


def _are_declared(roots: Sequence[Node], stated: Node | None) -> bool:
    """Return whether both documents declare all schemes of a requirement."""
    listed = stated.value if stated and isinstance(stated.value, list) else []
    names = {str(name) for one in listed if isinstance(one, dict) for name in one}
    return all(names <= _schemes(root).keys() for root in roots)


def _states_any(document: Document) -> bool:
    """Return whether a document states what callers need.

    A document that declares schemes and requires none of them does not.
    """
    root = document.root
    declares = bool(_schemes(root))
    return not declares or next(_required(root), None) is not None or _is_open(root)


def _is_open(root: Node) -> bool:
    """Return whether a document states an empty requirement."""
    parts = [root, *(op for item in root.parts("paths").values() for op in item.members().values())]
    return any(isinstance(p.value, dict) and "security" in p.value for p in parts)


def _required(root: Node) -> Iterator[str]:
    """Yield the names of the schemes that a document requires."""
    parts = [root, *(op for item in root.parts("paths").values() for op in item.members().values())]
    for part in parts:
        for one in part.parts("security").values():
            if isinstance(one.value, dict):
                yield from map(str, one.value)


def _schemes(root: Node) -> dict[str, Node]:
    components = root.get("components")
    return components.parts("securitySchemes") if components else {}


def _alternatives(root: Node, stated: Node | None) -> _Alternatives:
    schemes = _schemes(root)
    listed = stated.value if stated and isinstance(stated.value, list) else []
    result = []
    for one in listed:
        if isinstance(one, dict):
            result.append(
                {
                    _identity(schemes[name]) if name in schemes else str(name): frozenset(
                        map(str, scopes if isinstance(scopes, list) else ())
                    )
                    for name, scopes in one.items()
                }
            )
    return tuple(result)


def _identity(scheme: Node) -> str:
    """Return what callers see of a scheme: its kind and the place of its credentials."""
    value = scheme.value if isinstance(scheme.value, dict) else {}
    kind = str(value.get("type"))
    if kind == "apiKey":
        name = str(value.get("name"))
        return f"key {value.get('in')} {name.lower() if value.get('in') == 'header' else name}"
    if kind == "http":
        return f"http {str(value.get('scheme')).lower()}"
    flows = scheme.get("flows")
    return f"{kind} {sorted(flows.members()) if flows else canonical(scheme)}"


def _grade(old: _Alternatives, new: _Alternatives, states: Sequence[bool]) -> Grade:
    """Return `safe` if each way to authenticate is still accepted, else `wire`.

    The grade is `docs` if one of the documents does not state what callers need.
    """
    before, after = old or ({},), new or ({},)
    if all(any(_accepts(now, was) for now in after) for was in before):
        return "safe"
    return "wire" if all(states) else "docs"


def _is_same(old: _Alternatives, new: _Alternatives) -> bool:
    return _unordered(old) == _unordered(new)


def _unordered(alternatives: _Alternatives) -> frozenset[frozenset[tuple[str, frozenset[str]]]]:
    return frozenset(frozenset(one.items()) for one in alternatives or ({},))


def _accepts(needed: Mapping[str, frozenset[str]], shown: Mapping[str, frozenset[str]]) -> bool:
    return all(name in shown and scopes <= shown[name] for name, scopes in needed.items())


def _text(stated: Node | None) -> str:
    listed = stated.value if stated and isinstance(stated.value, list) else []
    texts = []
    for one in listed:
        if isinstance(one, dict):
            schemes = [
                f"{name} ({', '.join(map(str, scopes))})" if scopes else str(name)
                for name, scopes in one.items()
            ]
            texts.append(" and ".join(schemes) or "none")
    return " or ".join(texts) or "none"
