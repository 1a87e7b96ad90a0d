"""The runtime that generated packages import, as a requirement of pip."""

from __future__ import annotations

import re
from functools import cache

from apiscribe.emit.encoders import Encoded
from apiscribe.workspace.package_data import runtime_folder

_VERSION = re.compile(r'^__version__ = "(\d+)\.(\d+)\.\d+"$', re.MULTILINE)


@cache
def runtime_requirement(extra: str = "") -> Encoded:
    """Return the requirement of a generated package, with an extra of the runtime.

    The last number of a version makes no difference to generated packages, so that they do not
    change with it.
    """
    file = runtime_folder() / "apiscribe_runtime" / "__init__.py"
    found = _VERSION.search(file.read_text("utf-8"))
    assert found, file
    major, minor = map(int, found.groups())
    limit = f"{major + 1}" if major else f"0.{minor + 1}"
    extras = f"[{extra}]" if extra else ""
    return Encoded(f"apiscribe-runtime{extras}>={major}.{minor},<{limit}")
