"""The client of an API over HTTP: what generated clients have in common. It requires httpx.

A generated client has an `Operation` for each operation of its pages, and typed methods that call
it. All else is here: requests, answers, paging, errors, credentials and retries.
"""

from __future__ import annotations

from .async_client import AsyncClient, AsyncPages, AsyncService
from .connection import AsyncSettings, SyncSettings
from .credentials import Alternatives, basic, bearer, key
from .errors import (
    AuthenticationError,
    BadRequestError,
    ClientError,
    ConflictError,
    ErrorFields,
    InvalidAnswerError,
    NoAnswerError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    StatusError,
    TimedOutError,
    TooManyRequestsError,
    UnprocessableError,
)
from .operations import Habits, Operation
from .paging import Paging
from .requests import Place
from .sync_client import Pages, SyncClient, SyncService

__all__ = [
    "Alternatives",
    "AsyncClient",
    "AsyncPages",
    "AsyncService",
    "AsyncSettings",
    "AuthenticationError",
    "BadRequestError",
    "ClientError",
    "ConflictError",
    "ErrorFields",
    "Habits",
    "InvalidAnswerError",
    "NoAnswerError",
    "NotFoundError",
    "Operation",
    "Pages",
    "Paging",
    "PermissionDeniedError",
    "Place",
    "ServerError",
    "StatusError",
    "SyncClient",
    "SyncService",
    "SyncSettings",
    "TimedOutError",
    "TooManyRequestsError",
    "UnprocessableError",
    "basic",
    "bearer",
    "key",
]
