"""The log of a server on stderr, as text or JSON."""

from __future__ import annotations

import json
import logging
import math
import re
from collections import Counter, OrderedDict
from datetime import UTC, datetime
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from .request_log import current_request

_REMEMBERED = 100  # messages

LogFormat = Literal["human", "json"]
LogLevel = Literal["info", "warning", "error"]

_FIELDS = "%(time)s %(level)s %(name)s %(message)s"
_WORD = re.compile(r"[!#-<>-~]+")  # needs no quotes: no blank, `"` or `=`


def configure_logging(form: LogFormat, level: LogLevel) -> None:
    """Write log records to stderr."""
    handler = logging.StreamHandler()
    handler.addFilter(_Repetitions().filter)
    handler.addFilter(_add_fields)
    handler.setFormatter(JsonFormatter(_FIELDS) if form == "json" else _HumanFormatter(_FIELDS))
    logging.basicConfig(level=level.upper(), handlers=[handler])


class _Repetitions:
    """Drops the repetitions of a warning or an error within a second; the next one counts them.

    Two faults with one message and different exceptions are no repetition.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._dropped: Counter[tuple[str, ...]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write a record."""
        if record.levelno < logging.WARNING:
            return True
        error = repr(record.exc_info[1]) if record.exc_info else ""
        key, now = (record.name, record.getMessage(), error), record.created
        if now - self._last.get(key, -math.inf) < 1:
            self._dropped[key] += 1
            return False
        self._last[key] = now
        self._last.move_to_end(key)
        if len(self._last) > _REMEMBERED:
            forgotten, _ = self._last.popitem(last=False)
            self._dropped.pop(forgotten, None)
        if count := self._dropped.pop(key, 0):
            record.repeated = count
        return True


def _add_fields(record: logging.LogRecord) -> bool:
    """Add the time, the level and the id of the current request."""
    at = datetime.fromtimestamp(record.created, UTC)
    record.time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record.level = record.levelname.lower()
    if context := current_request():
        record.request_id = context.id
    return True


class _HumanFormatter(JsonFormatter):
    """Formats a record as one line: text from a request cannot start a new one."""

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        head = " ".join(str(log_data.pop(key)) for key in ("time", "level"))
        name, message = log_data.pop("name"), log_data.pop("message")
        trace = log_data.pop("exc_info", None)
        fields = "".join(f" {key}={_quote(value)}" for key, value in log_data.items())
        line = visible(f"{head} {name}: {message}{fields}")
        return "\n".join([line, *map(visible, trace.splitlines() if trace else ())])


def visible(text: str) -> str:
    """Return a text on one line, with escapes for all that a terminal interprets or hides."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _quote(value: Any) -> str:
    text = str(value)
    return text if _WORD.fullmatch(text) else json.dumps(text)
