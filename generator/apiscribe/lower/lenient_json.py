"""Parse the text of an example into its JSON value.

Handwritten JSON lacks commas, and has comments and placeholders. If the meaning is clear, the text
is repaired token by token into strict JSON, which the standard library parses; each repair is
reported with its position. Nothing is guessed: a text that needs other repairs stays text. (JSON5
parsers accept neither placeholders nor missing commas; JSON repair libraries turn any prose into
JSON.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.examples import nested_too_deeply, not_json, unpaired_surrogate

# `_tokens` reads block comments by hand: as an alternative here, they would take quadratic time.
_TOKEN = re.compile(
    r"""
    (?P<blank>[\s\u00a0\ufeff]+)
    | (?P<comment>//[^\n]*|\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | (?P<quoted>'(?:[^'\\\n]|\\.)*'|[\u201c\u201d][^"\u201c\u201d\n]*[\u201c\u201d])
    | (?P<placeholder>\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|<[^<>\n]*>)
    | (?P<rest>\.\.\.|\u2026)
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.:-]))
    | (?P<word>[A-Za-z_]\w*)
    | (?P<mark>[{}\[\],:])
    """,
    re.VERBOSE,
)
_CONSTANTS = {"true": "true", "false": "false", "null": "null"}
_PYTHON_CONSTANTS = {"True": "true", "False": "false", "None": "null"}
_ESCAPED = re.compile(r"\\.")
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_COLON = re.compile(r"[ \t]*:")
_MAX_SLIPS = 20
# protobuf rejects JSON that is nested deeper than 100 levels, pydantic deeper than 200.
_DEEPEST = 64
_VALUES = frozenset({"string", "quoted", "placeholder", "number", "word"})
_SURROGATE = re.compile("[\ud800-\udfff]")
# The word "string" is in place of any text where a page prints the syntax of a body.
_PLACEHOLDER = re.compile(r"<[^<>]+>|\$?\{.*\}|\*+|string")


@dataclass(frozen=True)
class Slip:
    """A mistake in a text; `line` and `column` count from 1."""

    what: str
    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """The reason that a text cannot be read; `line` and `column` in the text are from 1."""

    message: Message
    line: int
    column: int


@dataclass(frozen=True)
class Parsed:
    """The value, or the `problem` that prevents it; `forgiven` are the repaired mistakes."""

    value: Any = None
    problem: Problem | None = None
    forgiven: tuple[Slip, ...] = ()


# A page's examples are read for the types that they show, too.
@lru_cache(maxsize=2_000)
def parse_example(text: str) -> Parsed:
    """Parse an example; any failure is in the result's `problem`."""
    try:
        return _limit(Parsed(_parse_strict(text)))
    except (ValueError, RecursionError):
        pass
    try:
        repaired, slips = _repair(text)
        return _limit(Parsed(_parse_strict(repaired), None, tuple(slips)))
    except _UnreadableError as error:
        return Parsed(problem=error.problem)
    except json.JSONDecodeError as error:
        # Positions in the repaired text mean nothing to the author.
        return Parsed(problem=_syntax_error(text, error))
    except (ValueError, RecursionError):
        return Parsed(problem=Problem(not_json(), 1, 1))


def _limit(parsed: Parsed) -> Parsed:
    """Return the result, or a problem if it is nested too deep or has a lone surrogate."""
    queue = [(parsed.value, 0)]
    while queue:
        value, depth = queue.pop()
        if depth > _DEEPEST:
            return Parsed(problem=Problem(nested_too_deeply(_DEEPEST), 1, 1))
        if isinstance(value, str) and _SURROGATE.search(value):
            return Parsed(problem=Problem(unpaired_surrogate(), 1, 1))
        if isinstance(value, dict):
            queue += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            queue += [(item, depth + 1) for item in value]
    return parsed


def is_placeholder(value: object) -> bool:
    """Return whether a value is a placeholder: `<name>`, `${name}`, `****`."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


class _UnreadableError(Exception):
    def __init__(self, text: str, at: int) -> None:
        super().__init__()
        self.problem = Problem(not_json(), *_line_and_column(text, at))


def _parse_strict(text: str) -> Any:
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is not JSON")
    return number


def _syntax_error(text: str, error: json.JSONDecodeError) -> Problem:
    try:
        json.loads(text)
    except json.JSONDecodeError as original:
        error = original
    return Problem(not_json(error.msg.lower()), error.lineno, error.colno)


def _repair(text: str) -> tuple[str, list[Slip]]:
    """Return the text as strict JSON, and the repaired mistakes. Raises _UnreadableError."""
    tokens = [(kind, part, at) for kind, part, at in _tokens(text) if kind != "blank"]
    repaired: list[str] = []
    slips: list[Slip] = []
    open_marks: list[str] = []

    def slip(what: str, at: int) -> None:
        if len(slips) < _MAX_SLIPS:
            slips.append(Slip(what, *_line_and_column(text, at)))

    last, last_end = "", 0  # the previous token and its end
    skipped = False  # whether `...` followed it
    for index, (kind, part, at) in enumerate(tokens):
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if kind == "comment":
            slip("a comment", at)
            continue
        if kind == "rest":
            slip("`...` for more entries", at)
            skipped = True
            continue
        if part in ("}", "]") and last == ",":
            slip("a comma after the last entry", at)
            repaired.pop()
        elif part == "," and last == "," and skipped:
            continue
        elif (kind in _VALUES or part in ("{", "[")) and last not in ("", "{", "[", ",", ":"):
            if "\n" not in text[last_end:at] or not open_marks:
                raise _UnreadableError(text, at)
            slip("a missing comma", at)
            repaired.append(",")
        if part in ("{", "["):
            open_marks.append(part)
        elif part in ("}", "]") and open_marks:
            open_marks.pop()
        repaired.append(_as_json(kind, part, following == ":", at, slip))
        last, last_end = (part if kind == "mark" else kind), at + len(part)
        skipped = False
    return "".join(repaired), slips


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _as_json(kind: str, part: str, is_key: bool, at: int, slip: Callable[[str, int], None]) -> str:
    """Return a token of strict JSON for a token of the text."""
    match kind:
        case "quoted":
            slip("quotes other than double quotes", at)
            inner = _ESCAPED.sub(lambda m: m[0] if m[0] != "\\'" else "'", part[1:-1])
            return '"' + _BARE_QUOTE.sub('\\\\"', inner) + '"'
        case "placeholder":
            slip("a placeholder without quotes", at)
            return json.dumps(part)
        case "word" if is_key:
            slip("a key without quotes", at)
            return json.dumps(part)
        case "word" if part in _PYTHON_CONSTANTS:
            slip(f"Python's {part}", at)
            return _PYTHON_CONSTANTS[part]
        case _:
            return part


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the kind, text and offset of each token. Raises _UnreadableError at anything else."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        end = text.find("*/", at + 2) if text.startswith("/*", at) else -1
        if end >= 0:
            yield "comment", text[at : end + 2], at
            at = end + 2
            continue
        kind = match.lastgroup if match else None
        word = match and kind == "word" and match[0]
        if not match or not kind or (word and _is_prose(text, match)):
            raise _UnreadableError(text, at)
        yield kind, match[0], at
        at = match.end()


def _is_prose(text: str, word: re.Match[str]) -> bool:
    """Return whether a word is neither a key nor a constant."""
    if word[0] in _CONSTANTS or word[0] in _PYTHON_CONSTANTS:
        return False
    return _COLON.match(text, word.end()) is None
