"""What makes the generated modules a package: its entry point, its pool, and how to install it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, docstring, proto_string
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import NOTICE, python_output
from apiscribe.emit.render_task import RenderTask
from apiscribe.emit.runtime import (
    RUNTIME,
    requirements,
    runtime_requirement,
    server_requirements,
)
from apiscribe.emit.templates import render
from apiscribe.model.api import Api
from apiscribe.model.outputs import package_title

_INIT, _MAIN, _POOL = (f"package/{name}.py.j2" for name in ("init", "main", "pool"))
_PROJECT, _ATTRIBUTES = "package/pyproject.toml.j2", "package/gitattributes.j2"
_TEMPLATES = (_INIT, _MAIN, _POOL)
_OF_STUBS = ("googleapis-common-protos>=1.66", "grpcio>=1.71", "protobuf>=6.31")
_TYPES_OF_STUBS = ("types-grpcio>=1", "types-protobuf>=6")


@dataclass(frozen=True)
class _Extra:
    name: Encoded
    requirements: list[Encoded]


def emit_package(api: Api, chosen: frozenset[str]) -> Iterator[RenderTask]:
    """Yield the top-level modules, if one of the chosen outputs is in the package."""
    if package_title(chosen):
        key = (api.name, runtime_requirement(), sorted(chosen))
        yield RenderTask("package", key, lambda: _outputs(api.name, chosen), _TEMPLATES)


def _outputs(package: str, chosen: frozenset[str]) -> Iterator[Output]:
    init = render(
        _INIT,
        description=docstring(f"The API {package}: {package_title(chosen)}."),
        requirement=runtime_requirement(),
    )
    yield python_output(package, "__init__.py", init)
    if "server" in chosen:
        yield python_output(package, "__main__.py", render(_MAIN))
    if "stubs" in chosen:
        yield python_output(package, "pool.py", render(_POOL))
    yield Output(f"{package}/py.typed", b"")


def emit_installation(package: str, vendor: bool, chosen: frozenset[str]) -> Iterator[RenderTask]:
    """Yield the files that install the package: with the runtime as a requirement, or its copy.
    Without a package there is only the mark of the folder.
    """
    extras = [requirements(vendor, extra) for extra in ("", "client", "server")]
    key = (package, vendor, extras, sorted(chosen))
    templates = (_PROJECT, _ATTRIBUTES)
    yield RenderTask("installation", key, lambda: _installation(package, vendor, chosen), templates)


def _installation(package: str, vendor: bool, chosen: frozenset[str]) -> Iterator[Output]:
    yield Output.text(".gitattributes", render(_ATTRIBUTES, notice=NOTICE))
    if title := package_title(chosen):
        project = render(
            _PROJECT,
            notice=NOTICE,
            distribution=proto_string(package.replace("_", "-").strip("-")),
            description=proto_string(f"The API {package}: {title}"),
            packages=[proto_string(name) for name in (package, RUNTIME)[: 1 + vendor]],
            required=_required(vendor, chosen),
            extras=list(_extras(vendor, chosen)),
        )
        yield Output.text("pyproject.toml", project)
    if "server" in chosen:
        lines = [NOTICE, *server_requirements(vendor)]
        yield Output.text("requirements.txt", "".join(f"{line}\n" for line in lines))


def _required(vendor: bool, chosen: frozenset[str]) -> list[Encoded]:
    """Return what the package requires without extras."""
    alone = () if "models" in chosen or "stubs" not in chosen else _OF_STUBS
    return [proto_string(line) for line in sorted({*requirements(vendor), *alone})]


def _extras(vendor: bool, chosen: frozenset[str]) -> Iterator[_Extra]:
    """Yield the extras. The stubs are one beside the models, which need less."""
    if "client" in chosen:
        yield _extra("client", requirements(vendor, "client"))
    if chosen >= {"models", "stubs"}:
        yield _extra("stubs", _OF_STUBS)
    if "server" in chosen:
        yield _extra("server", requirements(vendor, "server"))
    if "stubs" in chosen:
        yield _extra("types", _TYPES_OF_STUBS)


def _extra(name: str, lines: Iterable[str]) -> _Extra:
    return _Extra(Encoded(name), [proto_string(line) for line in lines])
