"""Emitters: Api → RenderTasks → Outputs. Python decides; the templates only lay out.

To add one: a module with an `emit_…` function, a row in `EMITTERS`, a folder in templates/, and a
row in `model.outputs` if it is an output of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from itertools import chain

from apiscribe.diagnostics.codes.outputs import uncompilable_output
from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Span
from apiscribe.emit.api_json import emit_api_json, joined_api_json
from apiscribe.emit.descriptor_sets import compiling
from apiscribe.emit.http_client import emit_http_client
from apiscribe.emit.models import emit_models
from apiscribe.emit.openapi import emit_openapi
from apiscribe.emit.output import Output
from apiscribe.emit.package import emit_installation, emit_package
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.python_files import with_package_folders
from apiscribe.emit.reference import emit_reference, joined_reference
from apiscribe.emit.registry import emit_registry
from apiscribe.emit.render_task import RenderTask, render_all
from apiscribe.emit.runtime import emit_runtime
from apiscribe.emit.short_imports import emit_short_imports
from apiscribe.emit.stubs import emit_descriptors, emit_stubs
from apiscribe.model.api import Api
from apiscribe.model.outputs import ALL_OUTPUTS, package_title
from apiscribe.model.settings import OpenapiSettings
from apiscribe.workspace.profile import Profile
from apiscribe.workspace.protoc import ProtocError
from apiscribe.workspace.ruff import RuffError

__all__ = ["Output", "OutputError", "emit", "emit_sorted"]

Emitter = Callable[[Api], Iterable[RenderTask]]

# The output that each belongs to. In any order: each depends only on the Api.
EMITTERS: tuple[tuple[str, Emitter], ...] = (
    ("models", emit_models),
    ("models", emit_short_imports),
    ("stubs", emit_stubs),
    ("client", emit_http_client),
    ("server", emit_registry),
)

_OPENAPI = OpenapiSettings()


class OutputError(Exception):
    """Outputs that cannot be written: the spec has an error, or they do not compile."""


def emit(
    api: Api,
    report: Report,
    profile: Profile | None = None,
    openapi: OpenapiSettings = _OPENAPI,
    vendor_runtime: bool = False,
    chosen: frozenset[str] = ALL_OUTPUTS,
) -> Iterator[Output]:
    """Yield the chosen outputs of an API, in any order.

    Raises OutputError if the outputs do not compile; the report has the reason.
    """
    profile = profile or Profile()
    if not any(method.routes for _, service in api.services() for method in service.methods):
        chosen -= {"client"}
    try:
        with profile.step("emit") as counts:
            counts["rendered"] = 0
            outputs = _outputs(api, counts, profile, openapi, chosen)
            for output in with_package_folders(api.name, outputs):
                counts["outputs"] += 1
                yield output
            installation = emit_installation(api.name, vendor_runtime, chosen)
            files = render_all(installation, counts, profile)
            vendored = emit_runtime(vendor_runtime and bool(package_title(chosen)))
            for output in chain(files, vendored):
                counts["outputs"] += 1
                yield output
    except (ProtocError, RuffError, SyntaxError) as error:
        report.add(uncompilable_output(str(error)), _span_of(str(error), api))
        raise OutputError(str(error)) from error


def emit_sorted(
    api: Api,
    report: Report,
    openapi: OpenapiSettings = _OPENAPI,
    vendor_runtime: bool = False,
    chosen: frozenset[str] = ALL_OUTPUTS,
) -> list[Output]:
    """Return the chosen outputs of an API, sorted by path; none if there is an error in the
    report.
    """
    if report.has_errors:
        return []
    try:
        outputs = emit(api, report, openapi=openapi, vendor_runtime=vendor_runtime, chosen=chosen)
        return sorted(outputs, key=lambda output: output.path)
    except OutputError:
        return []


def _span_of(error: str, api: Api) -> Span:
    """Return the page of the first `.proto` in an error of protoc, or else the first page."""
    pages = (file.page for file in api.files if f"{file.path}:" in error and file.page)
    return Span(next(pages, api.files[0].page), 1, 1)


def _outputs(
    api: Api,
    counts: Counter[str],
    profile: Profile,
    openapi: OpenapiSettings,
    chosen: frozenset[str],
) -> Iterator[Output]:
    protos = {}
    if chosen & {"proto", "stubs"}:
        for output in render_all(emit_proto(api), counts, profile):
            protos[output.path.removeprefix("proto/")] = output.content
            if "proto" in chosen:
                yield output
    # protoc runs while the other emitters do; the last outputs contain its descriptors.
    with compiling(api, protos, counts) if protos else nullcontext(dict) as compiled:
        tasks = (emitter(api) for output, emitter in EMITTERS if output in chosen)
        package = emit_package(api, chosen)
        yield from render_all(chain(chain.from_iterable(tasks), package), counts, profile)
        if "openapi" in chosen:
            # By itself: its task renders parts, in parallel.
            yield from render_all(emit_openapi(api, openapi), counts, profile)
        if "reference" in chosen:
            yield joined_reference(render_all(emit_reference(api), counts, profile))
        descriptors = compiled()
        if "stubs" in chosen:
            yield from render_all(emit_descriptors(api, descriptors), counts, profile)
    if "api-json" in chosen:
        # The largest output comes last, so that no other output is in memory.
        yield joined_api_json(api, render_all(emit_api_json(api), counts, profile))
