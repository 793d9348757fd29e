"""A batch leaves the event loop to others between its pieces, while there are others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from api.http.batch_limiter import PIECE, BatchLimiter
from api.writer.recent_orgs import RecentOrgs

ITEMS = range(3 * PIECE + 1)


def doubled(items: Sequence[int]) -> list[int]:
    return [2 * each for each in items]


@pytest.mark.parametrize(("others", "pieces"), [((), 1), (("quiet",), 4)])
def test_what_is_made_is_the_same_and_comes_in_pieces_while_others_are_here(
    others: Sequence[str], pieces: int
) -> None:
    limiter = BatchLimiter(RecentOrgs(lambda: 0.0))
    for org in ("busy", *others):
        limiter.note(org)
    turns: list[str] = []

    def work(items: Sequence[int]) -> list[int]:
        turns.append("batch")
        return doubled(items)

    async def other() -> None:
        while True:
            turns.append("other")
            await asyncio.sleep(0)

    async def case() -> list[int]:
        beside = asyncio.create_task(other())
        made = await limiter.in_pieces(ITEMS, work)
        beside.cancel()
        return made

    assert asyncio.run(case()) == doubled(ITEMS)
    assert turns == (["batch", "other"] * pieces if others else ["batch"])


def test_what_goes_wrong_in_a_piece_goes_wrong_with_the_batch() -> None:
    limiter = BatchLimiter(RecentOrgs(lambda: 0.0))
    for org in ("busy", "quiet"):
        limiter.note(org)

    def work(items: Sequence[int]) -> list[int]:
        if PIECE in items:
            raise KeyError(PIECE)
        return doubled(items)

    with pytest.raises(KeyError):
        asyncio.run(limiter.in_pieces(ITEMS, work))
