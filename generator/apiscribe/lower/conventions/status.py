"""The status of success over HTTP."""

from __future__ import annotations

import re

from apiscribe.model.api import Method

_SUCCESS = re.compile(r"2\d\d\b")
_USUAL = 200


def documented_status(method: Method) -> int:
    """Successful answers have the status that the page lists: of several, the first with a body,
    else the first. Without one on the page, it is 200.
    """
    listed = [answer for answer in method.answers if _SUCCESS.match(answer.status)]
    typed = [answer for answer in listed if answer.type]
    status = next((int(answer.status[:3]) for answer in typed or listed), _USUAL)
    return 0 if status == _USUAL else status
