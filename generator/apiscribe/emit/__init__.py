"""Emitters: Api → Units of Outputs. Decisions are made here in Python; templates only lay out.

To add one: a module with an `emit_…` function, a row in `EMITTERS`, a folder under templates/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from apiscribe.emit.api_json import emit_api_json
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
EMITTERS: tuple[Emitter, ...] = (emit_api_json, emit_models, emit_stubs, emit_catalog, emit_package)


def emit(api: Api, steps: Steps | None = None) -> list[Output]:
    """Every output of an API, by path. Raises ProtocError where the `.proto` do not compile."""
    steps = steps or Steps()
    with steps.step("emit") as counts:
        counts["rendered"] = 0
        protos = made(list(emit_proto(api)), counts, steps)
        # protoc runs beside the emitters; its descriptors go into the last outputs.
        with compiling({o.path.removeprefix("proto/"): o.content for o in protos}) as compiled:
            units = [unit for emitter in EMITTERS for unit in emitter(api)]
            outputs = [*protos, *made(units, counts, steps)]
            outputs += made(list(emit_descriptors(api, compiled())), counts, steps)
        outputs = with_package_folders(api.name, outputs)
        counts["outputs"] = len(outputs)
    return sorted(outputs, key=lambda output: output.path)
