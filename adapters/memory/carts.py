"""Carts in memory: the promises of their port, without durability."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from ledger.carts.abandoned import AbandonedCarts, AbandonedSweep
from ledger.carts.cart import Cart, CartState
from ledger.carts.ports import Change
from ledger.kernel.times import day_of
from ledger.ports import Clock


class MemoryCarts:
    """Carts, one change after another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._carts: dict[tuple[str, str], Cart] = {}
        self._marked: dict[tuple[str, str], str] = {}
        """By which sweep each abandoned one was found."""
        self._alone = threading.Lock()

    def open(self, cart: Cart) -> Cart:
        with self._alone:
            return self._opened(cart)

    def read(self, org: str, cart: str) -> Cart | None:
        with self._alone:
            return self._carts.get((org, cart))

    def change(self, org: str, cart: str, change: Change) -> Cart | None:
        with self._alone:
            found = self._carts.get((org, cart))
            return None if found is None else self._keep(change(found))

    def remove(self, org: str, cart: str, check: Callable[[Cart], object]) -> bool:
        with self._alone:
            if (found := self._carts.get((org, cart))) is None:
                return False
            check(found)
            del self._carts[org, cart]
            return True

    def merge(
        self, org: str, guest: str, into: Cart, unite: Callable[[Cart, Cart], Cart]
    ) -> Cart | None:
        with self._alone:
            if (found := self._carts.get((org, guest))) is None or found.user is not None:
                return None
            active = self._active(into)
            united = self._keep(unite(found, active or into))
            del self._carts[org, guest]
            return united

    def claim(self, org: str, cart: str, version: int, order: str) -> Cart | None:
        with self._alone:
            found = self._carts.get((org, cart))
            if found is None or found.state is not CartState.OPEN or found.version != version:
                return found
            return self._keep(msgspec.structs.replace(found, order=order, claimed_us=self._clock()))

    def free(self, org: str, cart: str, order: str) -> bool:
        with self._alone:
            found = self._carts.get((org, cart))
            if found is None or found.closed or found.order != order:
                return False
            self._keep(msgspec.structs.replace(found, order=None, claimed_us=None))
            return True

    def close(self, org: str, cart: str, order: str) -> bool:
        with self._alone:
            found = self._carts.get((org, cart))
            if found is None or found.order != order:
                return False
            self._keep(msgspec.structs.replace(found, closed=True))
            return True

    def sweep(self, at_us: int, limit: int) -> int:
        with self._alone:
            gone = [key for key, each in self._gone(at_us) if not each.is_abandoned][:limit]
            for key in gone:
                del self._carts[key]
            return len(gone)

    def abandon(self, at_us: int, sweep: str, limit: int) -> int:
        with self._alone:
            found = [key for key, each in self._gone(at_us) if each.is_abandoned][:limit]
            self._marked |= dict.fromkeys(found, sweep)
            return len(found)

    def abandoned(self) -> list[AbandonedSweep]:
        with self._alone:
            found: dict[tuple[str, str], dict[tuple[str, str], list[Cart]]] = {}
            for key, sweep in sorted(self._marked.items()):
                cart = self._carts[key]
                days = found.setdefault((cart.org, sweep), {})
                days.setdefault((day_of(cart.changed_us), cart.currency), []).append(cart)
            return [
                AbandonedSweep(*place, [_counted(*day, days[day]) for day in sorted(days)])
                for place, days in sorted(found.items())
            ]

    def forget(self, org: str, sweep: str) -> None:
        with self._alone:
            for key, found_by in list(self._marked.items()):
                if (key[0], found_by) == (org, sweep):
                    del self._marked[key], self._carts[key]

    def _gone(self, at_us: int) -> list[tuple[tuple[str, str], Cart]]:
        return [
            (key, each)
            for key, each in self._carts.items()
            if key not in self._marked and not each.is_there(at_us)
        ]

    def _opened(self, cart: Cart) -> Cart:
        return self._active(cart) or self._keep(cart)

    def _active(self, cart: Cart) -> Cart | None:
        """Return the cart that the user of this one has already; what has expired is closed."""
        for each in list(self._carts.values()):
            same = (each.org, each.user, each.currency) == (cart.org, cart.user, cart.currency)
            if each.user is not None and same and not each.closed:
                if each.is_there(cart.created_us):
                    return each
                self._keep(msgspec.structs.replace(each, closed=True))
        return None

    def _keep(self, cart: Cart) -> Cart:
        self._carts[cart.org, cart.id] = cart
        return cart


def _counted(day: str, currency: str, carts: list[Cart]) -> AbandonedCarts:
    guests = sum(each.user is None for each in carts)
    units = sum(line.units for each in carts for line in each.lines)
    return AbandonedCarts(day, currency, len(carts), guests, units)
