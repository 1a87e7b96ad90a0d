"""An edition: one side, by the names of what it declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from apiscribe.model.api import Enum, File, Message, Service
from apiscribe.model.version import ApiVersion, Fact


@dataclass(frozen=True)
class Declarations:
    """A side, and its declarations by full name."""

    side: ApiVersion

    @cached_property
    def files(self) -> Mapping[str, File]:
        """Full name of each service, message and enum → its file."""
        found: dict[str, File] = {}
        for file in self.side.api.files:
            names = [each.full_name for each in file.services]
            names += [each.full_name for each in file.messages]
            names += [each.full_name for each in file.all_enums()]
            found |= dict.fromkeys(names, file)
        return found

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """The services by full name, in order."""
        return {service.full_name: service for _, service in self.side.api.services()}

    @cached_property
    def messages(self) -> Mapping[str, Message]:
        """The messages by full name, in order."""
        return {message.full_name: message for _, message in self.side.api.messages()}

    @cached_property
    def enums(self) -> Mapping[str, Enum]:
        """The enums by full name, in order."""
        enums = (enum for file in self.side.api.files for enum in file.all_enums())
        return {enum.full_name: enum for enum in enums}

    @cached_property
    def requested(self) -> frozenset[str]:
        """The messages that requests are made of."""
        return self._reached(m.request for s in self.services.values() for m in s.methods)

    @cached_property
    def answered(self) -> frozenset[str]:
        """The messages that answers are made of."""
        return self._reached(m.response for s in self.services.values() for m in s.methods)

    @cached_property
    def names_messages(self) -> bool:
        """Whether the names of messages and enums are those of the API."""
        return "message names" not in self.side.unknown

    def knows(self, fact: Fact, full_name: str) -> bool:
        """Whether the side can tell a fact of what a declaration holds."""
        file = self.files.get(full_name)
        return self.side.knows(fact, file.page if file else "")

    def knows_numbers(self, declared: Message | Enum) -> bool:
        """Whether numbers are what somebody gave, and not just positions."""
        return self.knows("numbers", declared.full_name) and declared.provenance.get(
            "numbers", ""
        ) not in ("field-position", "value-position", "openapi")

    def _reached(self, names: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self.messages and name not in found:
                found.add(name)
                waiting += [field.type.name for field in self.messages[name].fields]
        return frozenset(found)


def differs(one: str, other: str) -> bool:
    """Whether two descriptions say something else; where their lines end is nothing of that."""
    return one.split() != other.split()


def short(full_name: str) -> str:
    """The last part of a name."""
    return full_name.rpartition(".")[2]


def packages(edition: Declarations) -> Iterator[str]:
    """The packages that declare something, in order."""
    files = edition.side.api.files
    yield from dict.fromkeys(f.package for f in files if f.services or f.messages or f.enums)
