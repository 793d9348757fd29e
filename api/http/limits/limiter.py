"""The limiter: lets through what limits leave room for, and refuses the rest before anything is
done."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from api.http.errors import RateLimited
from api.http.limits.allotment import Allotment
from api.http.limits.counters import Counters
from api.http.limits.standing import tell
from api.limits import AmountOf, Limit

ALLOTMENTS_MAX = 50_000
"""Keys, users and orgs that are remembered, before all are forgotten: what was taken for them is
lost then, as the counters still know of it."""


Demand = tuple[Limit, str, str]
"""What something counts for: a limit, the org, and the key or the user in it."""


class Limiter:
    """The limits of one process that serves HTTP. Used by its event loop alone."""

    def __init__(
        self,
        counters: Counters,
        amount_of: AmountOf,
        note_refused: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        epoch: float | None = None,
    ) -> None:
        self._counters = counters
        self._amount_of = amount_of
        self._note_refused = note_refused
        self._clock = clock
        # A clock that is set does not end windows or begin them anew; processes that share
        # counters agree on windows as well as their clocks did when they began.
        self._epoch = time.time() - clock() if epoch is None else epoch
        self._allotments: dict[Demand, Allotment] = {}

    def spend_here(self, demand: Demand, cost: int = 1) -> bool:
        """Spend of what this process has taken already and need not tell of; False: ask
        `spend`."""
        allotment = self._allotments.get(demand)
        if (
            allotment is None
            or allotment.left < cost
            or not allotment.is_quiet
            or self._clock() >= allotment.ends_at
        ):
            return False
        allotment.left -= cost
        return True

    async def spend(self, demands: Sequence[Demand], cost: int = 1) -> None:
        """Spend of all that are demanded, or of none. Raises RateLimited."""
        allotments = [self._allotment(each) for each in demands]
        while short := self._short(allotments, cost):
            hopeful = [each for each in short if not each.is_spent(cost)]
            if not hopeful:
                self._refuse(short)
            for each in hopeful:
                await each.take(cost, self._counters)
        now = self._clock()
        for each in allotments:
            each.left -= cost
        tell(each.standing(now) for each in allotments if not each.is_quiet)

    def _allotment(self, demand: Demand) -> Allotment:
        found = self._allotments.get(demand)
        if found is None:
            if len(self._allotments) >= ALLOTMENTS_MAX:
                self._allotments.clear()
            found = self._allotments[demand] = Allotment(*demand, self._amount_of)
        return found

    def _short(self, allotments: Sequence[Allotment], cost: int) -> list[Allotment]:
        now = self._clock()
        for each in allotments:
            each.enter_window(now, self._epoch)
        return [each for each in allotments if each.left < cost]

    def _refuse(self, spent: Sequence[Allotment]) -> None:
        """Tell of the limit that lasts longest."""
        now = self._clock()
        longest = max(spent, key=lambda each: each.ends_at)
        standing = longest.standing(now)
        name = standing.limit.name
        self._note_refused(name)
        tell([standing])
        seconds = max(1, math.ceil(longest.ends_at - now))
        raise RateLimited(
            f"the limit {name} is {standing.amount} {standing.limit.counts} in "
            f"{standing.limit.seconds} s for each {standing.limit.of}: send the same again in "
            f"{seconds} s.",
            limit=name,
            retry_after=seconds,
        )
