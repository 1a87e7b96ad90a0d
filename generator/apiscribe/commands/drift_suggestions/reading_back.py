"""Which suggestions are right: with them, the pages are read and compared again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from apiscribe.commands.drift_suggestions.edits import Edit, edited
from apiscribe.diagnostics.codes.overlay import malformed_overlay
from apiscribe.diagnostics.report import Fix, Report
from apiscribe.diagnostics.source import Sources
from apiscribe.drift.change import Change, Drift
from apiscribe.emit.suggestions import entry_text
from apiscribe.model.overlay import Overlay
from apiscribe.model.version import ApiVersion
from apiscribe.sources.compilation import compile_spec
from apiscribe.sources.spec_files import OVERLAY_FILE
from apiscribe.sources.spec_folder import Spec
from apiscribe.sources.spec_version import version_of_compilation
from apiscribe.sources.toml_file import read_toml

# So often are the pages read: many suggestions that do not hold need many readings.
MAX_READINGS = 40


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What may resolve changes: entries of the overlay, or edits of pages."""

    changes: tuple[Change, ...]
    entries: tuple[Fix, ...] = ()
    edits: tuple[Edit, ...] = ()


class ReadBack:
    """Compares the pages with suggestions, and keeps those that resolve their changes and add
    none.
    """

    def __init__(
        self,
        spec: Spec,
        name: str,
        before: Sequence[Change],
        compare: Callable[[ApiVersion], Drift],
    ) -> None:
        self._spec, self._name, self._compare = spec, name, compare
        self._before = {change.fingerprint for change in before}
        self._readings = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether suggestions were left out untried, because the pages were read often enough."""
        return self._readings > MAX_READINGS

    def kept(self, alternatives: Sequence[Sequence[Suggestion]]) -> list[Suggestion]:
        """Return the suggestions that hold together, at most one of each group."""
        return self._kept([], [group for group in alternatives if group])

    def _kept(
        self, known: list[Suggestion], groups: Sequence[Sequence[Suggestion]]
    ) -> list[Suggestion]:
        if not groups:
            return known
        together = [*known, *(group[0] for group in groups)]
        if (after := self._after(together)) is not None and after <= self._before:
            done = [after.isdisjoint(_resolved(group[0])) for group in groups]
            if all(done):
                return together
            # Those that left their changes have other alternatives, or none.
            tried = [g if is_done else g[1:] for g, is_done in zip(groups, done, strict=True)]
            return self._kept(known, [group for group in tried if group])
        if len(groups) == 1:
            return self._kept(known, [groups[0][1:]] if groups[0][1:] else [])
        half = len(groups) // 2
        return self._kept(self._kept(known, groups[:half]), groups[half:])

    def _after(self, suggestions: Sequence[Suggestion]) -> set[str] | None:
        """Return the changes of the pages with suggestions; None if these have an error."""
        self._readings += 1
        version = None if self.is_exhausted else self._version(suggestions)
        if version is None:
            return None
        return {change.fingerprint for change in self._compare(version).changes}

    def _version(self, suggestions: Sequence[Suggestion]) -> ApiVersion | None:
        """Return the pages with suggestions as a version; None if they have an error."""
        report, sources = Report(), Sources()
        sources.update(self._spec.sources)
        sources.update(edited(sources, [edit for each in suggestions for edit in each.edits]))
        overlay = self._spec.overlay
        if entries := [fix for each in suggestions for fix in each.entries]:
            text = "\n".join(
                [self._spec.overlay_source.text, *(entry_text(f, ()) for f in entries)]
            )
            overlay = read_toml(
                text.encode(), OVERLAY_FILE, Overlay, malformed_overlay, sources, report
            )
        compilation = compile_spec(replace(self._spec, sources=sources, overlay=overlay))
        if report.has_errors or compilation.failed:
            return None
        return version_of_compilation(compilation, self._name)


def _resolved(suggestion: Suggestion) -> set[str]:
    return {change.fingerprint for change in suggestion.changes}
