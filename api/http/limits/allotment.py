"""The allotment: what one process may spend of a limit, taken from its counter ahead of need."""

from __future__ import annotations

import asyncio
import math
from zlib import crc32

from api.http.limits.counters import Counters
from api.http.limits.standing import Standing
from api.limits import AmountOf, Limit

PORTIONS = 64
"""How often a counter is asked for a whole amount: what processes have taken and do not spend is at
most one part of so many of each. A small amount is taken one by one."""

TOLD_FROM = 10
"""A key and an org are told what is left when it is a part of so many, and not before: most never
come near, and would pay for being told so. A user is always told."""


class Allotment:
    """Of one limit to one of its kind, in the window that it is now."""

    __slots__ = (
        *("_amount", "_amount_of", "_free", "_key", "_org", "_phase", "_taking", "_window"),
        *("ends_at", "is_quiet", "left", "limit"),
    )

    def __init__(self, limit: Limit, org: str, whom: str, amount_of: AmountOf) -> None:
        self.limit = limit
        self._org = org
        self._key = f"{limit.name}/{org}/{whom}"
        self._amount_of = amount_of
        self._phase = crc32(self._key.encode()) / 2**32
        """Windows of different owners begin at different moments: they do not all come back at
        once."""

        self._amount: int | None = 0
        self._free = 0
        """What the counter had left when it was asked last."""

        self._window = 0
        self._taking = asyncio.Lock()
        self.left = 0.0
        """What is taken and not spent."""

        self.ends_at = -math.inf
        self.is_quiet = False
        """Whether its owner need not be told what is left."""

    def enter_window(self, now: float, epoch: float) -> None:
        """Begin again if the window is over. `epoch`: what the clock must be added to be
        everybody's."""
        if now < self.ends_at:
            return
        self._amount = self._amount_of(self._org, self.limit)
        if self._amount is None:
            self.left = self.ends_at = math.inf
            self.is_quiet = True
            return
        seconds = self._seconds
        self._window = math.floor((now + epoch) / seconds + self._phase)
        self.ends_at = (self._window + 1 - self._phase) * seconds - epoch
        if self.ends_at <= now:  # by less than these numbers can tell
            self._window += 1
            self.ends_at += seconds
        self.left, self._free = 0.0, self._amount
        self.is_quiet = False

    def is_spent(self, cost: int) -> bool:
        """Tell whether no more comes in this window than would be too little."""
        return self.left < cost and not self._free

    async def take(self, cost: int, counters: Counters) -> None:
        """Take a portion, and at least what is missing; one at a time, as many portions at once
        would be more than is needed."""
        async with self._taking:
            if self.left < cost and self._free:
                await self._take(cost, counters)

    async def _take(self, cost: int, counters: Counters) -> None:
        assert self._amount is not None
        window, amount = self._window, self._amount
        portion = max(cost - int(self.left), amount // PORTIONS)
        count = await counters.incr(f"{self._key}/{window}", 2 * self._seconds, portion)
        if window != self._window:
            return  # it ended meanwhile, and what was taken with it
        self.left += max(0, min(portion, amount - (count - portion)))
        self._free = min(self._free, max(0, amount - count))
        self.is_quiet = self.limit.of != "user" and self._free * TOLD_FROM > amount

    def standing(self, now: float) -> Standing:
        """Return what its owner may be told."""
        left = 0 if self._amount is None else int(self.left) + self._free
        return Standing(self.limit, self._amount or 0, left, math.ceil(self.ends_at - now))

    @property
    def _seconds(self) -> int:
        assert self.limit.seconds is not None
        return self.limit.seconds
