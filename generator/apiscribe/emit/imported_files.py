"""The files that a file of the Api imports, directly or not: outputs of it depend on them."""

from __future__ import annotations

from apiscribe.model.api import Api, File


class ImportedFiles:
    """The imports of all files of an Api."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._imports = {file.path: api.imports(file) for file in api.files}

    def with_imports(self, file: File) -> list[File]:
        """Return a file and all files that it imports, sorted by path."""
        paths: set[str] = set()
        pending = [file.path]
        while pending:
            path = pending.pop()
            if path not in paths:
                paths.add(path)
                pending += self._imports[path]
        return [self._api.file(path) for path in sorted(paths)]
