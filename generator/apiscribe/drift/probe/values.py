"""Values for the parameters of a probe's requests: of earlier answers, of examples, of enums."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit

from apiscribe.drift.declarations import Declarations
from apiscribe.drift.traffic.filters import bound_of
from apiscribe.drift.traffic.listed_values import listed_values, values_of
from apiscribe.drift.traffic.operations import Operation, Operations
from apiscribe.drift.traffic.resources import Resources
from apiscribe.model.api import Field

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_URL = re.compile(r"https?://[^\s\"'`<>\\]+")
_INTEGER = re.compile(r"-?\d{1,18}")
_INTEGERS = ("int32", "int64", "uint32", "uint64", "sint32", "sint64")
_TRUE = "true"

Query = tuple[tuple[str, str], ...]


class Values:
    """The known values of parameters: `live` are those of answers, `shown` those of examples."""

    def __init__(self, operations: Operations, declarations: Declarations) -> None:
        self.live, self._shown = Resources(), Resources()
        self._declarations = declarations
        self._enums = declarations.enums
        for operation in operations.all:
            for example in operation.method.examples:
                self._see_urls(example.text, operations)
                if example.role == "response":
                    self._shown.see(operation.template.text, example.value)
            for answer in operation.method.answers:
                for example in answer.examples:
                    self._shown.see(operation.template.text, example.value)

    def paths(self, operation: Operation) -> Iterator[str]:
        """Yield the paths of an operation with known values, those of answers first."""
        yield from self._filled(operation, operation.template.text.strip("/").split("/"), "", "")

    def missing(self, operation: Operation) -> str:
        """Return the first parameter of a request that has no known value; empty if all have."""
        if next(self.paths(operation), None) is None:
            names: list[str] = _PARAMETER.findall(operation.template.text)
            return next(
                (n for n in reversed(names) if not self._of_parameter("", "", n)), names[-1]
            )
        required = (one for one in operation.places.query if one.required)
        return next((one.json_name for one in required if not self._of_field(one)), "")

    def required(self, operation: Operation) -> Query:
        """Return the query parameters that a request must have."""
        fields = [one for one in operation.places.query if one.required]
        return tuple((one.json_name, self._of_field(one)[0]) for one in fields)

    def variants(self, operation: Operation) -> Iterator[Query]:
        """Yield queries with one parameter more: each listed value, true, or a bound that no
        resource passes.
        """
        required = self.required(operation)
        names = {name for name, _ in required}
        listed = listed_values(operation, self._declarations)
        for one in operation.places.query:
            if entry := listed.get(("query", one.json_name)):
                values: Sequence[str] = values_of(entry[1])
            elif one.type.name == "bool":
                values = [_TRUE]
            else:
                values = self._beyond(one)
            for value in values:
                others = [pair for pair in required if pair[0] != one.json_name]
                if one.json_name not in names or (one.json_name, value) not in required:
                    yield (*others, (one.json_name, value))

    def _beyond(self, one: Field) -> list[str]:
        """Return the value of a bound that no resource of the answers passes."""
        bound = bound_of(one.json_name)
        if bound is None or one.type.name not in _INTEGERS:
            return []
        name, is_lowest = bound
        known = [int(text) for text in self.live.values("", name) if _INTEGER.fullmatch(text)]
        if not known:
            return []
        return [str(max(known) + 1 if is_lowest else min(known) - 1)]

    def _filled(
        self, operation: Operation, segments: Sequence[str], path: str, template: str
    ) -> Iterator[str]:
        if not segments:
            yield path
            return
        segment, rest = segments[0], segments[1:]
        below = f"{template}/{segment}"
        names = _PARAMETER.findall(segment)
        if not names:
            yield from self._filled(operation, rest, f"{path}/{segment}", below)
        elif len(names) == 1:
            for value in self._of_path(operation, path, template, names[0]):
                text = segment.replace(f"{{{names[0]}}}", quote(value, safe=""))
                yield from self._filled(operation, rest, f"{path}/{text}", below)

    def _of_path(self, operation: Operation, path: str, template: str, name: str) -> Sequence[str]:
        fields = operation.request.fields if operation.request else ()
        named = {p.name: p.field for p in operation.template.parameters}
        for one in fields:
            enum = self._enums.get(one.type.name)
            if enum and named.get(name, name) in (one.name, one.json_name):
                return values_of(enum)
        return self._of_parameter(path, template, name)

    def _of_parameter(self, path: str, template: str, name: str) -> list[str]:
        live, shown = self.live.values(path, name), self._shown.values(template, name)
        return list(dict.fromkeys([*live, *shown]))

    def _of_field(self, one: Field) -> list[str]:
        if one.default:
            return [_text(one.default)]
        if enum := self._enums.get(one.type.name):
            return values_of(enum)
        if one.type.name == "bool":
            return [_TRUE]
        if one.type.name in _INTEGERS:
            return [str(one.constraints.get("minimum", 1))]
        return self._of_parameter("", "", one.json_name)

    def _see_urls(self, text: str, operations: Operations) -> None:
        """Keep the values in the URLs of an example."""
        for url in _URL.findall(text):
            path = urlsplit(url).path.rstrip("/")
            for base in (*operations.bases, ""):
                match = operations.match("GET", path.removeprefix(base))
                if match and path.startswith(base):
                    names = _PARAMETER.findall(match.operation.template.text)
                    values: Mapping[str, str] = dict(zip(names, match.values, strict=True))
                    for name, value in values.items():
                        if not value.startswith(("{", ":", "$", "<")):
                            self._shown.see("", {name: unquote(value)})
                    break


def _text(default: str) -> str:
    """Return a default, which is JSON, as a query has it."""
    try:
        value = json.loads(default)
    except ValueError:
        return default
    return value if isinstance(value, str) else default
