"""Pages of the site that are not files in docs/: one for each diagnostic, rule and kind of change.

MkDocs calls the functions. Their text is that of `apiscribe explain`, so they need no refreshing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from apiscribe.commands.explain_text import explain_code
from apiscribe.diagnostics.codes import CODES
from apiscribe.dialects.outline import SKIP_RULES
from apiscribe.drift.change_kinds import KINDS
from apiscribe.lower.inference_rules import RULES

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

_FOLDERS = {
    "diagnostics": ("Diagnostics", "What a diagnostic means, and what to do.", list(CODES)),
    "rules": (
        "Rules",
        "Rules infer facts that pages do not state, and skip parts that add nothing.",
        sorted([*(rule.name for rule in RULES), *SKIP_RULES]),
    ),
    "changes": ("Kinds of changes", "What a change does to clients.", list(KINDS)),
}
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    from mkdocs.structure.files import File

    for path, text in generated_pages():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Write links to files of the repository, which are not on the site, as their text."""
    return _OUTSIDE.sub(r"\1", markdown)


def on_post_page(output: str, **_: object) -> str:
    """Name the search for screen readers: the theme gives it no name."""
    return output.replace('role="dialog">', 'role="dialog" aria-label="Search">')


def on_post_template(output_content: str, **_: object) -> str:
    """Do the same for the page of an unknown address."""
    return on_post_page(output_content)


def generated_pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of each page, and of the index of its folder."""
    for folder, (title, about, words) in _FOLDERS.items():
        lines = [f"- [`{word}`]({word}.md): {_summary(word)}" for word in words]
        yield f"{folder}/index.md", "\n".join([f"# {title}", "", about, "", *lines, ""])
        for word in words:
            yield f"{folder}/{word}.md", _page(word)


def _page(word: str) -> str:
    """Return the text of `apiscribe explain` as Markdown: examples stand in a fence."""
    head, _, rest = (explain_code(word) or "").partition("\n\n")
    text, example, shown = rest.partition("\n\nFor example:\n\n")
    lines = [f"# {word}", "", f"`{head.removeprefix(word).strip(' ()')}`", "", _escaped(text)]
    if example:
        fence = "`" * (max(map(len, re.findall(r"`{3,}", shown)), default=3) + 1)
        lines += ["", "For example:", "", f"{fence}text", shown, fence]
    return "\n".join([*lines, ""])


def _summary(word: str) -> str:
    """Return the first sentence of the text."""
    _, _, rest = (explain_code(word) or "").partition("\n\n")
    paragraph = " ".join(rest.split("\n\n")[0].split())
    return _escaped(paragraph.split(". ")[0].rstrip(".") + ".")


def _escaped(text: str) -> str:
    """Return the text without marks that Markdown would read outside of code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if at % 2 else re.sub(r"([\\<>\[\]*_#|])", r"\\\1", part)
        for at, part in enumerate(parts)
    )
