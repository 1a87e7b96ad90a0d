"""How a page names the types of an API, and where its links lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import relpath

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.pages.text import address
from apiscribe.model.api import SCALARS, WELL_KNOWN, Api, File
from apiscribe.model.names import snake

_LONGEST_STEM = 100  # as lower.files has it
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_/-]+\.md")


def page_paths(api: Api) -> dict[str, str]:
    """The path of each file's page: that of the page it came from, if a reader would give it the
    file's name again, else that of the file.
    """
    found: dict[str, str] = {}
    for file in api.files:
        own = f"pages/{file.page.removeprefix('pages/')}"
        stem = own.rsplit("/", 1)[-1].split(".", 1)[0]
        path = f"{file.package.replace('.', '/')}/{snake(stem)[:_LONGEST_STEM]}.proto"
        own = PurePosixPath(own).with_suffix(".md").as_posix() if file.page else ""
        if not own or path != file.path or own in found.values():
            own = f"pages/{file.path.removesuffix('.proto')}.md"
        found[file.path] = own
    return found


class References:
    """Names of types, and links to messages, as the page of a file writes them.

    `folders`: the site makes a folder of each page, as Hugo does, and links lead there.
    """

    def __init__(self, api: Api, pages: Mapping[str, str], folders: bool = False) -> None:
        self._folders = folders
        self._names = set(api.homes) | set(WELL_KNOWN)
        self._messages = {
            message.full_name: (pages[file.path], message.name) for file, message in api.messages()
        }
        # Two headings that differ in case alone have one anchor.
        self._anchors = Counter((page, name.lower()) for page, name in self._messages.values())
        self._pages = pages

    def name(self, full_name: str, package: str) -> str:
        """The shortest sure name of a type on a page of a package: in short in its own, else in
        full. A leading dot where an inner scope has the same name.
        """
        short = full_name.removeprefix(f"{package}.")
        if full_name in SCALARS:
            return full_name
        if short != full_name:
            return f".{full_name}" if short in SCALARS else short
        parts = package.split(".")
        scopes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        hidden = any(f"{scope}.{full_name}" in self._names for scope in scopes)
        return f".{full_name}" if hidden else full_name

    def target(self, full_name: str, file: File) -> Encoded | None:
        """Where a link to a message leads, from the page of a file."""
        page, name = self._messages.get(full_name, ("", ""))
        if self._anchors[page, name.lower()] != 1:
            return None
        here = self._pages[file.path]
        if page == here:
            return address("", name.lower())
        if not self._folders:
            there = relpath(page, PurePosixPath(here).parent.as_posix())
            return address(there, name.lower())
        # Hugo makes other addresses of blanks and of what is no letter.
        if not _PLAIN_PATH.fullmatch(page) or not _PLAIN_PATH.fullmatch(here):
            return None
        there = relpath(page.removesuffix(".md"), here.removesuffix(".md")).lower()
        return address(f"{there}/", name.lower())
