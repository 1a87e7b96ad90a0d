"""Times as queries write them: ISO 8601, and times counted from now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .errors import query_failed

_RELATIVE = re.compile(r"now(/[dwm])?(?: *([+-]) *(\d{1,9})([smhdw]))?")
_DAY = timedelta(days=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LETTERS = {  # of strftime, in to_char's words
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

# What rows hold as times. PostgreSQL fails on a text that is none, so none must reach its cast. The
# first and the last day are left out: in another zone they lie in a year that not all can write.
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
# As servers write them: these have the order of their texts.
SERVERS = _DATE + rf"T{_HOUR}:[0-5]\d[.]\d\d\dZ$"
SERVERS_GLOB = "0000-00-00T00:00:00.000Z".replace("0", "[0-9]")
_WRITTEN = re.compile(WRITTEN, re.ASCII)


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


def stored_time(value: str) -> datetime | None:
    """The time that a text of a row writes, in UTC; None where it writes none."""
    return parse_time(value) if _WRITTEN.fullmatch(value) else None


def in_sql(value: datetime) -> str:
    """The time as json_sql.time writes it."""
    return value.replace(tzinfo=None).isoformat(" ", "milliseconds")


def as_servers_write(value: datetime) -> str:
    """The time as texts of `SERVERS` have it."""
    return f"{value.replace(tzinfo=None).isoformat('T', 'milliseconds')}Z"


def around(value: datetime) -> tuple[str, str]:
    """What stands before the text of every later time, in order of texts, and what behind that of
    every earlier one, in whatever zone they are written: none is a day off.
    """
    try:
        return f"{(value - _DAY).date()}", f"{(value + _DAY).date()}~"
    except OverflowError:
        return "", "~"


def to_char_pattern(pattern: str) -> str:
    """The pattern of PostgreSQL's to_char that writes what a pattern of strftime writes. Raises
    ApiError for a letter of strftime that SQLite and PostgreSQL do not share.
    """
    written = []
    for plain, letter in re.findall(r"([^%]+)|%(.?)", pattern):
        if plain:
            escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
            written.append(f'"{escaped}"')
        elif letter in _LETTERS:
            written.append(_LETTERS[letter])
        else:
            known = ", ".join(f"%{letter}" for letter in _LETTERS)
            raise query_failed(f"%{letter} is not known in a date_format (known: {known})")
    return "".join(written)
