"""The log of a server, on stderr: lines for people, or JSON."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from .request_log import current_request

Form = Literal["human", "json"]
Level = Literal["info", "warning", "error"]

_FIELDS = "%(time)s %(level)s %(name)s %(message)s"
_WORD = re.compile(r"[!#-<>-~]+")  # is told without quotes: no blank, no `"`, no `=`


def start_log(form: Form, level: Level) -> None:
    """Write what is logged from now on."""
    handler = logging.StreamHandler()
    handler.addFilter(_add_facts)
    handler.setFormatter(JsonFormatter(_FIELDS) if form == "json" else _HumanFormatter(_FIELDS))
    logging.basicConfig(level=level.upper(), handlers=[handler])


def _add_facts(record: logging.LogRecord) -> bool:
    """Add the time, the level and the id of the call that a line is about."""
    at = datetime.fromtimestamp(record.created, UTC)
    record.time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record.level = record.levelname.lower()
    if call := current_request():
        record.request_id = call.id
    return True


class _HumanFormatter(JsonFormatter):
    """One line: what comes from a request cannot begin another."""

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        head = " ".join(str(log_data.pop(key)) for key in ("time", "level"))
        name, message = log_data.pop("name"), log_data.pop("message")
        trace = log_data.pop("exc_info", None)
        facts = "".join(f" {key}={_word(value)}" for key, value in log_data.items())
        return f"{head} {name}: {message}{facts}" + (f"\n{trace}" if trace else "")


def _word(value: Any) -> str:
    text = str(value)
    return text if _WORD.fullmatch(text) else json.dumps(text)
