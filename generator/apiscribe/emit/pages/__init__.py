"""Emits an Api as documentation pages, in a form that a dialect reads.

The output is a whole spec: pages/, spec.toml, lock.json and, for facts that pages cannot express,
overlay.toml. Reading it results in the same Api, except that a file without declarations has no
page, and text is normalized by `settled`.

The form of protoc-gen-doc is one page for the whole API, and what it loses is in its module.

To add a form: a module that formats its fields, a row in `FORMS`, a template.
"""

from __future__ import annotations

from apiscribe.emit.output import Output
from apiscribe.emit.pages.gitbook import GitbookFields
from apiscribe.emit.pages.hugo import HugoFields
from apiscribe.emit.pages.inline_enums import InlineEnum, find_inline_enums
from apiscribe.emit.pages.protoc_gen_doc import ProtocGenDocWriter
from apiscribe.emit.pages.references import References, page_paths
from apiscribe.emit.pages.settings import lock_json, overlay_toml, spec_toml
from apiscribe.emit.pages.text import paragraphs, quoted, words
from apiscribe.emit.pages.views import Fields, PageWriter
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, File
from apiscribe.model.names import camel

__all__ = ["FORMS", "emit_pages"]

FORMS = ("gitbook", "hugo", "protoc-gen-doc")


def emit_pages(api: Api, form: str) -> list[Output]:
    """Return the files of an API's spec in one of `FORMS`, sorted by path."""
    pages = page_paths(api)
    references = References(api, pages, folders=form == "hugo")
    settings = [spec_toml(api, form), *overlay_toml(api, references, form), lock_json(api)]
    if form == "protoc-gen-doc":
        files = ProtocGenDocWriter(api, references).files()
        page = Output.text("pages/docs.md", render(f"pages/{form}.md.j2", files=files))
        return sorted([*settings, page], key=_path)
    # Only GitBook pages can list the values of an enum at a field.
    inline_enums: dict[str, InlineEnum] = find_inline_enums(api) if form == "gitbook" else {}
    fields: Fields = (
        GitbookFields(references, inline_enums) if form == "gitbook" else HugoFields(references)
    )
    outputs = settings
    for file in api.files:
        if file.services or file.messages or file.enums:
            writer = PageWriter(file, references, fields, inline_enums, shortcodes=form == "hugo")
            outputs.append(Output.text(pages[file.path], _page(file, writer, form)))
    return sorted(outputs, key=_path)


def _path(output: Output) -> str:
    return output.path


def _page(file: File, writer: PageWriter, form: str) -> str:
    stem = file.path.rsplit("/", 1)[-1].removesuffix(".proto")
    title = file.services[0].name if file.services else camel(stem)
    return render(
        f"pages/{form}.md.j2",
        title=words(title),
        quoted_title=quoted(title),
        quoted_description=quoted(file.description) if file.description else None,
        about=paragraphs(file.description, after_desc=True),
        package=words(file.package),
        services=writer.services(),
        messages=writer.messages(),
        enums=writer.enums(),
    )
