"""Sources: what `drift` and `adopt` read an API from.

To add a kind of source: a module with two functions, a row in `KINDS`. A kind that needs a heavy
library imports it where it opens a source, so that two specs are compared without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from apiscribe.model.version import ApiVersion
from apiscribe.sources.api_json import is_api_json, open_api_json
from apiscribe.sources.failure import SourceError
from apiscribe.sources.openapi import is_openapi, is_openapi_url, open_openapi, open_openapi_url
from apiscribe.sources.pages import is_spec, open_spec
from apiscribe.sources.protos import (
    is_descriptor_set,
    is_proto_folder,
    open_descriptor_set,
    open_proto_folder,
)
from apiscribe.sources.python_modules import (
    is_module_folder,
    is_python,
    open_module_folder,
    open_python,
)
from apiscribe.sources.reflection import is_server, open_server
from apiscribe.sources.revision import checked_out, is_revision

__all__ = ["KINDS", "Kind", "SourceError", "open_source"]


@dataclass(frozen=True)
class Kind:
    """A kind of source: `form` is how a user writes one; `fits` tells whether a text names one."""

    form: str
    fits: Callable[[str], bool]
    open: Callable[[str], ApiVersion]


def open_source(text: str) -> ApiVersion:
    """The API that a source holds. Raises SourceError, whose text names the way out."""
    for kind in KINDS:
        if kind.fits(text):
            return kind.open(text)
    if not Path(text).exists():
        raise SourceError(f"{text} does not exist; a source is one of: {_forms()}")
    raise SourceError(f"{text} is no source of an API; a source is one of: {_forms()}")


def _open_revision(text: str) -> ApiVersion:
    """What any of the files and folders holds at a revision of git."""
    with checked_out(text) as place:
        try:
            side = open_source(str(place))
        except SourceError as error:
            raise SourceError(str(error).replace(str(place), text)) from error
    # What a span's path is put behind: the folder, or that of a file.
    folder = text if side.folder == str(place) else text.removesuffix(place.name).rstrip("/")
    return replace(side, name=text, folder=folder if side.folder else "")


def _forms() -> str:
    return ", ".join(kind.form for kind in KINDS)


# The first that fits is taken: first the forms that are no paths, then files by what is in them,
# then folders by what lies in them. Pages last, for every folder may hold some, and a file that is
# nothing else is a descriptor set.
KINDS: tuple[Kind, ...] = (
    Kind("git:REV:path (one of the files and folders below)", is_revision, _open_revision),
    Kind("python:NAME (an installed package of _pb2 modules)", is_python, open_python),
    Kind("grpc://HOST:PORT (a server with reflection)", is_server, open_server),
    Kind("http://127.0.0.1:PORT/openapi.json", is_openapi_url, open_openapi_url),
    Kind("an OpenAPI document (.json, .yaml)", is_openapi, open_openapi),
    Kind("an api.json that apiscribe wrote, or its folder", is_api_json, open_api_json),
    Kind("a folder of .proto files", is_proto_folder, open_proto_folder),
    Kind("a folder of _pb2 modules", is_module_folder, open_module_folder),
    Kind("a spec folder, or a folder of pages", is_spec, open_spec),
    Kind("a file with a FileDescriptorSet", is_descriptor_set, open_descriptor_set),
)
