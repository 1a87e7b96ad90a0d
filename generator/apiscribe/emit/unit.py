"""What is made together, in any process, and not again before that changes which it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from apiscribe.cache import Cache
from apiscribe.emit.encoders import Encoded
from apiscribe.emit.output import Output
from apiscribe.emit.templates import load
from apiscribe.parallel import batches, mapped
from apiscribe.steps import Steps

# Units that are held at once.
_BATCH = 500


@dataclass(frozen=True)
class Unit:
    """Outputs that one function makes. `made_of` is all that they depend on but apiscribe itself:
    values that JSON can say, and digests of files of the Api. `templates` are those that it fills;
    `size` tells how much work it is, in bytes of what it is made of.
    """

    kind: str
    made_of: Any
    make: Callable[[], Iterable[Output]]
    templates: tuple[str, ...] = ()
    size: int = 0


def made(
    units: Iterable[Unit], counts: Counter[str] | None = None, steps: Steps | None = None
) -> Iterator[Output]:
    """The outputs of all units, in their order; into `counts` goes how many are made anew."""
    counts, steps = Counter() if counts is None else counts, steps or Steps()
    for batch in batches(units, _BATCH):
        yield from _made(batch, counts, steps)


def _made(units: list[Unit], counts: Counter[str], steps: Steps) -> Iterator[Output]:
    decoder = msgspec.msgpack.Decoder(list[Output])

    def make(numbers: list[int]) -> Iterable[bytes]:
        missing = [units[number] for number in numbers]
        # Once, and not in every process.
        load(template for unit in missing for template in unit.templates)
        size = sum(unit.size for unit in missing)
        return steps.follow("writing outputs", mapped(_make, missing, size), len(missing))

    for content, is_new in Cache("outputs").remembered(map(_content, units), make):
        outputs = decoder.decode(content)
        counts["rendered"] += len(outputs) if is_new else 0
        yield from outputs


def _content(unit: Unit) -> bytes:
    return msgspec.json.encode((unit.kind, unit.made_of), enc_hook=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Encoded):
        return str(value)
    raise TypeError(f"{value!r} is no value of JSON")


def _make(unit: Unit) -> bytes:
    return msgspec.msgpack.encode(list(unit.make()))
