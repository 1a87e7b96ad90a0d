"""The parts of a list that conventions look at: its parameters, and the facts in its answer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from apiscribe.lower.shapes import Messages, fields_of
from apiscribe.model.api import Field, Method
from apiscribe.model.names import snake
from apiscribe.model.resources import Resource, StandardMethod
from apiscribe.model.types import EnumRef, MessageRef, Scalar

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
_INTEGERS = ("int32", "int64", "uint32", "uint64")
_PARTS = re.compile(r"[\[\].]+|__")
_OPERATORS = {
    word
    for operators in (WORDS["range"].items(), WORDS["filter"].items())
    for operator, words in operators
    if operator in ("gt", "gte", "lt", "lte", "eq", "not", "in", "contain")
    for word in words
}
_DEPTH = 2  # of messages around the facts in an answer


@dataclass(frozen=True, kw_only=True)
class ListShape:
    """A list, by documented names: the parameters that are no fields of the rows, those that are,
    and the paths of the single fields in its answer. `rows` are the fields of the rows, `key` is
    their key, None if they lack it, and `created` and `updated` are the names of their times.
    """

    parameters: Mapping[str, Field]
    named_as_fields: Mapping[str, Field]
    answer: Mapping[str, Field]
    rows: Mapping[str, Field]
    key: Field | None = None
    created: str = ""
    updated: str = ""

    @classmethod
    def of(
        cls, method: Method, standard: StandardMethod, resource: Resource, messages: Messages
    ) -> ListShape:
        """Return the shape of a method that lists rows."""
        rows = fields_of(resource.message, messages)
        acted_on = {resource.tenant, resource.key, standard.query, *standard.parents}
        request = fields_of(method.request, messages)
        others = {name: field for name, field in request.items() if name not in acted_on}
        return cls(
            parameters={name: field for name, field in others.items() if name not in rows},
            named_as_fields={name: field for name, field in others.items() if name in rows},
            answer=dict(_single_fields(method.response, messages, "", _DEPTH)),
            rows=rows,
            key=rows.get(resource.key),
            created=resource.created,
            updated=resource.updated,
        )

    def field(self, name: str) -> str:
        """Return the field of the rows with a name in snake case, or ""."""
        return next((known for known in self.rows if snake(known) == name), "")

    def number(self, meaning: str) -> str:
        """Return the parameter that is a number and has a meaning, or "". Parameters without a
        documented type are texts; the server refuses a value that is not an integer.
        """
        return self._parameter(meaning, lambda field: _is_number(field) or is_text(field))

    def text(self, meaning: str) -> str:
        """Return the parameter that is a text and has a meaning, or ""."""
        return self._parameter(meaning, is_text)

    def key_of_row(self, meaning: str) -> str:
        """Return the parameter that has a meaning and the type of the key, or ""."""
        own = self.key.type if self.key else None
        return self._parameter(meaning, lambda field: field.type == own or is_text(field))

    def in_answer(self, meaning: str) -> str:
        """Return the path of the field in the answer that has a meaning, or ""."""
        known = WORDS["answer"][meaning]
        paths = {path: snake(path.rpartition(".")[2]) for path in self.answer}
        found = (path for word in known for path, name in paths.items() if name == word)
        return next(found, "")

    def _parameter(self, meaning: str, fits: Callable[[Field], bool]) -> str:
        names = {snake(name): name for name in self.parameters}
        found = (names[word] for word in WORDS["request"][meaning] if word in names)
        return next((name for name in found if fits(self.parameters[name])), "")


def decides_rows(name: str) -> bool:
    """Return whether a parameter with this name decides which rows are in the answer of a list: by
    its words, or because it has an operator, such as `price[gt]`, or is a part of `filter`.
    """
    container, *parts = _PARTS.split(name.strip("[]"))
    is_condition = bool(parts) and (
        container.lower() in WORDS["filter"]["containers"] or parts[-1].lower() in _OPERATORS
    )
    return is_condition or any(snake(name) in known for known in WORDS["request"].values())


def is_integer(field: Field) -> bool:
    """Return whether the values of a field are integers."""
    return isinstance(field.type, Scalar) and field.type.name in _INTEGERS and not field.repeated


def _is_number(field: Field) -> bool:
    """Return whether the values of a field are numbers: pages write `number` for integers, too."""
    is_float = isinstance(field.type, Scalar) and field.type.name in ("double", "float")
    return is_integer(field) or (is_float and not field.repeated)


def is_text(field: Field) -> bool:
    """Return whether the values of a field are texts, or names from a list."""
    is_scalar = isinstance(field.type, Scalar) and field.type.name == "string"
    return (is_scalar or isinstance(field.type, EnumRef)) and not field.repeated


def _single_fields(
    message: str, messages: Messages, prefix: str, depth: int
) -> Iterator[tuple[str, Field]]:
    for name, field in fields_of(message, messages).items():
        if field.repeated:
            continue
        if isinstance(field.type, MessageRef):
            if depth:
                yield from _single_fields(field.type.name, messages, f"{prefix}{name}.", depth - 1)
        else:
            yield prefix + name, field
