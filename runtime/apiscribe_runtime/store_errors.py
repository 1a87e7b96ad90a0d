"""The errors of both databases, by what they mean for a caller."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from .answer_sizes import ANSWER_TOO_LARGE
from .sql_dialects import TOO_MUCH
from .sqlite_limits import is_spent
from .store_file import StoreFileError

# Source: postgresql.org, appendix "Error Codes": connection exceptions, a standby, insufficient
# resources, a server that starts or stops, system errors. sqlite.org/rescode.html.
_UNAVAILABLE_STATES = ("08", "25006", "530", "531", "532", "533", "57P", "58")
_UNAVAILABLE_NAMES = tuple(
    f"SQLITE_{name}" for name in "FULL IOERR READONLY CANTOPEN PROTOCOL CORRUPT NOTADB".split()
)

# Of PostgreSQL's temp_file_limit, and of values that are too large for it.
_TOO_LARGE = ("53400", "54000")


def limit_in(error: DBAPIError) -> int:
    """Return the limit that an error of `bounded_answer` names."""
    return int(str(error.orig).partition(ANSWER_TOO_LARGE)[2].partition(" ")[0])


def is_too_large(error: DBAPIError, connection: AsyncConnection) -> bool:
    """Return whether a statement would store too many bytes."""
    state, name = (getattr(error.orig, key, "") for key in ("sqlstate", "sqlite_errorname"))
    if TOO_MUCH in str(error.orig) or state in _TOO_LARGE or name == "SQLITE_TOOBIG":
        return True
    current = connection.sync_connection
    return current is not None and not current.invalidated and is_spent(current.info)


def is_timeout(error: DBAPIError) -> bool:
    """Return whether a statement ran, or waited for a lock, too long."""
    # Source: postgresql.org, appendix "Error Codes"; sqlite.org/rescode.html.
    state, name = (getattr(error.orig, key, "") for key in ("sqlstate", "sqlite_errorname"))
    return bool(state == "57014" or name in ("SQLITE_INTERRUPT", "SQLITE_BUSY"))


def is_out_of_range(error: DBAPIError) -> bool:
    """Return whether a number in a statement exceeded the range of its type."""
    return getattr(error.orig, "sqlstate", "") == "22003"


def is_unavailable(error: Exception) -> bool:
    """Return whether the database ended the connection, or did not accept it, or cannot store
    anything now: it is full, is starting or stopping, is a standby, or has lost its files.
    """
    if isinstance(error, StoreFileError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state, name = (getattr(error.orig, key, "") for key in ("sqlstate", "sqlite_errorname"))
    # psycopg's OperationalError has no SQLSTATE if the connection failed, and not a statement.
    failed_to_connect = state is None and isinstance(error, OperationalError)
    return (
        error.connection_invalidated
        or failed_to_connect
        or (state or "").startswith(_UNAVAILABLE_STATES)
        or (name or "").startswith(_UNAVAILABLE_NAMES)
    )
