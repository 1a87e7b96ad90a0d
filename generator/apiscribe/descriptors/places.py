"""Where declarations stand in their `.proto`, and the comments above them."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from apiscribe.source import Span


class Places:
    """Paths into a file's descriptor, as descriptor.proto counts them (SourceCodeInfo.Location)."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file.name
        self._lines: dict[tuple[int, ...], tuple[int, int]] = {}
        self._comments: dict[tuple[int, ...], str] = {}
        for location in file.source_code_info.location:
            path = tuple(location.path)
            first = location.span[0] + 1
            last = first if len(location.span) == 3 else location.span[2] + 1
            self._lines.setdefault(path, (first, last))
            if location.leading_comments:
                self._comments.setdefault(path, _text(location.leading_comments))

    def span(self, path: tuple[int, ...]) -> Span:
        """The first line of a declaration; that of its file where the descriptor has no lines."""
        line = self._lines.get(path, (1, 1))[0]
        return Span(self._file, line, line)

    def comment(self, path: tuple[int, ...]) -> str:
        """The comment above a declaration."""
        return self._comments.get(path, "")


def _text(comment: str) -> str:
    return "\n".join(line.removeprefix(" ").rstrip() for line in comment.split("\n")).strip()
