"""The entry point and the descriptor pool of the generated package."""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.emit.encoders import docstring
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import python_output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.runtime import runtime_requirement
from apiscribe.emit.templates import render
from apiscribe.model.api import Api

_INIT, _MAIN, _POOL = (f"package/{name}.py.j2" for name in ("init", "main", "pool"))


def emit_package(api: Api) -> Iterator[RenderTask]:
    """Yield the top-level modules."""
    key = (api.name, runtime_requirement())
    yield RenderTask("package", key, lambda: _outputs(api.name), (_INIT, _MAIN, _POOL))


def _outputs(package: str) -> Iterator[Output]:
    init = render(
        _INIT,
        description=docstring(f"The API {package}: models, protobuf stubs and a server."),
        requirement=runtime_requirement(),
    )
    yield python_output(package, "__init__.py", init)
    yield python_output(package, "__main__.py", render(_MAIN))
    yield python_output(package, "pool.py", render(_POOL))
    yield Output(f"{package}/py.typed", b"")
