"""Render diagnostics as SARIF 2.1.0, the format of code scanning services.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; comments
name the sections.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from apiscribe import __version__
from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.grouping import DiagnosticGroup, Location
from apiscribe.diagnostics.summary import Summary

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# 3.11.6: `[text](target)` in a message is a link; the text of a page must not be one.
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def sarif_report(groups: Sequence[DiagnosticGroup], _: Summary) -> str:
    """Return one log with one run.

    The text is pure ASCII, so no character of a page can control a terminal.
    """
    return sarif_log(groups, _rule)


def sarif_log(groups: Sequence[DiagnosticGroup], rule: Callable[[str], dict[str, Any]]) -> str:
    """Return a log of groups with codes from any table; `rule` makes the rule of a code."""
    used = sorted({group.code for group in groups})
    run = {
        "tool": {
            "driver": {
                "name": "apiscribe",
                "semanticVersion": __version__,
                "rules": [rule(code) for code in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(group, used.index(group.code)) for group in groups],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(word: str) -> dict[str, Any]:
    code = CODES[word]
    return {
        "id": word,
        "shortDescription": {"text": code.summary},
        "help": {"text": f"{code.action} More: apiscribe explain {word}"},
        "defaultConfiguration": {"level": code.level},
    }


def _result(group: DiagnosticGroup, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": group.code,
        "ruleIndex": rule,
        "level": group.level,
        "message": {"text": _message(f"{group.message}\nWhat to do: {group.help}")},
        "locations": [_location(group.location)],
        "partialFingerprints": {"apiscribe/v1": group.fingerprint},
    }
    if group.also:
        result["relatedLocations"] = [_location(location) for location in group.also]
    return result


def _location(location: Location) -> dict[str, Any]:
    region = {
        "startLine": location.line,
        "startColumn": location.column,
        "endLine": location.end_line,
    }
    if location.length:
        # 3.30.8: the column after the last character.
        region["endColumn"] = location.column + location.length
    # Bytes of a file name that are not UTF-8 stay bytes.
    uri = quote(location.relative_path, safe="/", errors="surrogateescape")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def _message(text: str) -> str:
    return _LINK.sub(r"\\[", text)
