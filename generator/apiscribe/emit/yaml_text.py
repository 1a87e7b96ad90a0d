"""JSON values as YAML, in blocks.

PyYAML writes 0.1 MB a second, this module 2 MB. A string is in double quotes, unless no version of
YAML takes it for another value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from apiscribe.workspace.yaml_loader import yaml_loader

_PLAIN = re.compile(r"[A-Za-z$/][\w$./-]*(?: [A-Za-z][\w./-]*)*\.?", re.ASCII)
# Of a key on one line with its value, in characters. Source: YAML 1.2, section 7.4.2.
_LONGEST_KEY = 1000
_UNUSUAL = re.compile(r"[^ -~]")
# Words of YAML 1.1 for other values. Source: yaml.org/type/bool, null, float.
_WORDS = frozenset("y n yes no on off true false null".split())


def yaml_text(value: Any) -> str:
    """Return the YAML of a JSON object. Raises SyntaxError if it does not read back as it was."""
    # Imported here because PyYAML is slow to load.
    import yaml

    # YAML cannot express lone surrogates.
    content = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    text = "".join(f"{line}\n" for line in _lines(content, ""))
    if yaml.load(text, yaml_loader()) != content:  # noqa: S506, a safe loader
        raise SyntaxError("a YAML output does not read back as it was written")
    return text


def _lines(value: Any, margin: str) -> Iterator[str]:
    """Yield the lines of an object or list that is not empty."""
    if isinstance(value, dict):
        for key, entry in value.items():
            name = f"{margin}{_scalar(key)}:"
            if len(name) > _LONGEST_KEY:
                yield f"{margin}? {_scalar(key)}"
                name = f"{margin}:"
            if isinstance(entry, dict | list) and entry:
                yield name
                yield from _lines(entry, f"{margin}  ")
            else:
                yield f"{name} {_scalar(entry)}"
        return
    for entry in value:
        if isinstance(entry, dict | list) and entry:
            first, *others = _lines(entry, f"{margin}  ")
            yield f"{margin}- {first[len(margin) + 2 :]}"
            yield from others
        else:
            yield f"{margin}- {_scalar(entry)}"


def _scalar(value: Any) -> str:
    if isinstance(value, float):  # YAML 1.1 reads `1e+16` as a text
        return re.sub(r"^(-?\d+)e", r"\1.0e", json.dumps(value))
    is_plain = isinstance(value, str) and _PLAIN.fullmatch(value)
    if is_plain and value.lower() not in _WORDS:
        return str(value)
    return _UNUSUAL.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(char: re.Match[str]) -> str:
    return char[0] if char[0].isprintable() else f"\\U{ord(char[0]):08x}"
