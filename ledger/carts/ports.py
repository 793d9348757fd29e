"""The doors of carts, as a Protocol with the promise that each must keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ledger.carts.abandoned import AbandonedSweep
from ledger.carts.cart import Cart

Change = Callable[[Cart], Cart]
"""What is made of a cart; it raises where it cannot be made. It is asked while nobody else changes
the cart, so it does nothing but compute."""


class Carts(Protocol):
    """Carts of every org, durable when a method returns. Used by many threads at a time.

    Whoever changes or claims a cart does so after or before each other, never at once. Every method
    raises Unavailable when the store does not answer.
    """

    def open(self, cart: Cart) -> Cart:
        """Keep a new cart and return it; where its user has one in its currency that is not closed,
        and had not expired when this one was created, keep nothing and return that one. One that
        had expired is closed."""

    def read(self, org: str, cart: str) -> Cart | None:
        """Return a cart as it is, also one that is closed or expired."""

    def change(self, org: str, cart: str, change: Change) -> Cart | None:
        """Return a cart as a change makes it, which is kept, lines, codes and version, with how
        long it lasts; None: there is none. What the change raises passes, and nothing is kept."""

    def remove(self, org: str, cart: str, check: Callable[[Cart], object]) -> bool:
        """Remove a cart and tell whether there was one. What the check raises passes, and the cart
        stays."""

    def merge(
        self, org: str, guest: str, into: Cart, unite: Callable[[Cart, Cart], Cart]
    ) -> Cart | None:
        """Unite a guest's cart with that of a user, which is opened as by `open` where there is
        none: keep what it makes of the two, the guest's first, remove the guest's and return the
        user's. None: there is no such guest's cart any more, and nothing was done."""

    def claim(self, org: str, cart: str, version: int, order: str) -> Cart | None:
        """Claim a cart for an order if it is of that version and nobody has claimed it. Return it
        as it is then: it is claimed if its order is that one, by this call or by one before; else
        its order and its version say why not. None: there is no such cart."""

    def free(self, org: str, cart: str, order: str) -> bool:
        """Let a cart be changed and claimed again if that order has claimed it and it is not
        closed; tell whether it was so."""

    def close(self, org: str, cart: str, order: str) -> bool:
        """Close a cart for ever if that order has claimed it; tell whether it is closed now as that
        order. Its user can open another."""

    def sweep(self, at_us: int, limit: int) -> int:
        """Remove carts that are not there any more at a moment and were not abandoned, so many at
        most, and return how many."""

    def abandon(self, at_us: int, sweep: str, limit: int) -> int:
        """Mark as found by a sweep those that are not there any more at a moment and were
        abandoned: something lies in them, and no order was bought of them. So many at most; return
        how many. What is marked is not marked again, and changes no more."""

    def abandoned(self) -> list[AbandonedSweep]:
        """Return what is marked and not forgotten, of every sweep and org."""

    def forget(self, org: str, sweep: str) -> None:
        """Remove what a sweep has marked in an org."""
