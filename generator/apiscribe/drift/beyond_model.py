"""Lists what differs between two versions and the model has no place for, such as a go_package."""

from __future__ import annotations

from collections.abc import Iterator, Set

from apiscribe.drift.change import NotCompared
from apiscribe.drift.declarations import Declarations

# A reason names this many of the declarations that differ.
_MAX_NAMES = 3


def beyond_model(old: Declarations, new: Declarations) -> Iterator[NotCompared]:
    """Yield the facts that differ between parts that both versions have, sorted by name."""
    before, after = old.version.beyond_model, new.version.beyond_model
    if not old.version.is_protobuf or not new.version.is_protobuf:
        return
    for version in (old.version, new.version):
        if not version.beyond_model:  # not even a syntax
            yield NotCompared(fact="options", reason=f"{version.name}: its text alone was read")
            return
    common: Set[str] | None = None
    for fact in sorted(before.keys() | after.keys()):
        olds, news = before.get(fact, {}), after.get(fact, {})
        if olds == news:
            continue
        common = _symbols(old) & _symbols(new) if common is None else common
        differ = [
            symbol
            for symbol in sorted((olds.keys() | news.keys()) & common)
            if olds.get(symbol) != news.get(symbol)
        ]
        if differ:
            names = ", ".join(differ[:_MAX_NAMES])
            more = f" and {len(differ) - _MAX_NAMES} more" if len(differ) > _MAX_NAMES else ""
            reason = f"the model has no place for it, and it differs at {names}{more}"
            yield NotCompared(fact=fact, reason=reason)


def _symbols(declarations: Declarations) -> Set[str]:
    """Return the paths of the files and the full names of all declarations."""
    symbols = {file.path for file in declarations.version.api.files}
    for service in declarations.services.values():
        symbols |= {service.full_name, *(f"{service.full_name}.{m.name}" for m in service.methods)}
    for message in declarations.messages.values():
        name = message.full_name
        symbols |= {name, *(f"{name}.{field.name}" for field in message.fields)}
        symbols |= {f"{name}.{field.oneof}" for field in message.fields if field.oneof}
    for enum in declarations.enums.values():
        symbols |= {enum.full_name, *(f"{enum.full_name}.{v.name}" for v in enum.values)}
    return symbols
