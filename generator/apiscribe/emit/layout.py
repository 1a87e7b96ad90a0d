"""Python code in black's format.

black needs a second for three thousand lines, but the templates contain few kinds of code: calls,
literals, declarations. This module breaks these as black does, and runs black on the rest.
tests/test_layout.py checks that black would change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from apiscribe.emit.encoders import WIDTH, Encoded, name, python_literal

_STEP = 4
# Code that black never breaks: a string or a dotted name, with or without the name of its argument
# or its key.
_UNBREAKABLE = re.compile(r"""(?:\w+=|"[^"]*": |'[^']*': )?(?:b?["'].*|[\w.]+)""", re.DOTALL)


@dataclass(frozen=True)
class Group:
    """Items in brackets; `opening` is the code before the items, with the bracket.

    With `joined` (the arguments of a call), the items may share a line below the opening; the items
    of a literal are on one line with its brackets or on a line each.
    """

    opening: Encoded
    items: tuple[Code, ...]
    closing: Encoded
    joined: bool = False

    @property
    def comma(self) -> str:
        """The comma after the item of a one-tuple."""
        return "," if self.closing == ")" and not self.joined and len(self.items) == 1 else ""

    @cached_property
    def inside(self) -> str:
        """The items on one line."""
        return ", ".join(map(flat, self.items)) + self.comma


@dataclass(frozen=True, slots=True)
class Declaration:
    """An annotated name: a field or a parameter. If it is too long, the value is put into
    parentheses, or else the type.
    """

    name: Encoded
    type: Encoded
    value: Code | None = None


Code = Encoded | Group | Declaration
Context = Literal["statement", "argument", "parameter"]

# The code around a line that black formats, so that it knows the context.
_AROUND: Mapping[Context, tuple[str, str]] = {
    "statement": ("", ""),
    "argument": ("call(", ")"),
    "parameter": ("def function(", "): ..."),
}


def literal(value: Any) -> Code:
    """Return the literal of a JSON value, a tuple of JSON values, or bytes."""
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
    """Return a tuple of code items."""
    return Group(Encoded("("), items, Encoded(")"))


def call(function: str, *arguments: Code, **named: Code) -> Group:
    """Return a call."""
    items = (*arguments, *(prefixed(f"{name(key)}=", value) for key, value in named.items()))
    return Group(Encoded(f"{function}("), items, Encoded(")"), joined=True)


def prefixed(before: str, code: Code) -> Code:
    """Return the code with a prefix on its first line: a name and `=`, or a key and `:`."""
    if isinstance(code, Group):
        return replace(code, opening=Encoded(before + code.opening))
    return Encoded(before + flat(code))


def flat(code: Code) -> Encoded:
    """Return the code on one line."""
    if isinstance(code, str):
        return code
    if isinstance(code, Declaration):
        value = f" = {flat(code.value)}" if code.value else ""
        return Encoded(f"{code.name}: {code.type}{value}")
    return Encoded(f"{code.opening}{code.inside}{code.closing}")


def import_statement(module: str, *names: str) -> Encoded:
    """Return the import of names from a module."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return Encoded(line)
    margin = " " * _STEP
    return Encoded("\n".join([f"from {module} import (", *(f"{margin}{n}," for n in names), ")"]))


def laid_out(code: Code, indent: int, context: Context = "statement") -> Encoded:
    """Return the code in black's format at an indentation: a statement, or an argument or parameter
    on its own lines, with a comma after it.

    The first line is not indented: the template does that.
    """
    after = "" if context == "statement" else ","
    line = flat(code) + after
    if line.isascii() and len(line) <= WIDTH - indent:
        return Encoded(line)
    try:
        return Encoded(f"\n{' ' * indent}".join(_lines(code, WIDTH - indent, after)))
    except _UnsureError:
        return _line_by_black(line, indent, context)


class _UnsureError(Exception):
    """Code that only black can break."""


def _lines(code: Code, width: int, after: str) -> Iterator[str]:
    line = flat(code) + after
    if _fits(line, width):
        yield line
    elif isinstance(code, str):
        if not _UNBREAKABLE.fullmatch(code):
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
    """Return whether black puts parentheses around the type."""
    return "[" not in code.type and (code.value != "..." or "|" in code.type)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"{' ' * _STEP}{line}" for line in lines)


def _inside(group: Group, width: int) -> Iterator[str]:
    if group.joined and _fits(group.inside, width):
        yield group.inside
        return
    # A single argument gets no comma.
    comma = "," if len(group.items) > 1 else group.comma
    for item in group.items:
        yield from _lines(item, width, comma)


def _fits(line: str, width: int) -> bool:
    """Return whether a line fits, counting two columns for a wide character as black does."""
    if line.isascii():
        return len(line) <= width
    from black.strings import str_width

    return str_width(line) <= width


def _line_by_black(line: str, indent: int, context: Context) -> Encoded:
    """Return the line as black formats it at an indentation and in a context."""
    opening, closing = _AROUND[context]
    inner = indent - _STEP
    blocks = [f"{' ' * depth}if block:\n" for depth in range(0, inner, _STEP)]
    before = f"{' ' * inner}{opening or 'if block:'}\n" if indent else ""
    after = f"{' ' * inner}{closing}\n" if closing else ""
    text = by_black("".join(blocks) + before + " " * indent + line + "\n" + after)
    return Encoded(text[text.index(before) + len(before) :].removesuffix(after).strip())


def by_black(module: str) -> str:
    """Return a Python module as black formats it."""
    import black
    from black.mode import TargetVersion

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH)
    return black.format_str(module, mode=mode)
