"""The entry point, the requirements and the runtime of the generated package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from apiscribe.emit.encoders import docstring
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import python_output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.templates import render
from apiscribe.model.api import Api

_MAIN, _REQUIREMENTS = "package/main.py.j2", "package/requirements.txt.j2"


def emit_package(api: Api) -> Iterator[RenderTask]:
    """Yield the top-level modules, requirements.txt, and a copy of the runtime."""
    yield RenderTask("package", api.name, lambda: _outputs(api.name), (_MAIN, _REQUIREMENTS))


def _outputs(package: str) -> Iterator[Output]:
    description = docstring(f"The API {package}: models, protobuf stubs and a server.")
    yield python_output(package, "__init__.py", f"{description}\n")
    yield python_output(package, "__main__.py", render(_MAIN))
    yield Output(f"{package}/py.typed", b"")
    yield Output.text("requirements.txt", render(_REQUIREMENTS))
    for file in sorted(files("apiscribe.runtime").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            yield Output(f"{package}/runtime/{file.name}", file.read_bytes())
