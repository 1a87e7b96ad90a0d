"""Starts a server, and tells why where it cannot start."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from .errors import ApiError
from .logs import start_log
from .process import serve_alone
from .registry import Api
from .settings import read_settings
from .workers import serve_with_workers


def main(api: Api, arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Exit status: 0 after that, 1 where a second signal cut calls
    off, 2 where it could not start.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        settings = read_settings(f"python -m {api.name}", given)
        start_log(settings.log, settings.log_level)
        if settings.workers > 1:
            return serve_with_workers(api, settings)
        return asyncio.run(serve_alone(api, settings))
    except (ApiError, ImportError, OSError, RuntimeError, SQLAlchemyError, ValueError) as error:
        return _refuse(str(getattr(error, "orig", None) or error))


def _refuse(reason: str) -> int:
    print(f"cannot serve: {reason}", file=sys.stderr)
    return 2
