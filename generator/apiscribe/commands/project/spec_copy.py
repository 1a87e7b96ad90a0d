"""The files of a spec, copied into a project: its pages are its own from then on."""

from __future__ import annotations

import os
from pathlib import Path

import tomlkit

from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.model.names import unique
from apiscribe.sources.compilation import Compilation
from apiscribe.sources.spec_folder import Spec, load_spec

_FILES = ("spec.toml", "overlay.toml")


def spec_files(compilation: Compilation) -> dict[str, bytes]:
    """Path in the project → content, for one spec and its references. Raises OSError."""
    spec = compilation.spec
    place = f"specs/{spec.name}"
    bare = not any((spec.folder / name).is_file() for name in _FILES)
    # Without spec.toml the pages may lie in the folder itself; then nothing names their paths.
    moved = "pages/" if bare and spec.settings.pages == "." else ""
    found = {f"{place}/{moved}{path}": content for path, content in _files(spec).items()}
    document = tomlkit.parse(found.pop(f"{place}/spec.toml", b"").decode())
    if not spec.settings.name:
        document["name"] = spec.name
    if not bare and "pages" not in document:
        document["pages"] = spec.settings.pages
    document["handlers"] = f"../../handlers/{spec.name}"
    if spec.settings.references:
        references = _references(spec)
        document["references"] = [f"../../references/{name}" for name in references]
        for name, files in references.items():
            found.update({f"references/{name}{path}": content for path, content in files.items()})
    found[f"{place}/spec.toml"] = tomlkit.dumps(document).encode()
    found[f"{place}/{LOCK_FILE}"] = lock_text(compilation.lock).encode()
    return found


def _files(spec: Spec) -> dict[str, bytes]:
    """Path in the spec's folder → content, of its pages and what corrects them."""
    names = [name for name in _FILES if (spec.folder / name).is_file()]
    return {path: (spec.folder / path).read_bytes() for path in (*names, *spec.page_files)}


def _references(spec: Spec) -> dict[str, dict[str, bytes]]:
    """Name of each reference → its files, by the path behind that name."""
    found: dict[str, dict[str, bytes]] = {}
    for stated in spec.settings.references:
        place = Path(os.path.normpath(spec.folder / stated))
        found[unique(place.name, found)] = _reference_files(place)
    return found


def _reference_files(place: Path) -> dict[str, bytes]:
    if place.is_file():
        return {"": place.read_bytes()}
    if protos := sorted(place.rglob("*.proto")):
        return {f"/{file.relative_to(place).as_posix()}": file.read_bytes() for file in protos}
    reference = load_spec(place, with_references=False)
    files = _files(reference)
    lock = place / LOCK_FILE
    if lock.is_file():
        files[LOCK_FILE] = lock.read_bytes()
    return {f"/{path}": content for path, content in files.items()}
