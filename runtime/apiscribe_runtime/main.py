"""The entry point of a server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from .errors import ApiError
from .logs import configure_logging, visible
from .process import serve_single
from .registry import Api
from .settings import read_settings
from .updates import Updates
from .workers import serve_with_workers


def main(api: Api, arguments: Sequence[str] | None = None, updates: Updates | None = None) -> int:
    """Serve until SIGINT or SIGTERM, and newer versions of the API in `updates` instead of it.

    Return the exit status: 0 after a graceful stop, 1 if a second signal cancelled requests, 2 if
    the server cannot start.
    """
    flags = list(sys.argv[1:] if arguments is None else arguments)
    try:
        settings = read_settings(f"python -m {api.name}", flags)
        configure_logging(settings.log, settings.log_level)
        if settings.workers > 1 and updates:
            raise ValueError("--workers needs a server without --watch, which is one process")
        if settings.workers > 1:
            return serve_with_workers(api, settings)
        return asyncio.run(serve_single(api, settings, updates))
    except (ApiError, ImportError, OSError, RuntimeError, SQLAlchemyError, ValueError) as error:
        reason = visible(str(getattr(error, "orig", None) or error))
        print(f"cannot serve: {reason}", file=sys.stderr)
        return 2
