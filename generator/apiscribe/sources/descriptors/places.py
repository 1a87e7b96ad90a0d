"""Where a declaration stands in its `.proto`, and the comment there."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from apiscribe.diagnostics.source import Span

_NAME = 1  # the number of `name` in every kind of declaration of descriptor.proto


class Places:
    """The lines and comments of a file, by the paths that descriptor.proto gives to declarations.

    Without source info every place is the first line, and no comment is known.
    """

    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file.name
        self._locations = {tuple(place.path): place for place in file.source_code_info.location}

    def span(self, path: tuple[int, ...]) -> Span:
        """The lines of a declaration; what stands nowhere (the entries of a map) has the first line
        of what it stands in.
        """
        place = self._locations.get(path)
        if place is None or len(place.span) not in (3, 4):
            first = self.span(path[:-1]).line if path else 1
            return Span(self._file, first, first)
        # [line, column, end line, end column], without the end line where it is the first; from 0.
        first, last = place.span[0], place.span[2] if len(place.span) == 4 else place.span[0]
        return Span(self._file, first + 1, last + 1)

    def heading(self, path: tuple[int, ...]) -> Span:
        """The line with the name of a declaration that has a body."""
        return self.span((*path, _NAME))

    def comment(self, path: tuple[int, ...]) -> str:
        """The comment above a declaration, or else that behind it; without its marks."""
        place = self._locations.get(path)
        if place is None:
            return ""
        text = place.leading_comments or place.trailing_comments
        if isinstance(text, bytes):  # a comment in Latin-1
            text = text.decode("utf-8", errors="replace")
        return "\n".join(line.removeprefix(" ").rstrip() for line in text.split("\n")).strip()
