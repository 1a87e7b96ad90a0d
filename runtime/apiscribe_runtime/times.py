"""Times in queries: ISO 8601, and times relative to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .errors import query_failed

_RELATIVE = re.compile(r"now(/[dwm])?(?: *([+-]) *(\d{1,9})([smhdw]))?")
_DAY = timedelta(days=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LETTERS = {  # directive of strftime → pattern of to_char
    "Y": "YYYY",
    "m": "MM",
    "d": "DD",
    "H": "HH24",
    "M": "MI",
    "S": "SS",
    "f": "SS.MS",
    "j": "DDD",
    "%": '"%"',
}

# Texts in rows that are times. PostgreSQL's cast fails on other texts, so they must not reach it.
# The first and the last day are excluded: in another zone, their year may be 0 or 10000.
_LEAP = r"(0[48]|[2468][048]|[13579][26])"
_DATE = (
    r"^(?!0000|0001-01-01|9999-12-31)("
    r"\d\d\d\d-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|"
    r"\d\d\d\d-(0[469]|11)-(0[1-9]|[12]\d|30)|"
    r"\d\d\d\d-02-(0[1-9]|1\d|2[0-8])|"
    rf"(\d\d{_LEAP}|({_LEAP}|00)00)-02-29)"
)
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
WRITTEN = _DATE + rf"([T ]{_HOUR}(:[0-5]\d([.]\d+)?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)?)?$"
# The format that servers write: its lexical order is the chronological order.
SERVERS = _DATE + rf"T{_HOUR}:[0-5]\d[.]\d\d\dZ$"
SERVERS_GLOB = "0000-00-00T00:00:00.000Z".replace("0", "[0-9]")
_WRITTEN = re.compile(WRITTEN, re.ASCII)


def parse_time(value: str) -> datetime:
    """Return the time in UTC. Raises ApiError if the text is not a time."""
    try:
        time = datetime.fromisoformat(value.strip())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise query_failed(f"{value!r} is not an ISO 8601 time") from error


def relative_time(value: str, now: datetime) -> datetime:
    """Return `now`, or the start of its day (`now/d`), week (`now/w`, Monday) or month (`now/m`),
    with an offset: `now/d - 3h`. Raises ApiError for other texts.
    """
    match = _RELATIVE.fullmatch(value.strip())
    if match is None:
        raise query_failed(f"{value!r} is not a time such as now, now/d or now - 7d")
    start, sign, count, unit = match.groups()
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


def stored_time(value: str) -> datetime | None:
    """Return the time of a text in a row, in UTC; None if the text is not a time."""
    return parse_time(value) if _WRITTEN.fullmatch(value) else None


def in_sql(value: datetime) -> str:
    """Return the time in the format of json_sql.time."""
    return value.replace(tzinfo=None).isoformat(" ", "milliseconds")


def as_servers_write(value: datetime) -> str:
    """Return the time in the format of `SERVERS`."""
    return f"{value.replace(tzinfo=None).isoformat('T', 'milliseconds')}Z"


def around(value: datetime) -> tuple[str, str]:
    """Return two bounds in lexical order: the first precedes the text of every later time, and the
    second follows the text of every earlier one, in any zone: no offset exceeds a day.
    """
    try:
        return f"{(value - _DAY).date()}", f"{(value + _DAY).date()}~"
    except OverflowError:
        return "", "~"


def to_char_pattern(pattern: str) -> str:
    """Return the pattern of PostgreSQL's to_char for a pattern of strftime. Raises ApiError for a
    directive that SQLite and PostgreSQL do not share.
    """
    parts = []
    for plain, letter in re.findall(r"([^%]+)|%(.?)", pattern):
        if plain:
            escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'"{escaped}"')
        elif letter in _LETTERS:
            parts.append(_LETTERS[letter])
        else:
            known = ", ".join(f"%{letter}" for letter in _LETTERS)
            raise query_failed(f"unknown directive %{letter} in date_format (known: {known})")
    return "".join(parts)
