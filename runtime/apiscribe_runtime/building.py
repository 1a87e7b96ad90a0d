"""Build the statements of queries, those of large queries off the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncEngine

from . import off_loop

T = TypeVar("T", bound=Sequence[Any])


class Builder:
    """Builds statements for an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine

    async def build(self, parts: Any, work: Callable[[], T]) -> T:
        """Return what `work` makes of the parts of a query: statements, and others. If they are
        large, a thread does it, and compiles the statements: their SQL is in SQLAlchemy's cache
        when they are executed.
        """
        if not off_loop.is_long_query(parts):
            return work()
        return await off_loop.run(parts, lambda: self._compiled(work()), off_loop.is_long_query)

    def _compiled(self, built: T) -> T:
        dialect, cache = self._engine.dialect, self._engine._compiled_cache
        for statement in built:
            if isinstance(statement, Select):
                statement._compile_w_cache(dialect, compiled_cache=cache, column_keys=[])
        return built
