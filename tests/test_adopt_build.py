"""After `apiscribe adopt`, `build` works: also with a reference version of the same source, and with
the suggestions of `lint` applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thorough import THOROUGH, examples

from apiscribe.emit.suggestions import suggested_overlay
from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.sources.adopt import adopt
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.sources.kinds import open_source

FIELDS = ("state", "kind", "status", "name")
WORDS = ("State", "Kind")
VALUES = ("NONE", "NEW", "OPEN", "DONE", "LOST")

# A message: the field with an enum, its type on the page, its enum in the source (values, in which
# order), whether that is nested, and whether the page lists the values.
Entry = tuple[str, str, tuple[str, ...], bool, bool]
ENTRIES = st.tuples(
    st.sampled_from(FIELDS),
    st.sampled_from(WORDS),
    st.permutations(VALUES).flatmap(
        lambda order: st.integers(1, len(order)).map(lambda size: tuple(order[:size]))
    ),
    st.booleans(),
    st.booleans(),
)


def page(entries: Sequence[Entry]) -> str:
    """A page with these messages."""
    text = "# Shop\n\n> **Package : shop.v1**\n\n## Message\n"
    for at, (field, word, values, _, is_listed) in enumerate(entries):
        items = "".join(f"<li>{value}</li>" for value in values)
        type_ = f"<ul>{items}</ul>" if is_listed else word
        rows = [("id", "string"), (field, type_), ("more", "string")]
        cells = "".join(
            f"<tr><td>{name}</td><td>{each}</td><td></td><td></td></tr>\n" for name, each in rows
        )
        text += (
            f"\n### M{at}Info\n\n<table>\n<thead><tr><th>Field</th><th>Type</th>"
            f"<th>Required</th><th>Description</th></tr></thead>\n<tbody>\n{cells}</tbody>\n</table>\n"
        )
    return text


def proto(entries: Sequence[Entry]) -> str:
    """The source of these messages; enums at top level have the values of the first of their name."""
    top: dict[str, str] = {}
    text = ""
    for at, (field, word, values, is_nested, _) in enumerate(entries):
        nested = f"  enum {word} {{ {_values(values)} }}\n"
        if not is_nested:
            top.setdefault(
                word, f"enum {word} {{ {_values([f'{word}_{v}'.upper() for v in values])} }}\n"
            )
        text += (
            f"message M{at}Info {{\n{nested if is_nested else ''}  string more = 1;\n"
            f"  {word} {field} = {at + 5};\n  string id = 3;\n}}\n"
        )
    head = 'syntax = "proto3";\npackage shop.v1;\n'
    return head + "".join(top.values()) + text


def _values(names: Sequence[str]) -> str:
    return " ".join(f"{name} = {at};" for at, name in enumerate(names))


def errors(compilation: Compilation) -> list[str]:
    return [d.message for d in compilation.report if d.level == "error"]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def adopt_into(folder: Path, source: Path) -> None:
    compilation = compile_folder(folder)
    assert not errors(compilation)
    side = replace(open_source(str(source)), name="source")
    adoption = adopt(compilation.api, compilation.spec.lock, side)
    (folder / LOCK_FILE).write_text(lock_text(adoption.lock), "utf-8")


def check(entries: Sequence[Entry], has_reference: bool) -> None:
    """Adopt from the source, and build: as it is, with or without the reference, and with the
    suggestions.
    """
    with TemporaryDirectory() as name:
        folder = Path(name, "shop")
        reference = 'references = ["source"]\n' if has_reference else ""
        settings = 'name = "shop"\npages = "pages"\n'
        write(
            folder,
            {
                "pages/shop.md": page(entries),
                "spec.toml": settings + reference,
                "source/shop/v1/shop.proto": proto(entries),
            },
        )
        adopt_into(folder, folder / "source")
        assert not errors(compile_folder(folder))
        # A reference version that comes later, or goes.
        other = "" if has_reference else 'references = ["source"]\n'
        (folder / "spec.toml").write_text(settings + other, "utf-8")
        assert not errors(compile_folder(folder))
        compilation = compile_folder(folder)
        overlay = suggested_overlay(compilation.api, compilation.report)
        (folder / "overlay.toml").write_text(overlay, "utf-8")
        assert not errors(compile_folder(folder))


@pytest.mark.slow
@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(
            [
                ("kind", "State", ("OPEN", "DONE"), True, False),
                ("status", "State", ("NEW", "NONE"), False, True),
            ],
            id="one name, nested and at top level",
        ),
        pytest.param(
            [("state", "Kind", ("NONE",), True, False)], id="an enum that looks like a message"
        ),
        pytest.param(
            [
                ("state", "State", ("NEW", "OPEN"), True, False),
                ("state", "State", ("OPEN", "NEW"), True, False),
            ],
            id="two enums of a name",
        ),
        pytest.param(
            [
                ("state", "State", ("NONE", "NEW", "OPEN"), False, True),
                ("state", "State", ("NONE", "NEW", "OPEN"), False, True),
                ("state", "Kind", ("NONE",), False, True),
            ],
            id="two enums at top level with a value of one name",
        ),
    ],
)
def test_build_works_after_adopt(entries: list[Entry]) -> None:
    check(entries, has_reference=False)


@pytest.mark.skipif(not THOROUGH, reason="thorough runs only")
@examples(10)
@given(st.lists(ENTRIES, min_size=1, max_size=4), st.booleans())
def test_build_works_after_any_adopt(entries: list[Entry], has_reference: bool) -> None:
    check(entries, has_reference)
