"""Findings as SARIF 2.1.0, which code scanning services read.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; the sections are
named where they decide something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from apiscribe import __version__
from apiscribe.diagnostics.codes import CODES
from apiscribe.diagnostics.grouping import DiagnosticGroup, Place
from apiscribe.diagnostics.summary import Summary

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# 3.11.6: `[text](target)` in a message is a link; the text of a page makes none.
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def sarif_report(found: Sequence[DiagnosticGroup], _: Summary) -> str:
    """One log with one run. Pure ASCII, so that no character of a page steers a reader."""
    return sarif_log(found, _rule)


def sarif_log(found: Sequence[DiagnosticGroup], rule: Callable[[str], dict[str, Any]]) -> str:
    """The same, with rules for codes of another table."""
    used = sorted({each.code for each in found})
    run = {
        "tool": {
            "driver": {
                "name": "apiscribe",
                "semanticVersion": __version__,
                "rules": [rule(code) for code in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, used.index(each.code)) for each in found],
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


def _result(found: DiagnosticGroup, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.level,
        "message": {"text": _message(f"{found.message}\nWhat to do: {found.help}")},
        "locations": [_location(found.place)],
        "partialFingerprints": {"apiscribe/v1": found.fingerprint},
    }
    if found.also:
        result["relatedLocations"] = [_location(place) for place in found.also]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column, "endLine": place.end_line}
    if place.length:
        # 3.30.8: the column behind the last character.
        region["endColumn"] = place.column + place.length
    # Bytes of a file name that are no UTF-8 stay bytes.
    uri = quote(place.from_here, safe="/", errors="surrogateescape")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def _message(text: str) -> str:
    return _LINK.sub(r"\\[", text)
