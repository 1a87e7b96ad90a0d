"""The lower bound of reading pages: markdown-it-py's block rules on every page of a folder.

`python -m benchmarks.block_parse FOLDER`
"""

from __future__ import annotations

import sys
from pathlib import Path

from markdown_it import MarkdownIt

from benchmarks.versions import pages_of


def main() -> None:
    """Parse every page, and discard the result."""
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.core.ruler.enableOnly(["normalize", "block"])
    for file in pages_of(Path(sys.argv[1])):
        markdown.parse(file.read_text("utf-8"))


if __name__ == "__main__":
    main()
