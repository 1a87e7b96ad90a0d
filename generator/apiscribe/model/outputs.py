"""The outputs of a build: `[outputs]` in spec.toml and `build --only` choose from them.

To add one: a row in `OUTPUT_KINDS`, and its emitters in `emit.EMITTERS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OutputKind:
    """Outputs that are written together.

    `needs`: the kinds that it imports, which are written with it. `reason`: why it is a kind of its
    own. `title`: what it is in the description of the package; empty if it is outside the package.
    """

    name: str
    needs: tuple[str, ...] = ()
    reason: str
    title: str = ""


# Each after those that it needs.
OUTPUT_KINDS = (
    OutputKind(name="api-json", reason="The largest output; only `drift` and other tools read it."),
    OutputKind(name="proto", reason="For clients in other languages; no other output reads it."),
    OutputKind(name="openapi", reason="For clients over HTTP; no other output reads it."),
    OutputKind(
        name="reference",
        reason="For people: one page that a browser shows; the server sends it if it is there.",
    ),
    OutputKind(
        name="models",
        reason="For programs that validate JSON: they need pydantic alone.",
        title="models",
    ),
    OutputKind(
        name="client",
        needs=("models",),
        reason="For Python clients over HTTP: they need pydantic and httpx.",
        title="an HTTP client",
    ),
    OutputKind(
        name="stubs",
        reason="For gRPC clients: they need protobuf and grpcio, and no models.",
        title="protobuf stubs",
    ),
    OutputKind(
        name="server",
        needs=("models", "stubs"),
        reason="For those who run it: its registry names the classes of the models and stubs.",
        title="a server",
    ),
)
OUTPUT_NAMES = tuple(kind.name for kind in OUTPUT_KINDS)
ALL_OUTPUTS = frozenset(OUTPUT_NAMES)


def chosen_outputs(names: Iterable[str]) -> frozenset[str]:
    """Return the names with those of the outputs that they need; without names, all."""
    chosen = set(names)
    for kind in reversed(OUTPUT_KINDS):
        if kind.name in chosen:
            chosen.update(kind.needs)
    return frozenset(chosen) or ALL_OUTPUTS


def package_title(outputs: frozenset[str]) -> str:
    """Return a description of the package's contents; empty without a package."""
    titles = [kind.title for kind in OUTPUT_KINDS if kind.name in outputs and kind.title]
    return " and ".join(filter(None, (", ".join(titles[:-1]), *titles[-1:])))
