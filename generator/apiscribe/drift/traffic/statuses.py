"""The statuses that pages document for an operation."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from apiscribe.drift.addition import Addition
from apiscribe.drift.traffic.differences import Difference
from apiscribe.drift.traffic.operations import Operation
from apiscribe.model.api import Method
from apiscribe.model.http import Answer
from apiscribe.model.version import ApiVersion

_WORDS = tomllib.loads(Path(__file__).with_name("ignored.toml").read_text("utf-8"))
_IMPLIED = re.compile("|".join(_WORDS["statuses"]))
_STATUS = re.compile(r"\s*([1-5](?:\d\d|xx)|default)\b", re.IGNORECASE)
_ERROR = re.compile(r"(?<![\w.,])4\d\d(?![\w,]|\.\d)")
_SETTINGS = (".json", ".toml")


class Statuses:
    """The documented statuses of a version."""

    def __init__(self, version: ApiVersion) -> None:
        methods = [method for _, service in version.api.services() for method in service.methods]
        self._lists_errors = any(
            _word(answer)[:1] in ("4", "5", "D") for method in methods for answer in method.answers
        )
        # A page without operations, about errors, documents statuses for all of them.
        with_routes = {route.span.path for method in methods for route in method.routes}
        self._general = {
            status
            for path, source in version.texts.items()
            if path not in with_routes and not path.endswith(_SETTINGS)
            for status in _ERROR.findall(source.text)
        }

    def answer(self, method: Method, status: int) -> Answer | None:
        """Return the documented answer with a status: itself, its class, or all others."""
        by_word: dict[str, Answer] = {}
        for answer in method.answers:
            known = by_word.get(_word(answer))
            if known is None or known.type is None:
                by_word[_word(answer)] = answer
        words = (str(status), f"{status // 100}XX", "DEFAULT")
        return next((by_word[word] for word in words if word in by_word), None)

    def difference(self, operation: Operation, status: int) -> Difference | None:
        """Return the difference if no page documents a status."""
        method = operation.method
        if self.answer(method, status) or _IMPLIED.fullmatch(str(status)):
            return None
        if status < 300:
            listed = [_word(answer) for answer in method.answers]
            successes = {word for word in listed if word.startswith("2")}
            successes |= {str(method.status)} if method.status else set()
            if not successes or str(status) in successes:
                return None
        else:
            errors = operation.service.errors
            is_general = str(status) in self._general or (errors and errors.invalid == status)
            if is_general or not self._lists_errors:
                return None
        return Difference(
            kind="undocumented-status",
            symbol=f"{operation.text} {status}",
            message=f"no page documents the status {status}",
            span=operation.route.span,
            addition=Addition(part="status", owner=operation.text, name=str(status)),
        )


def _word(answer: Answer) -> str:
    """Return the status of an answer, in capitals; a page that states none means success."""
    found = _STATUS.match(answer.status)
    return found[1].upper() if found else "200" if not answer.status.strip() else "DEFAULT"
