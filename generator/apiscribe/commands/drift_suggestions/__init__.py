"""Suggest what the pages lack: `apiscribe drift --suggest` and `--suggest-rows`.

Each suggestion is an overlay entry, or a row of a table. It is printed only if the change is gone
once the pages with it are compared again, and no other change appears.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from apiscribe.commands.drift_suggestions.edits import patch
from apiscribe.commands.drift_suggestions.overlay_entries import entries_for
from apiscribe.commands.drift_suggestions.page_rows import PageRows
from apiscribe.commands.drift_suggestions.reading_back import MAX_READINGS, ReadBack, Suggestion
from apiscribe.diagnostics.report import visible
from apiscribe.drift.change import Change, Drift
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.formats.presentation import path_of
from apiscribe.emit.suggestions import entry_text
from apiscribe.model.version import ApiVersion
from apiscribe.sources.spec_folder import load_spec


def suggested(
    result: Drift,
    old: ApiVersion,
    new: ApiVersion,
    compare: Callable[[ApiVersion], Drift],
    *,
    as_rows: bool,
) -> tuple[str, str]:
    """Return the suggestions for the changes, and a sentence about changes without one. `compare`
    compares pages with the new version.
    """
    spec = load_spec(Path(old.name))
    before = (*result.changes, *result.accepted)
    groups = list(_groups(result.changes, old, as_rows))
    read_back = ReadBack(spec, old.name, before, compare)
    kept = read_back.kept(groups)
    resolved = {change.fingerprint for suggestion in kept for change in suggestion.changes}
    left = [change for change in result.changes if change.fingerprint not in resolved]
    parts = _patch(kept, old) if as_rows else _overlay(kept, new)
    return "\n".join(parts), _sentence(left, as_rows, read_back.is_exhausted)


def _groups(
    changes: Sequence[Change], old: ApiVersion, as_rows: bool
) -> Iterator[list[Suggestion]]:
    """Yield the alternatives for each change, or for the changes of one enum together."""
    declarations = Declarations(old)
    declared = {"field": declarations.messages, "value": declarations.enums}
    together: dict[str, list[Change]] = {}
    for change in changes:
        if change.additions:
            first = change.additions[0]
            if first.part in declared and first.owner not in declared[first.part]:
                continue
            key = first.owner if first.part == "value" else change.fingerprint
            together.setdefault(key, []).append(change)
    rows = PageRows(declarations)
    for listed in together.values():
        additions = [addition for change in listed for addition in change.additions]
        if as_rows:
            edits = rows.edits_for(additions)
            yield [Suggestion(changes=tuple(listed), edits=each) for each in edits]
        else:
            entries = entries_for(additions, declarations)
            yield [Suggestion(changes=tuple(listed), entries=each) for each in entries]


def _overlay(suggestions: Sequence[Suggestion], new: ApiVersion) -> Iterator[str]:
    """Yield the entries, each set below the changes that it resolves."""
    for suggestion in suggestions:
        comments = [
            f"{f'{path_of(change.new, new)}:{change.new.line}: ' if change.new else ''}"
            f"{change.message}"
            for change in suggestion.changes
        ]
        first, *others = suggestion.entries
        yield "\n".join([entry_text(first, comments), *(entry_text(fix, ()) for fix in others)])


def _patch(suggestions: Sequence[Suggestion], old: ApiVersion) -> Iterator[str]:
    """Yield the pages' new rows as a patch, below the changes that they resolve."""
    if not suggestions:
        return
    messages = [visible(change.message) for each in suggestions for change in each.changes]
    listed = "".join(f"# {message}\n" for message in messages)
    yield f"{listed}# apply with: patch -p1 -d {old.folder or '.'}\n"
    yield from patch(old.texts, [edit for each in suggestions for edit in each.edits])


def _sentence(left: Sequence[Change], as_rows: bool, is_exhausted: bool) -> str:
    """Return how many changes have no suggestion, by kind; empty if all have one."""
    if not left:
        return ""
    kinds = Counter(change.kind for change in left)
    listed = ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items()))
    what = "row" if as_rows else "overlay entry"
    changes = f"{len(left)} change{'s'[: len(left) != 1]}"
    untried = f"; some were not tried, after {MAX_READINGS} readings of the pages"
    return f"no {what} resolves {changes}: {listed}{untried if is_exhausted else ''}"
