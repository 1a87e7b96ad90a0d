"""spec.toml: how the pages of one API are to be read. A folder without one is a spec too."""

from __future__ import annotations

import keyword
import os
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from apiscribe.diagnostic_codes import Level
from apiscribe.names import snake
from apiscribe.report import Report
from apiscribe.source import Source, Sources, Span

T = TypeVar("T", bound=msgspec.Struct)

_LONGEST_NAME = 40
_TAKEN_NAMES = sys.stdlib_module_names | frozenset(
    "aiosqlite annotated_types fastapi google grpc grpc_health grpc_reflection greenlet pydantic"
    " pydantic_core pydantic_settings sqlalchemy starlette uvicorn".split()
)

PAGE_SUFFIXES = (".md", ".markdown", ".txt")


class LevelEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Another level for findings: `code` and `at`, the path of a page, may be globs."""

    code: str
    at: str = "*"
    level: Level | Literal["off"]
    reason: str


class Budget(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How much is read: bytes of a page, rows and bullets of a page, pages of a spec.

    The largest of the pages known to us have 0.15 MB, or some hundred rows.
    """

    page_bytes: Annotated[int, msgspec.Meta(ge=1)] = 8 * 2**20
    page_rows: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    pages: Annotated[int, msgspec.Meta(ge=1)] = 10_000


class NumberSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How new fields are numbered: one behind the highest number of their message, except that a
    field named in `start` opens a block at the number given there, or where that is passed, at the
    next one that is a multiple of `block` behind it.
    """

    start: dict[str, Annotated[int, msgspec.Meta(ge=1, lt=2**29)]] = {}
    block: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class ResourceSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What spec.toml states of a resource: documented names of its fields, and what new keys begin
    with. What it does not state is derived, and an empty name says that there is none.
    """

    key: str | None = None
    tenant: str | None = None
    state: str | None = None
    created: str | None = None
    updated: str | None = None
    identifying: tuple[str, ...] | None = None
    prefix: str | None = None


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The entries of spec.toml.

    `name`: of the API, of its output folder and of its Python package; default: the folder's name.
    `pages`: the folder of the pages, from the spec's folder.
    `uses`: packages whose types pages name in short, the nearest first.
    `dialects`: page (a glob, from the spec's folder) → the dialect that it is written in.
    `donors`: other editions of the API that facts are taken from where its pages are silent, the
    nearest first: spec folders, folders of `.proto` files, files that hold a FileDescriptorSet;
    paths from the spec's folder.
    `numbers`: a convention for the numbers of new fields.
    `resources`: service (full name) → the fields that make its resource; a text is the key's name.
    `tenant`: the documented name of the field that tells whose a row is; "" for none.
    `level`: other levels for findings; the last entry that matches counts.
    `handlers`: the folder of what the service's own people write, from the spec's folder.
    `budget`: how much is read.
    """

    name: str = ""
    pages: str = "pages"
    uses: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    dialects: dict[str, str] = {}
    resources: dict[str, str | ResourceSettings] = {}
    tenant: str | None = None
    numbers: NumberSettings = NumberSettings()
    level: tuple[LevelEntry, ...] = ()
    handlers: str = ""
    budget: Budget = Budget()


class Spec:
    """One API to be built: a folder of pages, with or without spec.toml and overlay.toml."""

    def __init__(self, folder: Path, settings: Settings, sources: Sources) -> None:
        self.folder, self.settings, self.sources = folder, settings, sources

    @property
    def name(self) -> str:
        """The API's name, a Python identifier in lower case."""
        return snake(self.settings.name or self.folder.resolve().name)[:_LONGEST_NAME]

    @property
    def handlers(self) -> Path | None:
        """The folder of the handlers; None where there is none, or it is not there yet."""
        folder = self.folder / self.settings.handlers
        return folder if self.settings.handlers and folder.is_dir() else None

    @property
    def keeps_numbers(self) -> bool:
        """Whether the folder holds more than pages, and so has a place for numbers.json."""
        files = ("spec.toml", "overlay.toml", "numbers.json")
        has_file = any((self.folder / name).is_file() for name in files)
        return has_file or self.settings.pages != "."

    def page_files(self) -> list[Path]:
        """The pages in the order of their paths, whatever the file system's."""
        root = self.folder / self.settings.pages
        found = [
            (*Path(folder).relative_to(root).parts, name)
            for folder, _, names in os.walk(root)
            for name in names
            if name.lower().endswith(PAGE_SUFFIXES) and Path(name).suffix
        ]
        files = (root.joinpath(*parts) for parts in sorted(found))
        return [file for file in files if file.is_file()]

    def path_of(self, file: Path) -> str:
        """The file's path from the spec's folder, as spans have it."""
        return file.relative_to(self.folder).as_posix()

    def span_of(self, text: str) -> Span:
        """The first line of spec.toml that holds a text; its first line if none does."""
        lines = self.sources["spec.toml"].lines
        line = next((n for n, line in enumerate(lines, 1) if text in line), 1)
        return Span("spec.toml", line, line)

    def pinned_dialect(self, path: str) -> str:
        """The dialect that spec.toml states for a page, or nothing."""
        pins = self.settings.dialects.items()
        return next((dialect for glob, dialect in pins if fnmatchcase(path, glob)), "")


def read_spec(folder: Path, report: Report) -> Spec:
    """The spec in a folder. Without a spec.toml, the folder's own pages are its pages."""
    sources = Sources()
    settings = Settings(pages=".")
    if (folder / "spec.toml").is_file():
        settings = read_toml(folder / "spec.toml", Settings, "malformed-spec", sources, report)
    elif (folder / "pages").is_dir():
        settings = Settings()
    spec = Spec(folder, settings, sources)
    span = Span("spec.toml", 1, 1)
    if spec.name in _TAKEN_NAMES or keyword.iskeyword(spec.name):
        report.add(
            "malformed-spec",
            f'the name "{spec.name}" would hide a Python module that the generated package needs',
            span,
            help="state another `name` in spec.toml",
        )
    if Path(settings.pages).is_absolute() or ".." in Path(settings.pages).parts:
        report.add("malformed-spec", f'pages = "{settings.pages}" lies outside the spec', span)
        return Spec(folder, msgspec.structs.replace(settings, pages="pages"), sources)
    return spec


def read_toml(file: Path, kind: type[T], code: str, sources: Sources, report: Report) -> T:
    """The file's entries; where it is not what it should be, an error, and the defaults."""
    raw = file.read_bytes()
    text = raw.decode("utf-8", errors="replace")
    sources[file.name] = source = Source(file.name, text)
    try:
        raw.decode("utf-8")
        return msgspec.toml.decode(text, type=kind)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        report.add("not-utf-8", said, source.span(line), mark="\ufffd")
        return kind()
    except msgspec.DecodeError as error:
        report.add(code, str(error), source.span(_line_of(str(error), text)))
        return kind()


def _line_of(error: str, text: str) -> int:
    """The line that an error of the TOML parser or of msgspec is about, as near as it tells."""
    if found := re.search(r"line (\d+)", error):
        return int(found[1])
    # msgspec says `$.change[2].was`: the third [[change]] of the file
    if found := re.search(r"`\$\.(\w+)\[(\d+)\]", error):
        lines_of = entry_lines(text, found[1])
        return lines_of[int(found[2])] if int(found[2]) < len(lines_of) else 1
    named = re.search(r"`\$?\.?(\w+)`$", error)
    lines = text.split("\n")
    key = named[1] if named else ""
    return next((n for n, line in enumerate(lines, 1) if key and line.startswith(key)), 1)


def entry_lines(text: str, table: str) -> list[int]:
    """The lines of the `[[table]]` headers in a TOML text, one for each entry; entries that are
    written otherwise have none.
    """
    header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    return [n for n, line in enumerate(text.split("\n"), 1) if header.match(line)]
