"""Half of the pages of a version, chosen at random: how right is what they leave undeclared.

A name that no page left declares is taken for a message or an enum by evidence, and a message gets
the fields that requests filter by; the whole version says what is true. A page has a service with its
messages, so half of the pages leaves few such messages: a second measurement leaves the pages, and
takes the sections of all messages away that services get. `make score` keeps the counts in
half_pages.json.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from score import CORPUS, keep, reading_of, versions

from apiscribe.model.api import Message
from apiscribe.sources.compilation import compile_folder

EXPECTED = Path(__file__).with_name("half_pages.json")
SEEDS = (1, 2, 3)
RULE, FIELD_RULE = "undeclared-kind", "requested-fields"


def measure(version: str) -> dict[str, list[int]]:
    """Return kind of fact → [right, claimed by a rule], over all seeds."""
    whole = reading_of(version).api
    messages = {message.full_name: message for _, message in whole.messages()}
    message_names = {message.name for message in messages.values()}
    enum_names = {enum.name for file in whole.files for enum in file.all_enums()}
    counts: Counter[tuple[str, bool]] = Counter()
    for seed in SEEDS:
        chance = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            pages = Path(folder) / version
            shutil.copytree(CORPUS / "corpus" / version, pages)
            for page in sorted(pages.rglob("*.md")):
                if chance.random() < 0.5:
                    page.unlink()
            part = compile_folder(pages).api
        for _, message in part.messages():
            if message.provenance.get("kind") != RULE:
                continue
            true = messages.get(message.full_name)
            if true or message.name in enum_names:  # else the whole version does not declare it
                counts["kinds", true is not None] += 1
            counts.update(("fields", right) for right in _judged_fields(message, true))
        for file in part.files:
            for enum in file.all_enums():
                if enum.provenance.get("kind") == RULE:
                    is_message = enum.name in message_names - enum_names
                    counts["kinds", not is_message] += 1
    counts.update(("rows", right) for right in _fields_of_rows(version, messages))
    return {
        fact: [counts[fact, True], counts[fact, True] + counts[fact, False]]
        for fact in ("kinds", "fields", "rows")
    }


def _judged_fields(message: Message, true: Message | None) -> Iterator[bool]:
    """Whether each field that the rule gives a message is one of the true message."""
    fields = {field.json_name: field for field in true.fields} if true else {}
    for field in message.fields if true else ():
        if field.provenance.get("field") == FIELD_RULE:
            other = fields.get(field.json_name)
            alike = other is not None and type(other.type) is type(field.type)
            yield bool(alike and other and other.repeated == field.repeated)


def _fields_of_rows(version: str, messages: Mapping[str, Message]) -> Iterator[bool]:
    """Whether the fields are right that messages get whose sections are taken from their pages."""
    api = reading_of(version).api
    got = {m.response for _, s in api.services() for m in s.methods if m.name == "get"}
    begins: dict[str, list[int]] = {}
    for name in sorted(got & messages.keys()):
        begins.setdefault(messages[name].span.path, []).append(messages[name].span.line)
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / version
        shutil.copytree(CORPUS / "corpus" / version, pages)
        for path, lines in begins.items():
            _take_sections(pages / path, lines)
        part = compile_folder(pages).api
    for _, message in part.messages():
        if message.provenance.get("kind") == RULE:
            yield from _judged_fields(message, messages.get(message.full_name))


def _take_sections(page: Path, begins: Iterable[int]) -> None:
    """Take the sections away that begin with a heading on a line."""
    lines = page.read_text("utf-8").split("\n")
    for begin in sorted(begins, reverse=True):
        level = len(lines[begin - 1]) - len(lines[begin - 1].lstrip("#"))
        heading = re.compile(rf"#{{1,{level}}} ")
        rest = range(begin, len(lines))
        end = next((at for at in rest if level and heading.match(lines[at])), begin)
        del lines[begin - 1 : end]
    page.write_text("\n".join(lines), "utf-8")


def main() -> None:
    """Measure all versions, keep and print the counts."""
    found = {version: measure(version) for version in versions()}
    keep(EXPECTED, found)
    for version, counts in found.items():
        print(version, *(f"{fact} {right}/{of}" for fact, (right, of) in counts.items()))


if __name__ == "__main__":
    main()
