"""Carts in memory: the promises of their port, without durability."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from ledger.carts.cart import Cart, CartState
from ledger.carts.ports import Change
from ledger.ports import Clock


class MemoryCarts:
    """Carts, one change after another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._carts: dict[tuple[str, str], Cart] = {}
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
            expired = [key for key, each in self._carts.items() if not each.is_there(at_us)]
            for key in expired[:limit]:
                del self._carts[key]
            return len(expired[:limit])

    def _opened(self, cart: Cart) -> Cart:
        return self._active(cart) or self._keep(cart)

    def _active(self, cart: Cart) -> Cart | None:
        """Return the cart that the user of this one has already; what has expired is removed."""
        for key, each in list(self._carts.items()):
            same = (each.org, each.user, each.currency) == (cart.org, cart.user, cart.currency)
            if each.user is not None and same and not each.closed:
                if each.is_there(cart.created_us):
                    return each
                del self._carts[key]
        return None

    def _keep(self, cart: Cart) -> Cart:
        self._carts[cart.org, cart.id] = cart
        return cart
