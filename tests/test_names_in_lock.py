"""Names that were made up never move to another documented name, whatever is added to the pages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from locked_pages import read_and_lock, type_of
from thorough import examples

from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.model.api import Api, File
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.workspace.protoc import compile_protos

HEADER = "<tr><th>Field</th><th>Type</th></tr>"
# Names that are no identifiers, or that clash with others as identifiers, in ProtoJSON, or in the
# scope of a message.
FIELDS = (
    *("userId", "user_id", "user-id", "id", "_id", "class", "class_", "größe", "groesse", "grosse"),
    *("尺寸", "chi_cun", "ChiCun", "…", "——", "unnamed", "State", "state", "NEW", "STATE_NEW"),
)
VALUES = ("NEW", "new", "新", "Xin", "state", "State", "-", "…", "option", "LENT")
MESSAGES = ("Book", "book", "书", "Shu", "State", "BookMessage", "BBook", "Loan")
METHODS = ("get", "get-all", "get_all", "获取", "HuoQu", "…")
PAGES = ("a", "b", "c")

# A field and its values, if it lists any.
Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Page:
    """The messages of a page with their rows, and the methods of its service, each in order."""

    messages: tuple[tuple[str, tuple[Row, ...]], ...]
    methods: tuple[str, ...] = ()


def page_text(name: str, page: Page) -> str:
    parts = [f"# {name}", "> **Package : shop.v1**", f"## {name.upper()}"]
    if page.methods:
        parts.append(
            "\n".join(
                [
                    "| Method | Request | Response |\n| --- | --- | --- |",
                    *(f"| {each} | google.protobuf.Empty | Loans |" for each in page.methods),
                ]
            )
        )
    parts.append("## Message")
    for message, rows in page.messages:
        # A message of the same name on another page is another message.
        cells = [(f"of_{name}", ()), *rows]
        table = "\n".join(f"<tr><td>{n}</td><td>{type_of(values)}</td></tr>" for n, values in cells)
        parts += [f"### {message}", f"<table>\n{HEADER}\n{table}\n</table>"]
    return "\n\n".join(parts) + "\n"


def build(folder: Path, pages: dict[str, Page]) -> Compilation:
    for name, page in pages.items():
        (folder / f"{name}.md").write_text(page_text(name, page), "utf-8")
    return read_and_lock(folder)


def identities(api: Api, pages: dict[str, Page]) -> Iterator[tuple[object, object]]:
    """Each declaration as the pages have it, and its identifiers and number in the outputs."""
    enums = {enum.full_name: enum for file in api.files for enum in file.all_enums()}
    for name, page in pages.items():
        file = next(file for file in api.files if file.page == f"{name}.md")
        for method, output in zip(page.methods, methods_of(file), strict=True):
            yield (name, "method", method), output
        declared = [message for message, _ in page.messages]
        outputs = [m for m in file.messages if m.fields and m.fields[0].json_name == f"of_{name}"]
        for documented, message in zip(declared, outputs, strict=True):
            yield (name, documented), message.full_name
            for field in message.fields:
                where = (name, documented, field.json_name)
                yield where, (field.name, field.number)
                if enum := enums.get(field.type.name):
                    yield (*where, "enum"), enum.full_name
                    documented_values = dict(page.messages)[documented]
                    for value in enum.values:
                        if value.json_name in dict(documented_values)[field.json_name]:
                            yield (*where, value.json_name), (value.name, value.number)


def methods_of(file: File) -> list[str]:
    return [method.name for service in file.services for method in service.methods]


def orders(items: st.SearchStrategy[list[object]]) -> st.SearchStrategy[tuple[object, ...]]:
    return items.flatmap(st.permutations).map(tuple)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Page]]:
    """Versions of pages: each one has all of the former, in another order, and more."""
    known: dict[str, tuple[dict[str, dict[str, list[str]]], list[str]]] = {}
    versions = []
    for _ in range(draw(st.integers(2, 4))):
        for name in draw(st.lists(st.sampled_from(PAGES), min_size=1, unique=True)):
            messages, methods = known.setdefault(name, ({}, []))
            for method in draw(st.lists(st.sampled_from(METHODS), max_size=2)):
                methods += [method] if method not in methods else []
            for message in draw(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=3)):
                rows = messages.setdefault(message, {})
                for field in draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4)):
                    is_enum = field in rows and bool(rows[field])
                    if field not in rows:
                        is_enum = draw(st.booleans()) and draw(st.booleans())
                    values = rows.setdefault(field, [])
                    if is_enum:
                        new = draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=2))
                        values += [v for v in dict.fromkeys(new) if v not in values]
        versions.append(
            {
                name: Page(
                    tuple(
                        (
                            message,
                            tuple(
                                (field, tuple(draw(st.permutations(rows[field]))))
                                for field in draw(st.permutations(list(rows)))
                            ),
                        )
                        for message in draw(st.permutations(list(messages)))
                        for rows in [messages[message]]
                    ),
                    tuple(draw(st.permutations(methods))),
                )
                for name, (messages, methods) in known.items()
            }
        )
    return versions


@examples(30)
@given(histories())
def test_nothing_that_is_added_moves_a_name_or_a_number(versions: list[dict[str, Page]]) -> None:
    ever: dict[object, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for pages in versions:
            compilation = build(folder, pages)
            for documented, output in identities(compilation.api, pages):
                assert ever.setdefault(documented, output) == output, f"{documented} moved"
            again = compile_folder(folder)
            assert (again.api, again.lock) == (compilation.api, compilation.lock)
        protos = {
            o.path.removeprefix("proto/"): o.content
            for o in render_all(emit_proto(compilation.api))
        }
        compile_protos(protos)
