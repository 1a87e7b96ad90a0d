"""What makes the generated modules a package: its entry point, its pool, and how to install it."""

from __future__ import annotations

from collections.abc import Iterator

from apiscribe.emit.encoders import docstring, proto_string
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import python_output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.runtime import (
    RUNTIME,
    requirements,
    runtime_requirement,
    server_requirements,
)
from apiscribe.emit.templates import render
from apiscribe.model.api import Api

_INIT, _MAIN, _POOL = (f"package/{name}.py.j2" for name in ("init", "main", "pool"))
_PROJECT, _ATTRIBUTES = "package/pyproject.toml.j2", "package/gitattributes.j2"
_TEMPLATES = (_INIT, _MAIN, _POOL)


def emit_package(api: Api) -> Iterator[RenderTask]:
    """Yield the top-level modules."""
    key = (api.name, runtime_requirement())
    yield RenderTask("package", key, lambda: _outputs(api.name), _TEMPLATES)


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


def emit_installation(package: str, vendor: bool) -> Iterator[RenderTask]:
    """Yield the files that install the package: with the runtime as a requirement, or its copy."""
    models, server = requirements(vendor)
    key = (package, vendor, models, server)
    templates = (_PROJECT, _ATTRIBUTES)
    yield RenderTask("installation", key, lambda: _installation(package, vendor), templates)


def _installation(package: str, vendor: bool) -> Iterator[Output]:
    models, server = requirements(vendor)
    project = render(
        _PROJECT,
        distribution=proto_string(package.replace("_", "-").strip("-")),
        description=proto_string(f"The API {package}: models, protobuf stubs and a server"),
        packages=[proto_string(name) for name in (package, RUNTIME)[: 1 + vendor]],
        models=[proto_string(requirement) for requirement in models],
        server=[proto_string(requirement) for requirement in server],
    )
    yield Output.text("pyproject.toml", project)
    yield Output.text(".gitattributes", render(_ATTRIBUTES))
    lines = [f"{requirement}\n" for requirement in server_requirements(vendor)]
    yield Output.text("requirements.txt", "".join(lines))
