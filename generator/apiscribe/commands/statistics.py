"""The tables of `apiscribe lint --stats`: what was read from each page, inferred and corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from apiscribe.diagnostics.report import visible
from apiscribe.model.api import Api, File

_HEADER = (
    "page",
    "dialect",
    "methods",
    "routes",
    "messages",
    "fields",
    "enum values",
    "inferred",
    "from the overlay",
    "incomplete types",
)
_COVERAGE_HEADER = ("part of a page", "read", "skipped", "unread")
_PLAIN_STATUSES = ("read", "unread")
_OVERLAY = "overlay.toml"


def stats_table(apis: Iterable[Api]) -> str:
    """Return a Markdown table with a row for each page.

    `inferred` counts facts by their rule. Field and enum numbers are left out: all are inferred by
    position.
    """
    rows = [_row(api, file) for api in apis for file in api.files]
    lines = [_HEADER, ["---"] * len(_HEADER), *rows]
    return _table(lines)


def coverage_table(coverage: Mapping[tuple[str, str, str], int]) -> str:
    """Return a Markdown table that counts the parts of all pages by kind: read, skipped, unread.

    `coverage` is a report's; skipped parts are counted by the rule that skips them.
    """
    lines: list[Sequence[str]] = [_COVERAGE_HEADER, ["---"] * len(_COVERAGE_HEADER)]
    for kind in sorted({kind for _, kind, _ in coverage}):
        statuses: Counter[str] = Counter()
        for (_, own, status), count in coverage.items():
            statuses[status] += count if own == kind else 0
        skipped = [
            f"{statuses[status]} {status}"
            for status in sorted(+statuses)
            if status not in _PLAIN_STATUSES
        ]
        lines.append([kind, str(statuses["read"]), ", ".join(skipped), str(statuses["unread"])])
    return _table(lines)


def _table(lines: Iterable[Sequence[str]]) -> str:
    """Return the lines of a Markdown table."""
    rows = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(api: Api, file: File) -> Sequence[str]:
    methods = [method for service in file.services for method in service.methods]
    messages = [message for message in file.messages if message.span.path != _OVERLAY]
    enums = [enum for enum in file.all_enums() if enum.span.path != _OVERLAY]
    incomplete = [m.name for m in messages if m.incomplete]
    incomplete += [e.name for e in enums if e.incomplete]
    return (
        visible(f"{api.name}: {file.page}"),
        file.dialect,
        str(len(methods)),
        str(sum(len(method.routes) for method in methods)),
        str(sum(not message.incomplete for message in messages)),
        str(sum(len(message.fields) for message in messages)),
        str(sum(len(enum.values) for enum in enums if not enum.incomplete)),
        _count(_inferred(file)),
        _count(_corrected(file)),
        ", ".join(incomplete),
    )


def _inferred(file: File) -> Iterator[str]:
    for facts in _inferences(file):
        for fact, rule in facts.items():
            if fact != "numbers" and rule != "overlay" and not rule.startswith("undeclared"):
                yield f"{fact} by {rule}"


def _corrected(file: File) -> Iterator[str]:
    for facts in _inferences(file):
        yield from (fact for fact, rule in facts.items() if rule == "overlay")
    yield from ("message" for message in file.messages if message.span.path == _OVERLAY)
    yield from ("enum" for enum in file.all_enums() if enum.span.path == _OVERLAY)


def _inferences(file: File) -> Iterator[Mapping[str, str]]:
    for service in file.services:
        yield from (method.provenance for method in service.methods)
    for message in file.messages:
        if message.span.path != _OVERLAY:
            yield from (field.provenance for field in message.fields)
    yield from (enum.provenance for enum in file.all_enums())


def _count(words: Iterable[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(Counter(words).items()))
