"""The declarations of one version of an API, by full name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.model.api import Enum, Field, File, Message, Method, Service
from apiscribe.model.version import ApiVersion, Fact

# A rule of a validator that pages list, and constraints cannot express: `message.required`: `true`.
_RULE = re.compile(r"^`[\w.]+`: `.*`$", re.MULTILINE)
# A comment has the backslash that Markdown takes for an escape.
_ESCAPE = re.compile(r"\\(?=[!-/:-@[-`{-~])")


@dataclass(frozen=True)
class Declarations:
    """The declarations of a version, by full name."""

    version: ApiVersion

    @cached_property
    def files(self) -> Mapping[str, File]:
        """Full name of each service, message and enum → its file."""
        return {name: file for file in self.version.api.files for name in declared_names(file)}

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """The services by full name, in order."""
        return {service.full_name: service for _, service in self.version.api.services()}

    @cached_property
    def messages(self) -> Mapping[str, Message]:
        """The messages by full name, in order."""
        return {message.full_name: message for _, message in self.version.api.messages()}

    @cached_property
    def enums(self) -> Mapping[str, Enum]:
        """The enums by full name, in order."""
        enums = (enum for file in self.version.api.files for enum in file.all_enums())
        return {enum.full_name: enum for enum in enums}

    @cached_property
    def request_messages(self) -> frozenset[str]:
        """The messages that requests consist of."""
        return self._reachable(m.request for s in self.services.values() for m in s.methods)

    @cached_property
    def response_messages(self) -> frozenset[str]:
        """The messages that responses consist of."""
        return self._reachable(m.response for s in self.services.values() for m in s.methods)

    @cached_property
    def methods_by_request(self) -> Mapping[str, list[Method]]:
        """Full name of a message → the methods that have it as their request."""
        methods: defaultdict[str, list[Method]] = defaultdict(list)
        for service in self.services.values():
            for method in service.methods:
                methods[method.request].append(method)
        return methods

    @cached_property
    def types_of_parts(self) -> frozenset[str]:
        """The full names of the types of fields and of responses."""
        names = {name for message in self.messages.values() for name in message.type_names()}
        return frozenset(names | {m.response for s in self.services.values() for m in s.methods})

    @cached_property
    def pages_with_marks(self) -> frozenset[str]:
        """The pages that mark fields of requests as required, and others as optional. Fields in a
        path are required without a mark.
        """
        marked = {
            (field.span.path, field.required)
            for service in self.services.values()
            for method in service.methods
            for field in self._fields(method.request)
            if field.required is not None and "required" not in field.provenance
            if not any(
                f"{{{name}}}" in route.path
                for name in (field.name, field.json_name)
                for route in method.routes
            )
        }
        return frozenset(page for page, required in marked if (page, not required) in marked)

    @cached_property
    def names_messages(self) -> bool:
        """Whether the names of messages and enums are those of the API."""
        return "message names" not in self.version.unknown

    def knows(self, fact: Fact, full_name: str) -> bool:
        """Return whether the version knows a fact of a declaration."""
        file = self.files.get(full_name)
        return self.version.knows(fact, file.page if file else "")

    def knows_numbers(self, declaration: Message | Enum) -> bool:
        """Return whether the numbers of a declaration are assigned ones, not just positions. Pages
        can state those of an enum without those of any field.
        """
        if isinstance(declaration, Enum) and "numbers" not in declaration.provenance:
            return True
        return self.knows("numbers", declaration.full_name) and declaration.provenance.get(
            "numbers", ""
        ) not in ("field-position", "value-position", "openapi")

    def declares(self, declaration: Service | Message | Enum) -> bool:
        """Return whether a source declares a declaration, so that no rule named or placed it."""
        return not declaration.provenance.keys() & {"kind", "name"}

    def _fields(self, message: str) -> Iterable[Field]:
        return self.messages[message].fields if message in self.messages else ()

    def _reachable(self, names: Iterable[str]) -> frozenset[str]:
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self.messages and name not in reached:
                reached.add(name)
                waiting += self.messages[name].type_names()
        return frozenset(reached)


def declared_names(file: File) -> list[str]:
    """Return the full names of the services, messages and enums of a file."""
    names = [service.full_name for service in file.services]
    names += [message.full_name for message in file.messages]
    return names + [enum.full_name for enum in file.all_enums()]


def descriptions_differ(old: str, new: str, *, are_alike: bool = True) -> bool:
    """Return whether two descriptions differ in more than whitespace. Between pages and another
    source, the pages' lines for what no schema expresses, and escapes, make no difference.
    """
    if not are_alike:
        old, new = (_ESCAPE.sub("", _RULE.sub("", text)) for text in (old, new))
    return old.split() != new.split()


def is_list(method: Method, declarations: Declarations) -> bool:
    """Return whether the body of a response is a list."""
    names = {route.response_body for route in method.routes if route.response_body}
    message = declarations.messages.get(method.response)
    fields = message.fields if message else ()
    return any(field.repeated for field in fields if field.name in names)


def body_types(method: Method, declarations: Declarations) -> list[str]:
    """Return the type of the field that is the body of a request; none if there is no such field,
    or it is a list.
    """
    names = {route.body for route in method.routes}
    message = declarations.messages.get(method.request)
    fields = message.fields if message else ()
    return [f.type.name for f in fields if f.name in names and not f.repeated]


def last_part(full_name: str) -> str:
    """Return the last part of a name."""
    return full_name.rpartition(".")[2]


def packages(declarations: Declarations) -> Iterator[str]:
    """Yield the packages with declarations, in order."""
    files = declarations.version.api.files
    yield from dict.fromkeys(f.package for f in files if f.services or f.messages or f.enums)
