"""Emitters: Api → Units of Outputs. Decisions are made here in Python; templates only lay out.

To add one: a module with an `emit_…` function, a row in `EMITTERS`, a folder under templates/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from apiscribe.emit.api_json import emit_api_json, joined_api_json
from apiscribe.emit.catalog import emit_catalog
from apiscribe.emit.compiled import compiling
from apiscribe.emit.models import emit_models
from apiscribe.emit.output import Output
from apiscribe.emit.package import emit_package
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.python_files import with_package_folders
from apiscribe.emit.stubs import emit_descriptors, emit_stubs
from apiscribe.emit.unit import Unit, made
from apiscribe.ir import Api
from apiscribe.protoc import ProtocError
from apiscribe.steps import Steps

__all__ = ["Output", "ProtocError", "emit"]

Emitter = Callable[[Api], Iterable[Unit]]

# In no special order: each sees the Api alone.
EMITTERS: tuple[Emitter, ...] = (emit_models, emit_stubs, emit_catalog, emit_package)


def emit(api: Api, steps: Steps | None = None) -> Iterator[Output]:
    """Every output of an API, in no order. Raises ProtocError where the `.proto` do not compile,
    and SyntaxError where a module is none: then none of the outputs is worth anything.
    """
    steps = steps or Steps()
    with steps.step("emit") as counts:
        counts["rendered"] = 0
        for output in with_package_folders(api.name, _outputs(api, counts, steps)):
            counts["outputs"] += 1
            yield output


def _outputs(api: Api, counts: Counter[str], steps: Steps) -> Iterator[Output]:
    protos = {}
    for output in made(emit_proto(api), counts, steps):
        protos[output.path.removeprefix("proto/")] = output.content
        yield output
    # protoc runs beside the emitters; its descriptors go into the last outputs.
    with compiling(protos) as compiled:
        units = chain.from_iterable(emitter(api) for emitter in EMITTERS)
        yield from made(units, counts, steps)
        descriptors = emit_descriptors(api, compiled())
    # The largest last: nothing is held beside it.
    last = made(chain(descriptors, emit_api_json(api)), counts, steps)
    yield from islice(last, len(api.files))
    yield joined_api_json(api, last)
