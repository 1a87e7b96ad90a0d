"""Self-contained HTML pages: their style and script, and a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from apiscribe.emit.encoders import Encoded, html_text
from apiscribe.emit.templates import render


@dataclass(frozen=True)
class Inlined:
    """The style and the script of a page, and its Content-Security-Policy."""

    style: Encoded
    script: Encoded
    policy: Encoded


def inlined(folder: str, connects: bool = False) -> Inlined:
    """Return what the page of a folder in templates/ has inline. Its script
    `connects` to no server, or to the one that sent the page.
    """
    style = render("html/base.css") + render(f"{folder}/page.css")
    script = render(f"{folder}/page.js")
    policy = f"default-src 'none'; style-src {_hashed(style)}; script-src {_hashed(script)}"
    policy += "; connect-src 'self'" * connects
    return Inlined(Encoded(style), Encoded(script), html_text(policy))


def _hashed(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
