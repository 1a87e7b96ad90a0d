"""The runtime that generated packages import: as a requirement of pip, or as a copy beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.output import Output
from apiscribe.workspace.package_data import runtime_folder

RUNTIME = "apiscribe_runtime"
_VERSION = re.compile(r'^__version__ = "(\d+)\.(\d+)\.\d+"$', re.MULTILINE)


def emit_runtime(vendor: bool) -> Iterator[Output]:
    """Yield a copy of the runtime, to `vendor` it.

    The copy is complete, also for those who use models alone: a part of it would have the same name
    and the same version as the whole.
    """
    for file in sorted((runtime_folder() / RUNTIME).rglob("*")) if vendor else ():
        if file.suffix == ".py" or file.name == "py.typed":
            yield Output(file.relative_to(runtime_folder()).as_posix(), file.read_bytes())


@cache
def runtime_requirement(extra: str = "") -> Encoded:
    """Return the requirement of a generated package, with an extra of the runtime.

    The last number of a version makes no difference to generated packages, so that they do not
    change with it.
    """
    file = runtime_folder() / RUNTIME / "__init__.py"
    found = _VERSION.search(file.read_text("utf-8"))
    assert found, file
    major, minor = map(int, found.groups())
    limit = f"{major + 1}" if major else f"0.{minor + 1}"
    extras = f"[{extra}]" if extra else ""
    return Encoded(f"apiscribe-runtime{extras}>={major}.{minor},<{limit}")


@cache
def requirements(vendor: bool, extra: str = "") -> list[str]:
    """Return the requirements of models, or of an `extra` of the runtime (`client`, `server`).

    They are the runtime, or the libraries that its copy imports.
    """
    if not vendor:
        return [runtime_requirement(extra)]
    text = (runtime_folder() / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"]
    return sorted(extras[extra] if extra else project["dependencies"])


def server_requirements(vendor: bool) -> list[str]:
    """Return all that a generated server requires."""
    server = requirements(vendor, "server")
    return sorted({*requirements(vendor), *server}) if vendor else server
