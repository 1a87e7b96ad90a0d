"""Links to the file that a declaration comes from: `[v1.Hive proto](…/api/apiary/v1/hive.proto)`.

The folders after one that holds protos by its name, such as `api`, are the package. A page may
leave out the first of them in all names.
"""

from __future__ import annotations

import re

from apiscribe.dialects.protobuf.words import PROTO_ROOTS
from apiscribe.pages.blocks import Block, Paragraph

_LINK = re.compile(r"<a\b|\]\(")
_FILE = re.compile(r"(?P<path>[\w@+.:/-]+\.proto)(?:#L?\d+)?", re.ASCII)
_FOLDERS = re.compile(r"(?:[a-z_]\w*/)+[\w.-]+\.proto", re.ASCII)


def linked_file(block: Block) -> str:
    """Return the path of the file that a paragraph of one link leads to, from its first folder of
    the package; "" if no folder tells where the package begins.
    """
    if not isinstance(block, Paragraph) or not _LINK.search(block.inline.source):
        return ""
    links = block.inline.parsed.links
    match = _FILE.fullmatch(links[0].target) if len(links) == 1 else None
    if not match or links[0].text != block.inline.text:
        return ""
    folders = match["path"].split("/")
    roots = [at for at, folder in enumerate(folders) if folder in PROTO_ROOTS]
    path = "/".join(folders[roots[-1] + 1 :]) if roots else ""
    return path if _FOLDERS.fullmatch(path) else ""


def links_to_file(block: Block, name: str) -> bool:
    """Return whether a paragraph is a link to the file of a declaration, with its name."""
    return bool(linked_file(block)) and name in re.split(r"[^\w.]+", _words(block))


def _words(block: Block) -> str:
    return block.inline.text if isinstance(block, Paragraph) else ""


def linked_package(block: Block, known: str, name: str) -> str:
    """Return the package of the file that a paragraph leads to, if it ends with the one that is
    `known`, or if the words of the link are the full name of the declaration; or "".
    """
    package = linked_file(block).rpartition("/")[0].replace("/", ".")
    if known:
        return package if package.endswith(f".{known}") else ""
    return package if f"{package}.{name}" in re.split(r"[^\w.]+", _words(block)) else ""
