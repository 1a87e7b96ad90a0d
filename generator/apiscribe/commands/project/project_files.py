"""The files that install, test and run a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apiscribe.emit.encoders import Encoded, name, proto_string, python_literal
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import format_modules
from apiscribe.emit.runtime import RUNTIME, server_requirements
from apiscribe.emit.templates import render
from apiscribe.model.api import Api

# Path in the project → its template.
_FILES = {
    ".dockerignore": "project/dockerignore.j2",
    ".github/workflows/ci.yml": "project/ci.yml.j2",
    ".gitignore": "project/gitignore.j2",
    "Dockerfile": "project/Dockerfile.j2",
    "Makefile": "project/Makefile.j2",
    "README.md": "project/README.md.j2",
    "pyproject.toml": "project/pyproject.toml.j2",
}
_MODULES = {
    "handlers/__init__.py": "project/handlers.py",
    "tests/serving.py": "project/serving.py",
}


def project_files(apis: Sequence[Api], vendor_runtime: bool) -> dict[str, bytes]:
    """Return the files for some APIs, path → content: a test module for each, the rest for all."""
    first = apis[0].name
    packages = [f"generated/{api.name}/{api.name}" for api in apis]
    if vendor_runtime:
        # The copies of all APIs are equal; the wheel needs one.
        packages.append(f"generated/{first}/{RUNTIME}")
    image = Encoded(f"{name(first).replace('_', '-').strip('-')}-service")
    view = {
        "apis": [name(api.name) for api in apis],
        "roots": _toml_list(f"generated/{api.name}" for api in apis),
        "packages": _toml_list(packages),
        "title": Encoded(", ".join(name(api.name) for api in apis)),
        "image": image,
        "distribution": proto_string(image),
        "description": proto_string(f"A service for the API {first}, generated from its pages"),
        "dev_extra": proto_string(f"{image}[postgresql,test]"),
        "requirements": [proto_string(line) for line in server_requirements(vendor_runtime)],
        "matrix": Encoded("${{ matrix.python }}"),
    }
    texts = {path: render(template, **view) for path, template in _FILES.items()}
    modules = {path: render(template, **view) for path, template in _MODULES.items()}
    for api in apis:
        modules[f"tests/test_{api.name}.py"] = render(
            "project/test_api.py.j2", api=name(api.name), literal=python_literal(api.name)
        )
    formatted = format_modules([Output.text(path, text) for path, text in modules.items()])
    return {
        **{path: text.encode() for path, text in texts.items()},
        **{module.path: module.content for module in formatted},
    }


def _toml_list(paths: Iterable[str]) -> Encoded:
    """Return further entries of a TOML list, each after a comma."""
    return Encoded("".join(f', "{name(path)}"' for path in paths))
