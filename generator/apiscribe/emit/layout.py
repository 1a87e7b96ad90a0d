"""Python code, laid out as black lays it out.

black takes a second for three thousand lines, and what the templates write is of few kinds: calls,
literals, declarations. How black breaks these is decided here, where they are made; the rest goes
through black itself. tests/test_layout.py holds that black would change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from apiscribe.emit.encoders import WIDTH, Encoded, name, python_literal

_STEP = 4
# What black leaves as it is, however long: a string or a dotted name, either behind the name of its
# argument or its key.
_WHOLE = re.compile(r"""(?:\w+=|"[^"]*": |'[^']*': )?(?:b?["'].*|[\w.]+)""", re.DOTALL)


@dataclass(frozen=True)
class Group:
    """Items between brackets: `opening` is what stands before them, up to the bracket.

    The arguments of a call may stand in one line below its name (`joined`); the items of a literal
    stand one in a line where they do not all fit behind its bracket.
    """

    opening: Encoded
    items: tuple[Code, ...]
    closing: Encoded
    joined: bool = False

    @property
    def comma(self) -> str:
        """What a tuple of one item has behind it."""
        return "," if self.closing == ")" and not self.joined and len(self.items) == 1 else ""

    @cached_property
    def inside(self) -> str:
        """The items in one line."""
        return ", ".join(map(flat, self.items)) + self.comma


@dataclass(frozen=True, slots=True)
class Declaration:
    """An annotated name: a field, or a parameter. What is too long gets parentheses, which stand
    round the value where that helps, else round the type.
    """

    name: Encoded
    type: Encoded
    value: Code | None = None


Code = Encoded | Group | Declaration
Place = Literal["statement", "argument", "parameter"]

# What black is shown around a line, so that it sees it in its place.
_AROUND: Mapping[Place, tuple[str, str]] = {
    "statement": ("", ""),
    "argument": ("call(", ")"),
    "parameter": ("def function(", "): ..."),
}


def literal(value: Any) -> Code:
    """A JSON value, a tuple of such, or bytes."""
    match value:
        case dict():
            entries = (prefixed(f"{python_literal(k)}: ", literal(v)) for k, v in value.items())
            return Group(Encoded("{"), tuple(entries), Encoded("}"))
        case list():
            return Group(Encoded("["), tuple(map(literal, value)), Encoded("]"))
        case tuple():
            return Group(Encoded("("), tuple(map(literal, value)), Encoded(")"))
        case _:
            return python_literal(value)


def sequence(*items: Code) -> Group:
    """A tuple of items that are laid out already."""
    return Group(Encoded("("), items, Encoded(")"))


def call(function: str, *arguments: Code, **named: Code) -> Group:
    """A call."""
    every = (*arguments, *(prefixed(f"{name(key)}=", value) for key, value in named.items()))
    return Group(Encoded(f"{function}("), every, Encoded(")"), joined=True)


def prefixed(before: str, code: Code) -> Code:
    """The code behind what stands in its line before it: a name and `=`, a key and `:`."""
    if isinstance(code, Group):
        return replace(code, opening=Encoded(before + code.opening))
    return Encoded(before + flat(code))


def flat(code: Code) -> Encoded:
    """The code in one line."""
    if isinstance(code, str):
        return code
    if isinstance(code, Declaration):
        value = f" = {flat(code.value)}" if code.value else ""
        return Encoded(f"{code.name}: {code.type}{value}")
    return Encoded(f"{code.opening}{code.inside}{code.closing}")


def import_statement(module: str, *names: str) -> Encoded:
    """The import of names from a module."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return Encoded(line)
    margin = " " * _STEP
    return Encoded("\n".join([f"from {module} import (", *(f"{margin}{n}," for n in names), ")"]))


def laid_out(code: Code, indent: int, place: Place = "statement") -> Encoded:
    """The code as it stands in a module, at an indentation: a statement, or what stands one in a
    line between the brackets of a call or a function, and has a comma behind it.

    The first line is not indented: the template does that.
    """
    after = "" if place == "statement" else ","
    line = flat(code) + after
    if line.isascii() and len(line) <= WIDTH - indent:
        return Encoded(line)
    try:
        return Encoded(f"\n{' ' * indent}".join(_lines(code, WIDTH - indent, after)))
    except _UnsureError:
        return _by_black(line, indent, place)


class _UnsureError(Exception):
    """How black breaks this is not known here."""


def _lines(code: Code, width: int, after: str) -> Iterator[str]:
    line = flat(code) + after
    if _fits(line, width):
        yield line
    elif isinstance(code, str):
        if not _WHOLE.fullmatch(code):
            raise _UnsureError
        yield line
    elif isinstance(code, Declaration):
        yield from _declaration(code, width, after)
    else:
        if not code.items or not _fits(code.opening, width):
            raise _UnsureError
        yield code.opening
        yield from _indented(_inside(code, width - _STEP))
        yield f"{code.closing}{after}"


def _declaration(code: Declaration, width: int, after: str) -> Iterator[str]:
    before, value = f"{code.name}: {code.type} = ", code.value
    if isinstance(value, Group) and _fits(before + value.opening, width):
        yield from _lines(prefixed(before, value), width, after)
    elif value and value != "..." and _fits(f"{before}(", width):
        yield f"{before}("
        yield from _indented(_lines(value, width - _STEP, ""))
        yield f"){after}"
    elif _is_wrapped(code) and _fits(code.type, width - _STEP):
        yield f"{code.name}: ("
        yield from _indented(iter([code.type]))
        yield from _lines(prefixed(") = ", value) if value else Encoded(")"), width, after)
    else:
        raise _UnsureError


def _is_wrapped(code: Declaration) -> bool:
    """Whether black is known to put parentheses round the type."""
    return "[" not in code.type and (code.value != "..." or "|" in code.type)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"{' ' * _STEP}{line}" for line in lines)


def _inside(group: Group, width: int) -> Iterator[str]:
    if group.joined and _fits(group.inside, width):
        yield group.inside
        return
    # One item alone gets no comma.
    comma = "," if len(group.items) > 1 else group.comma
    for item in group.items:
        yield from _lines(item, width, comma)


def _fits(line: str, width: int) -> bool:
    """Whether a line is as short as black wants it, to whom a wide character has two columns."""
    if line.isascii():
        return len(line) <= width
    from black.strings import str_width

    return str_width(line) <= width


def _by_black(line: str, indent: int, place: Place) -> Encoded:
    """The line, laid out by black itself in a place like its own."""
    opening, closing = _AROUND[place]
    inner = indent - _STEP
    blocks = [f"{' ' * depth}if block:\n" for depth in range(0, inner, _STEP)]
    before = f"{' ' * inner}{opening or 'if block:'}\n" if indent else ""
    after = f"{' ' * inner}{closing}\n" if closing else ""
    text = by_black("".join(blocks) + before + " " * indent + line + "\n" + after)
    return Encoded(text[text.index(before) + len(before) :].removesuffix(after).strip())


def by_black(module: str) -> str:
    """A module of Python, as black lays it out."""
    import black
    from black.mode import TargetVersion

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH)
    return black.format_str(module, mode=mode)
