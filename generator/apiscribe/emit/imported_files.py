"""The files that a file of the Api imports, directly or not: outputs of it depend on them."""

from __future__ import annotations

from collections.abc import Iterable

from apiscribe.model.api import Api, File


class ImportedFiles:
    """The imports of all files of an Api, and the types of files."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def with_imports(self, file: File) -> list[File]:
        """Return a file and all files that it imports, sorted by path."""
        paths: set[str] = set()
        pending = [file.path]
        while pending:
            path = pending.pop()
            if path not in paths:
                paths.add(path)
                pending += self._api.imports(self._api.file(path))
        return [self._api.file(path) for path in sorted(paths)]

    def type_names(self, files: Iterable[File]) -> set[str]:
        """Return the full names of the types that files declare or use."""
        return set().union(*(file.type_names for file in files))
