"""Emitters: Api → Outputs. Decisions are made here in Python; templates only lay out.

To add one: a module with an `emit_…` function, a row in `EMITTERS`, a folder under templates/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from apiscribe.emit.api_json import emit_api_json
from apiscribe.emit.models import emit_models
from apiscribe.emit.output import Output
from apiscribe.emit.package import emit_package
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.python_files import with_package_folders
from apiscribe.emit.stubs import emit_descriptors, emit_stubs
from apiscribe.ir import Api
from apiscribe.protoc import ProtocError, compiling

__all__ = ["Output", "ProtocError", "emit"]

Emitter = Callable[[Api], Iterable[Output]]

# In no special order: each sees the Api alone.
EMITTERS: tuple[Emitter, ...] = (emit_api_json, emit_models, emit_stubs, emit_package)


def emit(api: Api) -> list[Output]:
    """Every output of an API, by path. Raises ProtocError where the `.proto` do not compile."""
    protos = list(emit_proto(api))
    # protoc runs beside the emitters; its descriptors go into the last outputs.
    with compiling({o.path.removeprefix("proto/"): o.content for o in protos}) as compiled:
        outputs = [*protos, *(output for emitter in EMITTERS for output in emitter(api))]
        outputs += emit_descriptors(api, compiled())
    return sorted(with_package_folders(api.name, outputs), key=lambda output: output.path)
