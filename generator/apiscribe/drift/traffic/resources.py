"""The resources that answers show: identifiers for the parameters of paths."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_WORDS = tomllib.loads(Path(__file__).with_name("identifiers.toml").read_text("utf-8"))
_KEYS: tuple[str, ...] = tuple(_WORDS["keys"])
_ID = _KEYS[0]
_SEPARATOR = re.compile(r"[^a-z0-9]+")

# So many values of each key are kept, and no longer ones.
_MAX_VALUES = 1000
_MAX_LENGTH = 100
_MAX_DEPTH = 4

_ByKey = defaultdict[str, dict[str, None]]


class Resources:
    """The identifiers in answers: by the path of the request and the key, and by the key alone."""

    def __init__(self) -> None:
        self._listed: defaultdict[str, _ByKey] = defaultdict(lambda: defaultdict(dict))
        self._named: _ByKey = defaultdict(dict)

    def see(self, path: str, value: Any) -> None:
        """Keep the identifiers in the answer to a request."""
        for item in _items(value):
            for key, entry in item.items():
                if (word := _word(key)) in _KEYS:
                    _keep(self._listed[path][word], entry)
        for key, entry in _scalars(value):
            _keep(self._named[_word(key)], entry)

    def values(self, path: str, parameter: str) -> list[str]:
        """Return the values that a parameter after a path can have, those listed there first."""
        word = _word(parameter)
        listed: Mapping[str, dict[str, None]] = self._listed.get(path, {})
        ends = [key for key in _KEYS if word.endswith(key)] or [_ID]
        values = [value for key in ends for value in listed.get(key, ())]
        # `id` alone can be that of anything.
        named = self._named.get(word, {}) if word not in _KEYS else {}
        return list(dict.fromkeys([*values, *named]))


def _word(name: str) -> str:
    return _SEPARATOR.sub("", name.lower())


def _keep(values: dict[str, None], value: Any) -> None:
    if isinstance(value, str | int) and not isinstance(value, bool) and len(values) < _MAX_VALUES:
        text = str(value)
        if 0 < len(text) <= _MAX_LENGTH:
            values[text] = None


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the resources of an answer: the object, or those in its lists or below one key."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
    elif isinstance(value, dict):
        yield value
        is_wrapped = not any(_word(key) == _ID for key in value)
        for entry in value.values() if is_wrapped else ():
            if isinstance(entry, dict):
                yield entry
            elif isinstance(entry, list):
                yield from (item for item in entry if isinstance(item, dict))


def _scalars(value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, entry in value.items():
            yield key, entry
            yield from _scalars(entry, depth + 1)
    elif isinstance(value, list):
        for entry in value:
            yield from _scalars(entry, depth + 1)
