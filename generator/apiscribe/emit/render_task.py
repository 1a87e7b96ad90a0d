"""A cached unit of rendering: rendered again only when its inputs change, in any process.

Python is formatted before it is cached: only modules that were rendered, all of a batch in one run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from apiscribe.emit.encoders import Encoded
from apiscribe.emit.output import Output
from apiscribe.emit.python_files import format_modules
from apiscribe.emit.templates import load
from apiscribe.workspace.cache import Cache
from apiscribe.workspace.kept import kept_in_force
from apiscribe.workspace.parallel import batches, mapped
from apiscribe.workspace.profile import Profile

# Tasks in memory at once.
_BATCH = 500


@dataclass(frozen=True)
class RenderTask:
    """A function that renders outputs, with its inputs.

    `cache_key` has everything that the outputs depend on except apiscribe itself: JSON values, and
    digests of files of the Api. `templates` are the templates that it renders; `size` estimates the
    work in bytes of input. Modules are formatted if `is_python`.
    """

    kind: str
    cache_key: Any
    make: Callable[[], Iterable[Output]]
    templates: tuple[str, ...] = ()
    size: int = 0
    is_python: bool = True


def render_all(
    tasks: Iterable[RenderTask], counts: Counter[str] | None = None, profile: Profile | None = None
) -> Iterator[Output]:
    """Yield the outputs of all tasks, in order; `counts["rendered"]` counts cache misses."""
    counts, profile = Counter() if counts is None else counts, profile or Profile()
    for batch in batches(tasks, _BATCH):
        yield from _render_new(batch, counts, profile)


def _render_new(
    tasks: list[RenderTask], counts: Counter[str], profile: Profile
) -> Iterator[Output]:
    kept = kept_in_force()
    if kept is None:
        for outputs in _render_batch(tasks, counts, profile):
            yield from outputs
        return
    keys = [("outputs", _content(task)) for task in tasks]
    known = [kept.get(key) for key in keys]
    new = [task for task, outputs in zip(tasks, known, strict=True) if outputs is None]
    rendered = _render_batch(new, counts, profile)
    for key, outputs in zip(keys, known, strict=True):
        if outputs is None:
            outputs = next(rendered)
            kept.put(key, outputs)
        yield from outputs
    next(rendered, None)  # run the generator to its end


def _render_batch(
    tasks: list[RenderTask], counts: Counter[str], profile: Profile
) -> Iterator[list[Output]]:
    decoder = msgspec.msgpack.Decoder(list[Output])

    def make(numbers: list[int]) -> Iterable[bytes]:
        missing = [tasks[number] for number in numbers]
        # Compile the templates here, not once in every process.
        load(template for task in missing for template in task.templates)
        size = sum(task.size for task in missing)
        made = mapped(_make, missing, size)
        return _encoded(profile.track("writing outputs", made, len(missing)), missing)

    for content, is_new in Cache("outputs").get_or_compute(map(_content, tasks), make):
        outputs = decoder.decode(content)
        counts["rendered"] += len(outputs) if is_new else 0
        yield outputs


def _content(task: RenderTask) -> bytes:
    return msgspec.json.encode((task.kind, task.cache_key), enc_hook=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Encoded):
        return str(value)
    raise TypeError(f"{value!r} is not a JSON value")


def _make(task: RenderTask) -> list[Output]:
    return list(task.make())


def _encoded(made: Iterable[list[Output]], tasks: Sequence[RenderTask]) -> Iterator[bytes]:
    """Yield the outputs of each task, the modules among them formatted."""
    if any(task.is_python for task in tasks):
        made = list(made)
        modules = [
            o for task, outputs in zip(tasks, made, strict=True) if task.is_python for o in outputs
        ]
        formatted = iter(format_modules(modules, sort_imports=True))
        made = (
            [next(formatted) for _ in outputs] if task.is_python else outputs
            for task, outputs in zip(tasks, made, strict=True)
        )
    yield from map(msgspec.msgpack.encode, made)
