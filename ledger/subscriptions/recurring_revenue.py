"""Recurring revenue: what subscriptions come to in a month, less their coupons, before tax, and
what a month has brought and taken of that."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ledger.subscriptions.moves import COUNTED


class RecurringMonth(NamedTuple):
    """A month, in the currency's smallest unit: `recurring` and `subscribers` at its end; of those
    who had nothing before what is `new`, of those who have nothing any more `churned`, of all
    others `more` and `less`. `left`: how many subscribers have churned."""

    recurring: int = 0
    subscribers: int = 0
    new: int = 0
    more: int = 0
    less: int = 0
    churned: int = 0
    left: int = 0


class RecurringRevenue:
    """What is known so far of an org's subscriptions. `close` tells of a month."""

    def __init__(self) -> None:
        self._status: dict[str, str] = {}
        self._price: dict[str, tuple[str, int]] = {}
        self._before: dict[str, tuple[str, int]] = {}

    def take(
        self, user: str, status: str | None, currency: str | None, recurring: int | None
    ) -> None:
        """Take in a move; what is None is as before."""
        if status is not None:
            self._status[user] = status
        if currency is not None and recurring is not None:
            self._price[user] = currency, recurring

    def close(self) -> dict[str, RecurringMonth]:
        """Return what there is by currency, and what has changed since this was asked before."""
        now = {
            user: price
            for user, price in self._price.items()
            if price[1] and self._status.get(user) in COUNTED
        }
        sums: Counter[tuple[str, str]] = Counter()
        for currency, amount in now.values():
            sums[currency, "recurring"] += amount
            sums[currency, "subscribers"] += 1
        for user in now.keys() | self._before.keys():
            _compare(self._before.get(user), now.get(user), sums)
        self._before = now
        return {
            currency: RecurringMonth(*(sums[currency, name] for name in RecurringMonth._fields))
            for currency, _ in sums
        }


def _compare(
    before: tuple[str, int] | None, now: tuple[str, int] | None, sums: Counter[tuple[str, str]]
) -> None:
    if before and now and before[0] == now[0]:
        more = now[1] - before[1]
        sums[now[0], "more" if more > 0 else "less"] += abs(more)
        return
    if before:
        sums[before[0], "churned"] += before[1]
        sums[before[0], "left"] += 1
    if now:
        sums[now[0], "new"] += now[1]
