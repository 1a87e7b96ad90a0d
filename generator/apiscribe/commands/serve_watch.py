"""`apiscribe serve --watch`."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands import DEFAULT_GC_THRESHOLD
from apiscribe.commands.printing import ERRORS, print_diagnostics
from apiscribe.commands.served_package import ServedPackage
from apiscribe.commands.specs import EXIT_PROBLEMS, Failure
from apiscribe.commands.watching import Round, Watch
from apiscribe.emit import emit_sorted
from apiscribe.model.outputs import chosen_outputs

if TYPE_CHECKING:
    from apiscribe_runtime.registry import Api

_SERVED = chosen_outputs(["server", "reference"])


class ServeWatch:
    """Serves a spec, and each version of it after a change. It is the `Updates` of a server."""

    def __init__(self, spec: Path, options: Sequence[str]) -> None:
        """Watch a spec. The options are those of the server."""
        self._watch, self._options = Watch([spec]), options

    def serve(self) -> int:
        """Serve until a signal. Return the exit status."""
        rounds: list[Round] = []
        self._watch.start(rounds.append)
        (first,) = rounds
        spec = first.compilations[0].spec
        if handlers := spec.handlers_folder:
            self._options = ("--handlers", str(handlers), *self._options)
        with ServedPackage(spec.name) as self._package:
            api = self._api(first)
            if api is None:
                return EXIT_PROBLEMS
            from apiscribe_runtime.main import main

            gc.set_threshold(*DEFAULT_GC_THRESHOLD)
            return main(api, list(self._options), self)

    def run(self, replace: Callable[[Api], None]) -> None:
        """Call `replace` with each version of the API."""

        def act(found: Round) -> None:
            api = self._api(found)
            if api is None:
                click.echo(f"{found.what}: the API stays as it is")
                return
            try:
                replace(api)
            except (ImportError, OSError, RuntimeError, ValueError) as error:
                raise Failure(f"the API stays as it is: {error}") from error
            seconds = time.perf_counter() - found.started
            click.echo(f"{found.what}: serving the changed API ({seconds:.2f} s)")

        self._watch.run(act)

    def stop(self) -> None:
        """End `run`."""
        self._watch.stop()

    def _api(self, found: Round) -> Api | None:
        """Return the API of a round; None if there is an error, which is printed."""
        (compilation,) = found.compilations
        outputs = emit_sorted(compilation.api, compilation.report, chosen=_SERVED)
        if print_diagnostics(found.compilations, "text", ERRORS, err=True, counts=False).errors:
            return None
        if compilation.spec.name != self._package.name:
            raise Failure(f"the API is now named {compilation.spec.name}; start the server again")
        try:
            api: Api = self._package.update(outputs).API
        except ImportError as error:  # another version of the runtime is installed
            raise Failure(str(error)) from error
        return api
