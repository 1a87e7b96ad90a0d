"""Copy the files of a spec into a project."""

from __future__ import annotations

import os
from pathlib import Path

import tomlkit

from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.model.names import unique
from apiscribe.sources.compilation import Compilation
from apiscribe.sources.spec_folder import Spec, load_spec
from apiscribe.workspace.inputs import read_input

_FILES = ("spec.toml", "overlay.toml")


def spec_files(compilation: Compilation, vendor_runtime: bool) -> dict[str, bytes]:
    """Return the files for a spec and its reference versions, path → content. Raise OSError."""
    spec = compilation.spec
    target = f"specs/{spec.name}"
    is_bare = spec.is_page or not any((spec.folder / name).is_file() for name in _FILES)
    # The pages of a bare folder move to pages/, which is the default of spec.toml.
    subfolder = "pages/" if is_bare and spec.settings.pages == "." else ""
    files = {f"{target}/{subfolder}{path}": content for path, content in _files(spec).items()}
    document = tomlkit.parse(files.pop(f"{target}/spec.toml", b"").decode())
    if not spec.settings.name:
        document["name"] = spec.name
    if not is_bare and "pages" not in document:
        document["pages"] = spec.settings.pages
    if vendor_runtime:
        document["vendor_runtime"] = True
    else:
        document.pop("vendor_runtime", None)
    document["handlers"] = f"../../handlers/{spec.name}"
    if spec.settings.references:
        references = _references(spec)
        document["references"] = [f"../../references/{name}" for name in references]
        for name, contents in references.items():
            files.update({f"references/{name}{path}": text for path, text in contents.items()})
    files[f"{target}/spec.toml"] = tomlkit.dumps(document).encode()
    files[f"{target}/{LOCK_FILE}"] = lock_text(compilation.lock).encode()
    return files


def _files(spec: Spec) -> dict[str, bytes]:
    """Return spec.toml, overlay.toml and the pages of a spec, path → content."""
    names = [name for name in _FILES if (spec.folder / name).is_file() and not spec.is_page]
    return {
        path: read_input(spec.folder / path, spec.folder) for path in (*names, *spec.page_files)
    }


def _references(spec: Spec) -> dict[str, dict[str, bytes]]:
    """Return the files of each reference version: name → path below the name → content."""
    references: dict[str, dict[str, bytes]] = {}
    for stated in spec.settings.references:
        path = Path(os.path.normpath(spec.folder / stated))
        references[unique(path.name, references)] = _reference_files(path)
    return references


def _reference_files(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    if protos := sorted(path.rglob("*.proto")):
        return {f"/{file.relative_to(path).as_posix()}": file.read_bytes() for file in protos}
    reference = load_spec(path, with_references=False)
    files = _files(reference)
    lock = path / LOCK_FILE
    if lock.is_file():
        files[LOCK_FILE] = lock.read_bytes()
    return {f"/{name}": content for name, content in files.items()}
