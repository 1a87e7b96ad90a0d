"""The turns of the event loop, which HTTP requests share with gRPC calls.

gRPC accepts one call in a turn, and answers it in some more. A turn serves all HTTP requests that
have arrived: with fifty clients, a call would wait for fifty requests several times. So while calls
arrive, a request begins only after some turns.
"""

from __future__ import annotations

import asyncio
from collections import deque

_TURNS = 4  # for a request: about as many as a call takes
_RECENT = 0.1  # seconds after a call: others may be waiting
_QUIET = 2 * _TURNS  # turns without a call, at least: under load, one may take more than _RECENT


class Turns:
    """The HTTP requests that wait for their turn."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._shared_until, self._shared_turns = 0.0, 0

    def note_call(self) -> None:
        """Share the next turns with gRPC: it has accepted a call."""
        self._shared_until = asyncio.get_running_loop().time() + _RECENT
        self._shared_turns = _QUIET

    async def wait(self) -> None:
        """Wait for the turn of a request, if turns are shared now."""
        loop = asyncio.get_running_loop()
        if not self._waiting and not self._are_shared(loop):
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            loop.call_soon(self._begin, loop, _TURNS - 1)
        await turn

    def _begin(self, loop: asyncio.AbstractEventLoop, left: int) -> None:
        """Begin the next request when no turns are left, and the others in the turns after it."""
        self._shared_turns -= 1
        if left and self._are_shared(loop):
            loop.call_soon(self._begin, loop, left - 1)
            return
        count = 1 if self._are_shared(loop) else len(self._waiting)
        for _ in range(count):
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
        if self._waiting:
            loop.call_soon(self._begin, loop, _TURNS - 1)

    def _are_shared(self, loop: asyncio.AbstractEventLoop) -> bool:
        return self._shared_turns > 0 or loop.time() < self._shared_until
