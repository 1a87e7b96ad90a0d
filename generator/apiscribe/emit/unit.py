"""What is made together, in any process, and not again before that changes which it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from apiscribe.cache import Cache
from apiscribe.emit.encoders import Encoded
from apiscribe.emit.output import Output
from apiscribe.emit.templates import load
from apiscribe.parallel import mapped
from apiscribe.steps import Steps


@dataclass(frozen=True)
class Unit:
    """Outputs that one function makes. `made_of` is all that they depend on but apiscribe itself:
    values that JSON can say, and parts of the Api. `templates` are those that it fills.
    """

    kind: str
    made_of: Any
    make: Callable[[], Iterable[Output]]
    templates: tuple[str, ...] = ()


def made(
    units: Iterable[Unit], counts: Counter[str] | None = None, steps: Steps | None = None
) -> list[Output]:
    """The outputs of all units; into `counts` goes how many were rendered for it."""
    steps, units = steps or Steps(), list(units)
    counts = Counter() if counts is None else counts
    cache, decoder = Cache("outputs"), msgspec.msgpack.Decoder(list[Output])
    names = [cache.name_of(_content(unit)) for unit in units]
    found = [cache.find(name) for name in names]
    missing = [number for number, content in enumerate(found) if content is None]
    # Once, and not in every process.
    load(template for number in missing for template in units[number].templates)
    made_now = mapped(_make, [units[number] for number in missing])
    outputs: list[list[Output]] = [decoder.decode(content) if content else [] for content in found]
    for number, content in zip(
        missing, steps.follow("writing outputs", made_now, len(missing)), strict=True
    ):
        cache.keep(names[number], content)
        outputs[number] = decoder.decode(content)
        counts["rendered"] += len(outputs[number])
    return [output for each in outputs for output in each]


def _content(unit: Unit) -> bytes:
    return msgspec.json.encode((unit.kind, unit.made_of), enc_hook=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Encoded):
        return str(value)
    raise TypeError(f"{value!r} is no value of JSON")


def _make(unit: Unit) -> bytes:
    return msgspec.msgpack.encode(list(unit.make()))
