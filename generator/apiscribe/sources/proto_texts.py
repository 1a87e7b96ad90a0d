"""Read `.proto` files without protoc, which cannot compile them if an imported file is missing, or
if two files have a declaration.

Types of a missing file are opaque messages in the package that their name states. Of two files with
a declaration, the one in a folder with the name of its package has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from apiscribe.diagnostics.report import Report
from apiscribe.diagnostics.source import Source, Span
from apiscribe.dialects.protobuf.texts import read_text
from apiscribe.lower import lower
from apiscribe.model.api import Api
from apiscribe.model.draft import EnumDraft, MessageDraft, PageDraft, ServiceDraft
from apiscribe.model.lock import Lock
from apiscribe.model.names import identifier
from apiscribe.model.overlay import Overlay
from apiscribe.model.settings import Settings
from apiscribe.sources.source_error import SourceError

# Vendored copies of these files are libraries, also below another import root.
_LIBRARIES = ("google/protobuf/", "google/api/")
# Two declarations of one name or number in a file, which protoc rejects too.
_CLASHES = frozenset(
    {"duplicate-declaration", "duplicate-field", "printed-number", "renamed-identifier"}
)


def read_proto_texts(root: Path) -> tuple[Api, dict[str, Source], tuple[str, ...]]:
    """Return the Api that the `.proto` files below a folder declare, their texts by path, and the
    declarations that are left out.

    Raise SourceError if a file with declarations is not in the language of protobuf, no file has
    any, or two declarations of a file clash.
    """
    sources: dict[str, Source] = {}
    for file in sorted(root.rglob("*.proto")):
        path = file.relative_to(root).as_posix()
        if not any(f"/{library}" in f"/{path}" for library in _LIBRARIES):
            text = file.read_bytes().decode("utf-8", errors="replace")
            sources[path] = Source(path, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    drafts, left_out = _without_duplicates(list(_drafts(sources)))
    if not drafts:
        raise SourceError("no file declares a message, an enum or a service")
    report = Report()
    overlay = Source("overlay.toml", "")
    name = identifier(root.resolve().name)
    api, _ = lower(name, drafts, Settings(), (Overlay(), overlay), (), Lock(), report)
    for diagnostic in report:
        if diagnostic.level == "error" or diagnostic.code in _CLASHES:
            raise SourceError(f"{diagnostic.span}: {diagnostic.message}")
    return api, sources, left_out


def _drafts(sources: dict[str, Source]) -> Iterator[PageDraft]:
    for path, source in sources.items():
        # The first line of a text in a page is below its fence.
        span = Span(path, 0, source.text.count("\n") + 1)
        read = read_text(source.text, span)
        if read is None:
            if _declares(source.text):
                raise SourceError(f"{path} is not in the language of protobuf")
            continue
        yield PageDraft(
            dialect="proto",
            path=path,
            package=read.package,
            file=path,
            services=tuple(read.services),
            messages=tuple(read.messages),
            enums=tuple(read.enums),
            lists_values=True,
            span=source.span(1),
        )


def _without_duplicates(drafts: list[PageDraft]) -> tuple[list[PageDraft], tuple[str, ...]]:
    """Return the files without the declarations of others, and a sentence for each of these."""
    homes: dict[str, str] = {}
    left_out: list[str] = []
    kept: dict[str, PageDraft] = {}
    for draft in sorted(drafts, key=_parts_of_package, reverse=True):

        def is_first(
            one: ServiceDraft | MessageDraft | EnumDraft, draft: PageDraft = draft
        ) -> bool:
            home = homes.setdefault(f"{draft.package}.{one.name}", draft.path)
            if home != draft.path:
                left_out.append(f"{one.name} of {draft.path} is left out: {home} declares it")
            return home == draft.path

        kept[draft.path] = replace(
            draft,
            services=tuple(filter(is_first, draft.services)),
            messages=tuple(filter(is_first, draft.messages)),
            enums=tuple(filter(is_first, draft.enums)),
        )
    return [kept[draft.path] for draft in drafts], tuple(left_out)


def _parts_of_package(draft: PageDraft) -> int:
    """Return how many parts of the package the folder of a file ends with."""
    folders, parts = draft.path.split("/")[:-1], draft.package.split(".")
    pairs = zip(reversed(folders), reversed(parts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _declares(text: str) -> bool:
    return any(line.startswith(("message ", "enum ", "service ")) for line in text.splitlines())
