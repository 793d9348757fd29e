"""Carts: those that have expired are removed."""

from __future__ import annotations

from threading import Event

from ledger.carts.ports import Carts
from ledger.ports import Clock

PAGE = 1_000


class CartSweep:
    """Removes what has expired, page by page; two at once take other pages."""

    def __init__(self, carts: Carts, clock: Clock) -> None:
        self._carts = carts
        self._clock = clock

    def run(self, stop: Event) -> int:
        """Remove all there is and return how many carts it was."""
        removed, now_us = 0, self._clock()
        while not stop.is_set():
            page = self._carts.sweep(now_us, PAGE)
            removed += page
            if page < PAGE:
                break
        return removed
