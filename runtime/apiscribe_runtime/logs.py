"""The log of a server on stderr, as text or JSON."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from .request_log import current_request

LogFormat = Literal["human", "json"]
LogLevel = Literal["info", "warning", "error"]

_FIELDS = "%(time)s %(level)s %(name)s %(message)s"
_WORD = re.compile(r"[!#-<>-~]+")  # needs no quotes: no blank, `"` or `=`


def configure_logging(form: LogFormat, level: LogLevel) -> None:
    """Write log records to stderr."""
    handler = logging.StreamHandler()
    handler.addFilter(_add_fields)
    handler.setFormatter(JsonFormatter(_FIELDS) if form == "json" else _HumanFormatter(_FIELDS))
    logging.basicConfig(level=level.upper(), handlers=[handler])


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
        return f"{head} {name}: {message}{fields}" + (f"\n{trace}" if trace else "")


def _quote(value: Any) -> str:
    text = str(value)
    return text if _WORD.fullmatch(text) else json.dumps(text)
