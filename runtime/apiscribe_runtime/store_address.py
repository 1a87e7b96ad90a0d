"""What `--store` names: a file of SQLite, or a URL of SQLite or PostgreSQL."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

# Backend → the driver that the server uses.
_DRIVERS = {"sqlite": "aiosqlite", "postgresql": "psycopg"}

_FORMS = "FILE, sqlite:///FILE or postgresql://USER@HOST/NAME"


def store_url(store: str) -> URL:
    """Return the URL of a store, with the driver that the server uses; a text without `://` is the
    path of a SQLite file.

    Raises ValueError for another database, another driver, rows in memory, which each connection
    would have for itself, and a text that is no URL.
    """
    url = _url(store)
    if url.drivername == "sqlite+aiosqlite" and (url.database or ":memory:") == ":memory:":
        raise ValueError("the server keeps no rows in memory; name a file")
    return url


def _url(store: str) -> URL:
    if "://" not in store:
        return URL.create("sqlite+aiosqlite", database=store)
    try:
        url = make_url(store)
    except (ArgumentError, ValueError):  # ValueError: of a port
        raise ValueError(f"the store is no URL; write {_FORMS}") from None
    backend, _, driver = url.drivername.partition("+")
    backend = "postgresql" if backend == "postgres" else backend
    if backend not in _DRIVERS:
        raise ValueError(f"the store must be SQLite or PostgreSQL, not {backend}; write {_FORMS}")
    if driver and driver != _DRIVERS[backend]:
        raise ValueError(f"the server does not use the driver {driver}; write {backend}://…")
    return url.set(drivername=f"{backend}+{_DRIVERS[backend]}")
