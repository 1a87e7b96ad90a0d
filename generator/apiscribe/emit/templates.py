"""Renders the templates, with only encoded text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from apiscribe.emit.encoders import Encoded
from apiscribe.workspace.package_data import templates_folder

if TYPE_CHECKING:
    import jinja2


def render(template: str, **view: Any) -> str:
    """Render a template with the variables of a view.

    Every printed value must be `Encoded` or an int: a plain string raises TypeError.
    """
    return _environment().get_template(template).render(**view)


def load(templates: Iterable[str]) -> None:
    """Compile templates ahead of rendering."""
    for template in set(templates):
        _environment().get_template(template)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    import jinja2

    from apiscribe.emit.template_cache import CompiledTemplates

    return jinja2.Environment(
        bytecode_cache=CompiledTemplates(),
        loader=jinja2.FileSystemLoader(templates_folder()),
        undefined=jinja2.StrictUndefined,
        finalize=_only_encoded,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # most outputs are not HTML; `finalize` checks values
    )


_PRINTED = (Encoded, int)


def _only_encoded(value: object) -> object:
    if isinstance(value, _PRINTED):
        return value
    raise TypeError(f"{value!r} was not encoded")
