"""The parts of docs/pages.md that are made: what its samples are read as, and its tables of words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from apiscribe.dialects.tables import _HEADER_WORDS

GENERATOR = Path(__file__).parents[1] / "generator" / "apiscribe"
# A sample: a page, and what it is read as.
_SAMPLE = re.compile(
    r"<!-- page (?P<path>\S+), dialect (?P<dialect>\w+) -->\n````\w+\n(?P<page>.*?)````\n"
    r"\nis read as\n\n```text\n(?P<read>.*?)```\n",
    re.DOTALL,
)
# A table of words: the data, and the part of it.
_TABLE = re.compile(r"<!-- words of (?P<part>[\w. ]+) -->\n.*?<!-- end -->", re.DOTALL)
_FILES = {
    "http": "dialects/http/words.toml",
    "protobuf": "dialects/protobuf/words.toml",
    "types": "model/type_words.toml",
}

# What a column contains, by the name of its role in the data.
_COLUMNS = {
    "base": "base types",
    "body": "field that is the body",
    "constraints": "formats and limits",
    "default": "default values",
    "description": "descriptions",
    "example": "examples",
    "extension": "extensions",
    "field": "names of fields",
    "index": "skipped: row numbers, versions",
    "key": "numbers, where all cells are",
    "label": "labels: `repeated`, `optional`",
    "line": "method and path together",
    "meaning": "text of a status; media types",
    "message": "messages",
    "method": "names of methods",
    "name": "names",
    "nullable": "whether the value may be null",
    "number": "numbers",
    "repeated": "whether the field is repeated",
    "oneof": "oneofs",
    "option": "options",
    "optional": "whether the field is optional",
    "path": "paths",
    "place": "place of the parameter: `query`, `body`",
    "request": "requests",
    "required": "whether the field is required",
    "response": "responses",
    "scalar": "scalar types",
    "security": "authentication",
    "shown": "bodies of responses",
    "status": "statuses",
    "type": "types",
    "validations": "rules for values",
    "value": "values",
    "verb": "HTTP methods",
}


@dataclass(frozen=True)
class Sample:
    """A page of docs/pages.md, the dialect that reads it, and what it is read as."""

    path: str
    dialect: str
    page: str
    read: str


def samples(document: str) -> list[Sample]:
    """Return the samples in order."""
    return [
        Sample(match["path"], match["dialect"], match["page"], match["read"])
        for match in _SAMPLE.finditer(document)
    ]


def with_results(document: str, read: Callable[[Sample], str]) -> str:
    """Return the document with what each sample is read as."""

    def result(match: re.Match[str]) -> str:
        sample = Sample(match["path"], match["dialect"], match["page"], match["read"])
        start, end = (at - match.start() for at in match.span("read"))
        return match[0][:start] + read(sample) + match[0][end:]

    return _SAMPLE.sub(result, document)


def with_words(document: str) -> str:
    """Return the document with each table of words renewed between its two comments."""

    def table(match: re.Match[str]) -> str:
        head = match[0].partition("\n")[0]
        return f"{head}\n{''.join(_table(match['part']))}<!-- end -->"

    return _TABLE.sub(table, document)


def parts(document: str) -> list[str]:
    """Return the parts of the data that have a table in the document."""
    return [match["part"] for match in _TABLE.finditer(document)]


def words(part: str) -> Mapping[str, Sequence[str]]:
    """Return a part of the data: meaning → words."""
    if part == "services":
        roles: dict[str, list[str]] = {}
        for word, role in _HEADER_WORDS.items():
            roles.setdefault(role, []).append(word)
        return roles
    file, _, keys = part.partition(" ")
    node = tomllib.loads((GENERATOR / _FILES[file]).read_text("utf-8"))
    for key in keys.split("."):
        node = node[key]
    return node


def _table(part: str) -> Iterator[str]:
    has_columns = part in ("services", "protobuf headers", "http column")
    head = "type" if part.endswith("types") or part.startswith("types ") else "meaning"
    yield "| column | words |\n" if has_columns else f"| {head} | words |\n"
    yield "| --- | --- |\n"
    for meaning, found in words(part).items():
        first = _COLUMNS[meaning] if has_columns else f"`{meaning}`"
        yield f"| {first} | {', '.join(f'`{_cell(word)}`' for word in found)} |\n"


def _cell(word: str) -> str:
    return word.replace("|", "\\|")
