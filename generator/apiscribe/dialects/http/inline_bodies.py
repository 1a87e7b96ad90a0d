"""Bodies in sentences: ``Send `{"query": "…"}` as JSON``, ``Answers `201` with `{"id": 7}` ``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apiscribe.dialects.http.curl import is_json
from apiscribe.dialects.http.words import SENT, STATUSES, Label, read_label

# Braces in braces, to the depth that a sentence may have.
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_BODY = rf"(?P<body>\[\s*{_BRACES}[^{{}}\[\]]*\]|{_BRACES})"
_IN_CODE = re.compile(rf"`\s*{_BODY}\s*`")
_IN_WORDS = re.compile(rf"(?<![\w/={{$]){_BODY}")
_STATUS = re.compile(r"(?<![\w.,-])[2-5]\d\d(?![\w,-]|\.\d)")
_LISTED = re.compile(r"\b(?:array|list) of\W*$", re.IGNORECASE)
_LONGEST_BEFORE = 120


def inline_bodies(text: str, marked: bool) -> Iterator[tuple[Label, str]]:
    """Yield the JSON bodies and shapes in a text, each with its label by the words before it.

    `marked`: the text has its marks, and a body is in code.
    """
    label, at = Label(), 0
    for match in (_IN_CODE if marked else _IN_WORDS).finditer(text):
        before = re.split(r"[.。]\s", text[at : match.start()])[-1][-_LONGEST_BEFORE:]
        at = match.end()
        body = match["body"]
        if not is_json(body) or not re.search(r"[\"':,]", body):
            continue
        label = _label(before) or label
        if label.direction:
            yield label, f"[{body}]" if _LISTED.search(before) and body[0] == "{" else body


def _label(before: str) -> Label | None:
    """Return the label of a body by the words before it; None if they do not say what it is of."""
    status = next(iter(_STATUS.findall(before)[-1:]), "")
    failed = status[:1] in ("4", "5") or read_label(before).direction == "error"
    if failed:
        return Label(direction="error", part="example", status=status)
    if status or STATUSES["returning"].search(before):
        return Label(direction="response", part="example", status=status)
    if SENT["bodies"].search(before):
        return Label(direction="request", part="example")
    return None
