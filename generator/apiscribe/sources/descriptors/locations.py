"""The location and comment of a declaration in its `.proto` file."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from apiscribe.diagnostics.source import Span

_NAME = 1  # the number of `name` in every kind of declaration of descriptor.proto


class Locations:
    """The lines and comments of a file, by the path of a declaration in descriptor.proto.

    Without source info every declaration is on the first line and has no comment.
    """

    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file.name
        self._locations = {tuple(loc.path): loc for loc in file.source_code_info.location}

    def span(self, path: tuple[int, ...]) -> Span:
        """Return the lines of a declaration.

        A declaration without a location (the entry of a map) has the first line of its parent.
        """
        location = self._locations.get(path)
        if location is None or len(location.span) not in (3, 4):
            first = self.span(path[:-1]).line if path else 1
            return Span(self._file, first, first)
        # Zero-based [line, column, end line, end column]; [line, column, end column] on one line.
        span = location.span
        first, last = span[0], span[2] if len(span) == 4 else span[0]
        return Span(self._file, first + 1, last + 1)

    def heading(self, path: tuple[int, ...]) -> Span:
        """Return the line with the name of a declaration."""
        return self.span((*path, _NAME))

    def comment(self, path: tuple[int, ...]) -> str:
        """Return the comments before and after a declaration, without their markers."""
        location = self._locations.get(path)
        if location is None:
            return ""
        comments = (_plain(location.leading_comments), _plain(location.trailing_comments))
        return "\n\n".join(filter(None, comments))


def _plain(text: str | bytes) -> str:
    if isinstance(text, bytes):  # a comment in Latin-1
        text = text.decode("utf-8", errors="replace")
    return "\n".join(line.removeprefix(" ").rstrip() for line in text.split("\n")).strip()
