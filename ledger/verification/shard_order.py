"""Shard order: the events of several shards as one row of pages, in which each org's come by
sequence.

An org lives in one shard at a time, so what it recorded may begin in one and go on in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.verification.stored_rows import NUMBERS

Pages = Iterator[list[bytes]]
"""Events of one shard by position, as `stored_rows` writes them."""


def in_turn(shards: Iterable[Pages], before: Mapping[str, int]) -> Pages:
    """Yield the pages of shards in turn, each up to an event whose org's last one stands in a shard
    that is further behind. `before`: the last sequences before, of orgs that began there.

    Where all wait for an event, none of them has it: then the one that lacks the fewest goes on.
    """
    taken = {org.encode(): sequence for org, sequence in before.items()}
    waiting = [_Shard(pages) for pages in shards]
    while waiting := [shard for shard in waiting if shard.rows]:
        moved = False
        for shard in waiting:
            if page := shard.take(taken):
                moved = True
                yield page
        if not moved:
            yield min(waiting, key=lambda shard: shard.lacks(taken)).take_one(taken)


class _Shard:
    """A shard, and its events that wait to be taken."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.rows = next(pages, [])

    def take(self, taken: dict[bytes, int]) -> list[bytes]:
        """Take the events of a page that follow what was taken of their orgs."""
        for place, row in enumerate(self.rows):
            org, sequence = _place_of(row)
            last = taken.get(org, 0)
            if sequence > last + 1:
                return self._cut(place)
            if sequence > last:
                taken[org] = sequence
        return self._cut(len(self.rows))

    def lacks(self, taken: Mapping[bytes, int]) -> int:
        """Return how many events are missing before the next one."""
        org, sequence = _place_of(self.rows[0])
        return sequence - taken.get(org, 0)

    def take_one(self, taken: dict[bytes, int]) -> list[bytes]:
        """Take an event that follows nothing."""
        org, sequence = _place_of(self.rows[0])
        taken[org] = sequence
        return self._cut(1)

    def _cut(self, place: int) -> list[bytes]:
        page, self.rows = self.rows[:place], self.rows[place:]
        if not self.rows:
            self.rows = next(self._pages, [])
        return page


def _place_of(row: bytes) -> tuple[bytes, int]:
    sequence, *_ = NUMBERS.unpack_from(row, len(row) - 48)
    return row[6 : 6 + int.from_bytes(row[2:6])], sequence
