"""apiscribe: API documentation pages, read into a model and written as code.

The names in `__all__` are the Python API, which docs/python-api.md describes. Everything else may
change without notice. A name is loaded when it is first used, so that `import apiscribe` is cheap.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "Api",
    "ApiVersion",
    "Change",
    "Compilation",
    "Diagnostic",
    "Drift",
    "FileChanges",
    "OutputDirError",
    "OutputError",
    "SourceError",
    "Spec",
    "__version__",
    "compare",
    "compile_spec",
    "load_spec",
    "open_version",
    "write_outputs",
]

# Not from typing, which takes a third as long to import as Python to start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from apiscribe.commands.write_outputs import write_outputs
    from apiscribe.diagnostics.report import Diagnostic
    from apiscribe.drift.change import Change, Drift
    from apiscribe.drift.compare import compare
    from apiscribe.emit import OutputError
    from apiscribe.model.api import Api
    from apiscribe.model.version import ApiVersion
    from apiscribe.sources.compilation import Compilation, compile_spec
    from apiscribe.sources.kinds import SourceError
    from apiscribe.sources.kinds import open_source as open_version
    from apiscribe.sources.spec_folder import Spec, load_spec
    from apiscribe.workspace.output_dir import Changes as FileChanges
    from apiscribe.workspace.output_dir import OutputDirError
else:
    # PEP 562; type checkers read the imports above.
    _HOMES = {
        "Api": "apiscribe.model.api:Api",
        "ApiVersion": "apiscribe.model.version:ApiVersion",
        "Change": "apiscribe.drift.change:Change",
        "Compilation": "apiscribe.sources.compilation:Compilation",
        "Diagnostic": "apiscribe.diagnostics.report:Diagnostic",
        "Drift": "apiscribe.drift.change:Drift",
        "FileChanges": "apiscribe.workspace.output_dir:Changes",
        "OutputDirError": "apiscribe.workspace.output_dir:OutputDirError",
        "OutputError": "apiscribe.emit:OutputError",
        "SourceError": "apiscribe.sources.kinds:SourceError",
        "Spec": "apiscribe.sources.spec_folder:Spec",
        "compare": "apiscribe.drift.compare:compare",
        "compile_spec": "apiscribe.sources.compilation:compile_spec",
        "load_spec": "apiscribe.sources.spec_folder:load_spec",
        "open_version": "apiscribe.sources.kinds:open_source",
        "write_outputs": "apiscribe.commands.write_outputs:write_outputs",
    }

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module, _, attribute = _HOMES[name].partition(":")
        globals()[name] = value = getattr(import_module(module), attribute)
        return value

    def __dir__():
        return sorted({*globals(), *_HOMES})
