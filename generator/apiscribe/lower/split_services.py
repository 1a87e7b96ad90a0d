"""Services that protobuf pages split: each of several pages has some of the methods.

Reference sites have a page a method. Pages that have no method of one name are about one service;
where two pages have one, they declare two services, and the clash of their names is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from apiscribe.model.draft import PageDraft, ServiceDraft


def join_services(pages: Sequence[PageDraft]) -> list[PageDraft]:
    """Return the pages with the methods of each split service on the first page that has it."""
    split: dict[tuple[str, str], list[ServiceDraft]] = defaultdict(list)
    for page in pages:
        for service in page.services if page.dialect == "protobuf" else ():
            split[page.package, service.name].append(service)
    whole = {id(parts[0]): _joined(parts) for parts in split.values() if _are_parts(parts)}
    gone = {id(one) for parts in split.values() if id(parts[0]) in whole for one in parts[1:]}
    return [
        replace(
            page,
            services=tuple(whole.get(id(one), one) for one in page.services if id(one) not in gone),
        )
        for page in pages
    ]


def _are_parts(services: Sequence[ServiceDraft]) -> bool:
    names = [method.name for service in services for method in service.methods]
    return len(services) > 1 and len(set(names)) == len(names)


def _joined(services: Sequence[ServiceDraft]) -> ServiceDraft:
    descriptions = dict.fromkeys(filter(None, (one.description for one in services)))
    return replace(
        services[0],
        methods=tuple(method for one in services for method in one.methods),
        description="\n\n".join(descriptions),
    )
