"""The templates, and the one way to fill them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from apiscribe.emit.encoders import Encoded


def render(template: str, **view: Any) -> str:
    """The template filled with a view.

    Every value that it prints must be `Encoded` or a whole number: a text that no encoder has
    seen is a TypeError.
    """
    return _environment().get_template(template).render(**view)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_folder()),
        undefined=jinja2.StrictUndefined,
        finalize=_only_encoded,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # the outputs are no HTML; `finalize` guards them
    )


def _folder() -> Path:
    """In a wheel the templates lie in the package, in a checkout beside generator/."""
    package = Path(__file__).parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent.parent / "templates"


_PRINTED = (Encoded, int)


def _only_encoded(value: object) -> object:
    if isinstance(value, _PRINTED):
        return value
    raise TypeError(f"{value!r} was not encoded")
