"""`--watch`: compile specs again after each change of their files."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from apiscribe.commands import EXIT_INTERRUPTED
from apiscribe.commands.printing import progress_bar
from apiscribe.commands.spec_paths import default_paths, load_specs
from apiscribe.commands.specs import Failure
from apiscribe.diagnostics.report import visible
from apiscribe.diagnostics.source import Source
from apiscribe.sources.compilation import Compilation, compile_spec
from apiscribe.sources.revision import is_revision
from apiscribe.sources.spec_files import lock_of
from apiscribe.sources.spec_folder import Spec
from apiscribe.workspace.file_changes import FileChanges
from apiscribe.workspace.kept import Kept
from apiscribe.workspace.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Round:
    """The compilations of all specs after a change.

    `changed` are the paths of the files that differ from those of the round before, and `started`
    is the time at which they were looked for, in seconds of `time.perf_counter`.
    """

    compilations: Sequence[Compilation]
    changed: Sequence[str]
    started: float

    @property
    def what(self) -> str:
        """The changed files in words: `specs/shop/pages/book.md and 2 others`."""
        first, others = visible(self.changed[0]), len(self.changed) - 1
        return f"{first} and {others} other{'s'[: others != 1]}" if others else first


class Watch:
    """Compiles specs, and compiles those with a change again after each change."""

    def __init__(
        self,
        specs: Sequence[Path],
        *,
        without: Sequence[Path] = (),
        partial: bool = False,
        accept_losses: bool = False,
    ) -> None:
        """Watch specs, except for files below the folders `without`. Raise Failure if watchfiles is
        not installed.
        """
        for path in specs:
            if is_revision(str(path)):
                raise Failure(f"{path} is a revision, which does not change; leave out --watch")
        self._specs, self._partial, self._accept_losses = specs, partial, accept_losses
        try:
            self._changes = FileChanges(without)
        except ModuleNotFoundError as error:
            text = f"--watch needs {error.name}; run: pip install {error.name}"
            raise Failure(text) from error
        self._kept = Kept()
        self._last: dict[str, tuple[Spec, Compilation]] = {}  # by the name of the spec
        self._paths = list(_watched(specs, []))

    def run_until_interrupted(self, act: Callable[[Round], None]) -> int:
        """Call `act` with each round until Ctrl-C. Return the exit status."""
        click.echo("watching for changes; stop with Ctrl-C", err=True)
        with suppress(KeyboardInterrupt):
            self.start(act)
            self.run(act)
        return EXIT_INTERRUPTED

    def start(self, act: Callable[[Round], None]) -> None:
        """Call `act` with the first round. Raise its errors."""
        with self._kept.in_force():
            self._act(act)

    def stop(self) -> None:
        """End `run`, from another thread."""
        self._changes.stop()

    def run(self, act: Callable[[Round], None]) -> None:
        """Call `act` with the round after each change. Print the errors of a round."""
        printed = ""
        while self._changes.wait(self._paths):
            try:
                with self._kept.in_force():
                    if not self._act(act) and printed:
                        click.echo("nothing has changed", err=True)
                printed = ""
            except Exception as error:
                # Once: a missing folder is looked for twice a second.
                if (text := _text(error)) != printed:
                    click.echo(f"{text}\nwaiting for a change", err=True)
                printed = text

    def _act(self, act: Callable[[Round], None]) -> bool:
        """Call `act` with a round. Return whether anything has changed."""
        if not (found := self._round()):
            return False
        act(found)
        # A round without outputs uses few results, and the next one needs the others.
        if not any(compilation.failed for compilation in found.compilations):
            self._kept.forget()
        return True

    def lock_written(self, compilation: Compilation, text: str) -> None:
        """Take the new lock of a compilation for known: it is no change."""
        spec = compilation.spec
        source = Source(spec.lock_name, text)
        spec.sources[spec.lock_name] = source
        written = replace(spec, lock=lock_of(source)[0])
        self._last[spec.name] = (written, compilation)

    def _round(self) -> Round | None:
        """Return the compilations; None if no file has changed."""
        started = time.perf_counter()
        loaded = load_specs(self._specs)
        self._paths = list(_watched(self._specs, loaded))
        changed: list[str] = []
        for gone in self._last.keys() - {spec.name for spec in loaded}:
            changed.append(str(self._last.pop(gone)[0].folder))
        for spec in loaded:
            last = self._last[spec.name][0] if spec.name in self._last else None
            if last != spec:
                changed += _changed(last, spec) if last else [str(spec.folder)]
                self._last[spec.name] = (spec, self._compile(spec))
        if not changed:
            return None
        compilations = [self._last[spec.name][1] for spec in loaded]
        return Round(compilations=compilations, changed=changed, started=started)

    def _compile(self, spec: Spec) -> Compilation:
        return compile_spec(
            spec,
            partial=self._partial,
            accept_losses=self._accept_losses,
            profile=Profile(progress_bar),
        )


def _watched(specs: Sequence[Path], loaded: Sequence[Spec]) -> Iterator[Path]:
    """Yield the paths to watch: folders of specs, and their reference versions and handlers."""
    # A folder that is new in specs/ is another spec.
    yield from specs or ([Path("specs")] if Path("specs").is_dir() else default_paths())
    for spec in loaded:
        for stated in (*spec.settings.references, spec.settings.handlers):
            path = Path(os.path.normpath(spec.folder / stated))
            if stated and not path.is_relative_to(spec.folder):
                yield path


def _changed(last: Spec, spec: Spec) -> Iterator[str]:
    """Yield the paths of the files that differ; the folder if there is none."""
    before, after = dict(last.sources), dict(spec.sources)
    paths = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    for path in sorted(paths):
        yield str(spec.folder / path)
    if not paths:
        yield str(spec.folder)


def _text(error: Exception) -> str:
    """Return the text of an error of a round: a wrong file, or an error of apiscribe."""
    if isinstance(error, click.ClickException):
        return f"Error: {error.format_message()}"
    if isinstance(error, OSError):
        return f"apiscribe: {visible(str(error))}"
    trace = "".join(traceback.format_exception(error))
    return f"{trace}apiscribe: internal error; please report it with the traceback"
