"""Code in YAML → JSON, the form in which examples are read."""

from __future__ import annotations

import json
import re

from apiscribe.pages.blocks import Code
from apiscribe.workspace.yaml_loader import yaml_loader

_LANGUAGES = frozenset({"yaml", "yml"})
_LONGEST = 50_000
_ANCHOR = re.compile(r"(?m)(?:^|[\s:\[{,-])[&*]\w")  # a reference may repeat a value without end
# The keys of documents that describe an API or a program, and are no example of a body.
_DOCUMENTS = frozenset("openapi swagger paths components responses requestBody apiVersion".split())


def yaml_as_json(block: Code) -> str:
    """Return an example in YAML as JSON; "" for other code."""
    if block.language.lower() not in _LANGUAGES or len(block.text) > _LONGEST:
        return ""
    if _ANCHOR.search(block.text):
        return ""
    import yaml

    try:
        value = yaml.load(block.text, yaml_loader())  # noqa: S506, a safe loader
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return ""
    is_example = isinstance(value, dict) and not _DOCUMENTS & {str(key) for key in value}
    return text if is_example or (isinstance(value, list) and value) else ""
