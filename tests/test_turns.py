"""HTTP requests share the turns of the event loop with gRPC calls: counted in turns, not in time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from apiscribe_runtime import turns
from apiscribe_runtime.turns import Turns


async def begun(shared: Turns, requests: int, count: int) -> list[int]:
    """Return how many of some requests have begun after each of a number of turns."""
    tasks = [asyncio.create_task(shared.wait()) for _ in range(requests)]
    numbers = []
    for _ in range(count):
        await asyncio.sleep(0)
        numbers.append(sum(task.done() for task in tasks))
    await asyncio.gather(*tasks)
    return numbers


def test_requests_without_calls_begin_at_once() -> None:
    assert asyncio.run(begun(Turns(), 50, 2)) == [50, 50]


def test_requests_beside_calls_begin_one_after_some_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_RECENT", 60)
    monkeypatch.setattr(turns, "_TURNS", 3)

    async def share() -> list[int]:
        shared = Turns()
        shared.note_call()
        return await begun(shared, 3, 13)

    numbers = asyncio.run(share())
    steps = [turn for turn in range(1, 13) if numbers[turn] > numbers[turn - 1]]
    assert numbers[-1] == 3
    assert [later - earlier for earlier, later in pairwise(steps)] == [3, 3]


def test_requests_go_on_when_no_call_has_come_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async def share() -> list[int]:
        shared = Turns()
        shared.note_call()
        monkeypatch.setattr(shared, "_shared_until", 0.0)
        return await begun(shared, 50, 2 * turns._QUIET)

    numbers = asyncio.run(share())
    assert (numbers[0], numbers[-1]) == (0, 50)


def test_turns_are_shared_however_long_each_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_RECENT", 0)

    async def share() -> list[int]:
        shared, numbers = Turns(), list[int]()
        tasks = [asyncio.create_task(shared.wait()) for _ in range(20)]
        for _ in range(20):
            shared.note_call()  # in each turn, as calls do while more of them wait
            await asyncio.sleep(0)
            numbers.append(sum(task.done() for task in tasks))
        await asyncio.gather(*tasks)
        return numbers

    numbers = asyncio.run(share())
    assert 0 < numbers[-1] <= 20 // turns._TURNS


def test_a_cancelled_request_takes_no_turn_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_RECENT", 60)

    async def cancel() -> bool:
        shared = Turns()
        shared.note_call()
        first, second = (asyncio.create_task(shared.wait()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait_for(second, 5)
        return first.cancelled()

    assert asyncio.run(cancel())
