"""Times as queries write them: ISO 8601, and times counted from now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .errors import query_failed

_RELATIVE = re.compile(r"now(/[dwm])?(?: *([+-]) *(\d{1,9})([smhdw]))?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_time(value: str) -> datetime:
    """The time, in UTC. Raises ApiError where the text is none."""
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise query_failed(f"{value!r} is no time of ISO 8601") from error


def relative_time(value: str, now: datetime) -> datetime:
    """`now`, or the begin of its day (`now/d`), week (Monday) or month, and then some time more
    or less: `now/d - 3h`. Raises ApiError where the text is none of these.
    """
    found = _RELATIVE.fullmatch(value.strip())
    if found is None:
        raise query_failed(f"{value!r} is no time such as now, now/d or now - 7d")
    start, sign, count, unit = found.groups()
    if start:
        now = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if start == "/w":
        now -= timedelta(days=now.weekday())
    elif start == "/m":
        now = now.replace(day=1)
    try:
        delta = timedelta(**{_UNITS[unit]: int(count)}) if unit else timedelta()
        return now + delta if sign == "+" else now - delta
    except OverflowError as error:
        raise query_failed(f"{value!r} is out of range") from error


def in_sql(value: datetime) -> str:
    """The time as json_sql.time writes it."""
    return value.replace(tzinfo=None).isoformat(" ", "milliseconds")
