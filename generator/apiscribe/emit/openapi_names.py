"""The names in the OpenAPI document: short, unique, and independent of other declarations.

A type has its name without the package, and a service its own. Only where two packages declare the
same name, both have it with the package: no other declaration changes a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apiscribe.emit.once_per_api import once_per_api
from apiscribe.model.api import Api, Service


@dataclass(frozen=True)
class DocumentNames:
    """Full name of each message and enum → its component; of each service → its tag."""

    schemas: Mapping[str, str]
    tags: Mapping[str, str]

    @staticmethod
    @once_per_api
    def of_api(api: Api) -> DocumentNames:
        """Return the names for an API."""
        types = [(file.package, message.full_name) for file, message in api.messages()]
        types += [(file.package, e.full_name) for file in api.files for e in file.all_enums()]
        services = [(file.package, service.full_name) for file, service in api.services()]
        return DocumentNames(_short_names(types), _short_names(services))

    def operation_id(self, service: Service, method: str, route: int) -> str:
        """Return the id of a method's route; `route` counts from 0."""
        suffix = f".{route + 1}" if route else ""
        return f"{self.tags[service.full_name]}.{method}{suffix}"


def _short_names(declared: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return full name → short name for packages and the full names in them."""
    names = {full_name: full_name.removeprefix(f"{package}.") for package, full_name in declared}
    counts = Counter(names.values())
    return {full: short if counts[short] == 1 else full for full, short in names.items()}
