"""The reference of the API as a server sends it: the build has written it into the package."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from .registry import Api

_FILE = "reference.html"
# Where the page takes the facts of a server. The script element holds data: no browser runs it.
_PLACE = b'<script id="server" type="application/json"></script>'
# A page of another server must not show this one in a frame, and let its user click there.
HEADERS = {"content-security-policy": "frame-ancestors 'none'", "cache-control": "no-cache"}


def reference_file(api: Api) -> Path | None:
    """Return the file; None if the build was without it."""
    module = sys.modules.get(api.module)
    if module is None or module.__file__ is None:
        return None
    file = Path(module.__file__).parent.parent / _FILE
    return file if file.is_file() else None


def reference_page(file: Path, facts: Callable[[], dict[str, Any]]) -> bytes:
    """Return the page with the facts of the server."""
    # In a script element, `<` could end it.
    text = to_json(facts()).replace(b"<", b"\\u003c")
    return file.read_bytes().replace(_PLACE, _PLACE.replace(b"></", b">" + text + b"</"), 1)
