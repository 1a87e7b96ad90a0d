"""Names of types on a page, and the targets of its links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import relpath

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.text import address
from apiscribe.model.api import Api, File
from apiscribe.model.names import snake
from apiscribe.model.types import SCALARS, WELL_KNOWN

_MAX_STEM = 100  # as in lower.files
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_/-]+\.md")


def page_paths(api: Api) -> dict[str, str]:
    """Return the path of each file → the path of its page: the original one if reading it results
    in the same file path, else one derived from the file's path.
    """
    paths: dict[str, str] = {}
    for file in api.files:
        own = f"pages/{file.page.removeprefix('pages/')}"
        stem = own.rsplit("/", 1)[-1].split(".", 1)[0]
        path = f"{file.package.replace('.', '/')}/{snake(stem)[:_MAX_STEM]}.proto"
        own = PurePosixPath(own).with_suffix(".md").as_posix() if file.page else ""
        if not own or path != file.path or own in paths.values():
            own = f"pages/{file.path.removesuffix('.proto')}.md"
        paths[file.path] = own
    return paths


class References:
    """The names of types and the links to messages on the page of a file.

    `folders`: the site has a folder per page, as Hugo's have, and links point to folders.
    """

    def __init__(self, api: Api, pages: Mapping[str, str], folders: bool = False) -> None:
        self._folders = folders
        self._names = set(api.file_of) | set(WELL_KNOWN)
        self._messages = {
            message.full_name: (pages[file.path], message.name) for file, message in api.messages()
        }
        # Headings that differ only in case share an anchor.
        self._anchors = Counter((page, name.lower()) for page, name in self._messages.values())
        self._pages = pages

    def name(self, full_name: str, package: str) -> str:
        """Return the shortest unambiguous name of a type on a page of a package: short in its own
        package, else full, with a leading dot if another scope could have the same name.
        """
        short = full_name.removeprefix(f"{package}.")
        if full_name in SCALARS:
            return full_name
        if short != full_name:
            # The first part of `v1.Job` may be a message, or begin the name of a package.
            outer, _, _ = full_name.rpartition(".")
            first = short.partition(".")[0]
            is_nested = outer in self._names and first != package.partition(".")[0]
            known = short not in SCALARS and (first == short or is_nested)
            return short if known else f".{full_name}"
        parts = package.split(".")
        scopes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        hidden = any(f"{scope}.{full_name}" in self._names for scope in scopes)
        return f".{full_name}" if hidden else full_name

    def target(self, full_name: str, file: File) -> Encoded | None:
        """Return the target of a link to a message from the page of a file, None without one."""
        page, name = self._messages.get(full_name, ("", ""))
        if self._anchors[page, name.lower()] != 1:
            return None
        here = self._pages[file.path]
        if page == here:
            return address("", name.lower())
        if not self._folders:
            there = relpath(page, PurePosixPath(here).parent.as_posix())
            return address(there, name.lower())
        # Hugo changes spaces and special characters in addresses.
        if not _PLAIN_PATH.fullmatch(page) or not _PLAIN_PATH.fullmatch(here):
            return None
        there = relpath(page.removesuffix(".md"), here.removesuffix(".md")).lower()
        return address(f"{there}/", name.lower())
