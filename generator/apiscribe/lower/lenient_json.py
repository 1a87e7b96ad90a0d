"""The text of an example → its JSON value.

People write JSON by hand, and forget commas, leave comments and placeholders. Where the meaning
is plain the text is mended token by token into strict JSON, which the standard library then reads;
what was forgiven is told with its place. Nothing is guessed: a text that needs more stays text.
(JSON5 parsers know no placeholders and miss no commas; repairing parsers make JSON of any prose.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from apiscribe.diagnostics.codes import Message
from apiscribe.diagnostics.codes.examples import nested_too_deeply, not_json, unpaired_surrogate

# Alternatives that could run over many lines are cut by hand (`_tokens`), so that time is linear.
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
_MOST_SLIPS = 20
# Programs that read JSON refuse what is nested deeper than 100 (protobuf) or 200 times (pydantic).
_DEEPEST = 64
_VALUES = frozenset({"string", "quoted", "placeholder", "number", "word"})
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_PLACEHOLDER = re.compile(r"<[^<>]+>|\$?\{.*\}|\*+")


@dataclass(frozen=True)
class Slip:
    """A deviation from strict JSON; `line` and `column` in the text are from 1."""

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
    """The value, if `problem` is None, and what was forgiven on the way to it."""

    value: Any = None
    problem: Problem | None = None
    forgiven: tuple[Slip, ...] = ()


def parse_example(text: str) -> Parsed:
    """Read an example. It never raises."""
    try:
        return _checked(Parsed(_strict(text)))
    except (ValueError, RecursionError):
        pass
    try:
        mended, forgiven = _mended(text)
        return _checked(Parsed(_strict(mended), None, tuple(forgiven)))
    except _UnreadableError as error:
        return Parsed(problem=error.problem)
    except json.JSONDecodeError as error:
        # Of the text as it was written: places in the mended one mean nothing to its author.
        return Parsed(problem=_first_fault(text, error))
    except (ValueError, RecursionError):
        return Parsed(problem=Problem(not_json(), 1, 1))


def _checked(parsed: Parsed) -> Parsed:
    """The same, unless it is nested too deep to be worked with, or holds half a character."""
    ahead = [(parsed.value, 0)]
    while ahead:
        value, depth = ahead.pop()
        if depth > _DEEPEST:
            return Parsed(problem=Problem(nested_too_deeply(_DEEPEST), 1, 1))
        if isinstance(value, str) and _HALF_CHARACTER.search(value):
            return Parsed(problem=Problem(unpaired_surrogate(), 1, 1))
        if isinstance(value, dict):
            ahead += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            ahead += [(each, depth + 1) for each in value]
    return parsed


def is_placeholder(value: object) -> bool:
    """Whether a text stands for a value that the page does not show: `<name>`, `****`."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


class _UnreadableError(Exception):
    def __init__(self, text: str, at: int) -> None:
        super().__init__()
        self.problem = Problem(not_json(), *_line_and_column(text, at))


def _strict(text: str) -> Any:
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is not JSON")
    return number


def _first_fault(text: str, error: json.JSONDecodeError) -> Problem:
    try:
        json.loads(text)
    except json.JSONDecodeError as first:
        error = first
    return Problem(not_json(error.msg.lower()), error.lineno, error.colno)


def _mended(text: str) -> tuple[str, list[Slip]]:
    """The text as strict JSON, and what was mended. Raises _UnreadableError."""
    found = [(kind, part, at) for kind, part, at in _tokens(text) if kind != "blank"]
    out: list[str] = []
    slips: list[Slip] = []
    open_marks: list[str] = []

    def slip(what: str, at: int) -> None:
        if len(slips) < _MOST_SLIPS:
            slips.append(Slip(what, *_line_and_column(text, at)))

    last, last_end = "", 0  # the token before, and where it ended
    skipped = False  # whether `...` stood behind it
    for index, (kind, part, at) in enumerate(found):
        following = found[index + 1][1] if index + 1 < len(found) else ""
        if kind == "comment":
            slip("a comment", at)
            continue
        if kind == "rest":
            slip("`...` for more entries", at)
            skipped = True
            continue
        if part in ("}", "]") and last == ",":
            slip("a comma after the last entry", at)
            out.pop()
        elif part == "," and last == "," and skipped:
            continue
        elif (kind in _VALUES or part in ("{", "[")) and last not in ("", "{", "[", ",", ":"):
            if "\n" not in text[last_end:at] or not open_marks:
                raise _UnreadableError(text, at)
            slip("a missing comma", at)
            out.append(",")
        if part in ("{", "["):
            open_marks.append(part)
        elif part in ("}", "]") and open_marks:
            open_marks.pop()
        out.append(_as_json(kind, part, following == ":", at, slip))
        last, last_end = (part if kind == "mark" else kind), at + len(part)
        skipped = False
    return "".join(out), slips


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _as_json(kind: str, part: str, is_key: bool, at: int, slip: Callable[[str, int], None]) -> str:
    """One token of strict JSON for a token of the text."""
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
    """Kind, text and offset of each token. Raises _UnreadableError at what is none."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        end = text.find("*/", at + 2) if text.startswith("/*", at) else -1
        if end >= 0:
            yield "comment", text[at : end + 2], at
            at = end + 2
            continue
        kind = found.lastgroup if found else None
        word = found and kind == "word" and found[0]
        if not found or not kind or (word and _is_prose(text, found)):
            raise _UnreadableError(text, at)
        yield kind, found[0], at
        at = found.end()


def _is_prose(text: str, word: re.Match[str]) -> bool:
    """Whether a word is neither a key nor a constant."""
    if word[0] in _CONSTANTS or word[0] in _PYTHON_CONSTANTS:
        return False
    return _COLON.match(text, word.end()) is None
