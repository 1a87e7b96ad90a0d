"""The specs that a command line names: folders, pages, and both at a git revision.

A text that names none of them gets the next step: what it is, and what to pass instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apiscribe.commands.specs import Failure
from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.workspace.inputs import is_own

if TYPE_CHECKING:
    from apiscribe.sources.spec_folder import Spec

_SPECS = Path("specs")
# Folders of dependencies and of build outputs.
_FOREIGN = frozenset({"vendor", "third_party", "target", "dist", "generated", "converted"})
_DEEPEST = 3  # folders below the current one, for a spec.toml
_FIND = "find one with: apiscribe init"


def load_specs(paths: Sequence[Path]) -> list[Spec]:
    """Load the specs at paths; without any, the specs of the current folder.

    Raise Failure for a path that is not a spec, and for two specs with the same name.
    """
    loaded = [_load(path) for path in paths or default_paths()]
    names = [spec.name for spec in loaded]
    for name in names:
        if names.count(name) > 1:
            raise Failure(f"two specs are named {name}; set `name` in the spec.toml of one")
    return loaded


def default_path() -> Path:
    """Return the only spec of the current folder. Raise Failure if there are none or several."""
    paths = default_paths()
    if len(paths) > 1:
        names = ", ".join(str(path) for path in paths)
        raise Failure(f"no SPEC, and there are several; pass one of: {names}")
    return paths[0]


def default_paths() -> list[Path]:
    """Return every folder in specs/, or else the current folder or the only folder below it, if it
    has a spec.toml. Raise Failure if there is none.
    """
    if _SPECS.is_dir() and (folders := sorted(each for each in _SPECS.iterdir() if each.is_dir())):
        return folders
    if Path("spec.toml").is_file():
        return [Path()]
    below = sorted(_with_settings(Path(), _DEEPEST))
    if len(below) > 1:
        names = ", ".join(str(path) for path in below)
        raise Failure(f"no SPEC, and there are several; pass one or more of: {names}")
    if not below:
        text = "no SPEC, and no spec in the folder specs/; pass a folder of pages or a page"
        raise Failure(f"{text}, or {_FIND}")
    return below


def is_searched(folder_name: str) -> bool:
    """Return whether commands look for specs and pages in a folder, by its name."""
    return is_own(folder_name) and folder_name not in _FOREIGN


def _with_settings(folder: Path, deepest: int) -> Iterator[Path]:
    """Yield the folders with a spec.toml below a folder."""
    for entry in folder.iterdir():
        if is_searched(entry.name) and entry.is_dir() and not entry.is_symlink():
            if (entry / "spec.toml").is_file():
                yield entry
            elif deepest > 1:
                yield from _with_settings(entry, deepest - 1)


def _load(path: Path) -> Spec:
    from apiscribe.sources.revision import checkout, is_revision
    from apiscribe.sources.source_error import SourceError
    from apiscribe.sources.spec_folder import load_spec

    text = str(path)
    if not is_revision(text):
        if path.is_file():
            _check_page(path)
        elif not path.is_dir():
            raise Failure(_missing(path))
        return load_spec(path)
    try:
        # Handlers of the checkout are used until the command ends.
        checked_out = click.get_current_context().with_resource(checkout(text))
    except SourceError as error:
        raise Failure(str(error)) from error
    return load_spec(checked_out, revision=text)


def _check_page(path: Path) -> None:
    """Raise Failure if a file is not a page that can be a spec alone."""
    from apiscribe.sources.spec_files import (
        OVERLAY_FILE,
        PAGE_SUFFIXES,
        SETTINGS_FILE,
        is_page,
    )

    command = f"run: apiscribe {click.get_current_context().info_name}"
    if path.name in (SETTINGS_FILE, OVERLAY_FILE):
        raise Failure(f"{path} is a file of a spec; {command} {path.parent}")
    if not is_page(path):
        endings = ", ".join(PAGE_SUFFIXES)
        raise Failure(f"{path} is not a page ({endings}); pass a folder of pages or a page")
    # Its declarations refer to other pages, and its numbers are in the lock of the folder.
    if spec := _spec_of(path):
        raise Failure(f"{path} is a page of the spec {spec}; {command} {spec}")


def specs_of_pages(paths: Sequence[Path]) -> dict[Path, set[str]]:
    """Return the specs of paths; for one that is named by its pages only, with these pages."""
    from apiscribe.sources.spec_files import is_page

    specs: dict[Path, set[str]] = {}
    for path in paths:
        spec = _spec_of(path) if is_page(path) else None
        if spec is None:
            specs[path] = set()
        elif spec not in specs or specs[spec]:
            page = path.resolve().relative_to(spec.resolve())
            specs.setdefault(spec, set()).add(page.as_posix())
    return specs


def _spec_of(page: Path) -> Path | None:
    """Return the folder with the spec.toml that a page belongs to, in the same repository."""
    from apiscribe.sources.spec_files import SETTINGS_FILE

    here = Path.cwd().resolve()
    for folder in page.resolve().parents:
        if (folder / SETTINGS_FILE).is_file():
            return folder.relative_to(here) if folder.is_relative_to(here) else folder
        if (folder / ".git").exists():
            break
    return None


def _missing(path: Path) -> str:
    """Return why there is nothing at a path. `Path` has joined the slashes of an address."""
    text = str(path)
    if text == "-":
        return (
            "- is the standard input, and a spec is a file or a folder: its name and lines stand in"
            " the outputs; save the page to a file"
        )
    if path.parts[0] in ("http:", "https:"):
        address = text.replace(":/", "://", 1)
        return f"{address} is an address; download the pages, and pass their folder"
    return f"{path} does not exist{_near(path)}; pass a folder of pages or a page"


def _near(path: Path) -> str:
    """Return a suggestion: a file or folder beside a path, with a similar name."""
    try:
        names = sorted(os.listdir(path.parent))
    except OSError:
        return ""
    return did_you_mean(path.name, names)
