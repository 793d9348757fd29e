"""The checkout of a cart: which order it became; there is never a second one that lives."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import stream_id

CHECKOUT_STREAM = "checkout"


class CartCheckout(LedgerAggregate):
    """The checkout of one cart: it is decided here, so that of any number at once one has it."""

    TOPIC: ClassVar[str] = "ordering.CartCheckout"
    STREAM: ClassVar[str] = f"{CHECKOUT_STREAM}/"

    def __init__(self) -> None:
        self.order: str | None = None
        """The order that lives."""
        self.is_bought = False
        """Whether it is closed for ever."""

    class Event(LedgerAggregate.Event):
        """Base of a checkout's facts."""

    class CheckoutOpened(Event, FirstFact):
        """A cart is checked out for the first time."""

        TOPIC: ClassVar[str] = "ordering.CheckoutOpened"

    class CartClaimed(Event):
        """The cart is an order's."""

        TOPIC: ClassVar[str] = "ordering.CartClaimed"
        order: str
        cart_version: int

        def apply(self, aggregate: CartCheckout) -> None:
            aggregate.order = self.order

    class CartFreed(Event):
        """The order was not paid, or cancelled before: another may have the cart."""

        TOPIC: ClassVar[str] = "ordering.CartFreed"
        order: str

        def apply(self, aggregate: CartCheckout) -> None:
            aggregate.order = None

    class CartBought(Event):
        """The order is confirmed: no other ever has the cart."""

        TOPIC: ClassVar[str] = "ordering.CartBought"
        order: str

        def apply(self, aggregate: CartCheckout) -> None:
            aggregate.is_bought = True

    @classmethod
    def open(cls, org: str, cart: str, at: datetime) -> CartCheckout:
        """Begin the checkout of a cart."""
        return cls._create(cls.CheckoutOpened, id=checkout_id(org, cart), timestamp=at)

    def check_free(self, order: str) -> None:
        """Raise Conflict where another order has the cart."""
        if self.order is not None and self.order != order:
            done = "was bought by" if self.is_bought else "is being checked out as"
            raise Conflict(
                f"the cart {done} the order {self.order}: pay or cancel that, or begin another "
                "cart.",
                field="cart",
            )

    def claim(self, order: str, cart_version: int, at: datetime) -> None:
        """Have an order have the cart. Raises Conflict."""
        self.check_free(order)
        self.trigger_event(self.CartClaimed, timestamp=at, order=order, cart_version=cart_version)

    def free(self, order: str, at: datetime) -> bool:
        """Let another order have it, unless it was bought or is another's; tell whether it was
        this order's."""
        if self.order != order or self.is_bought:
            return False
        self.trigger_event(self.CartFreed, timestamp=at, order=order)
        return True

    def buy(self, order: str, at: datetime) -> None:
        """Close it for ever."""
        self.trigger_event(self.CartBought, timestamp=at, order=order)


def checkout_id(org: str, cart: str) -> str:
    """Return the stream of the checkout of a cart."""
    return stream_id(org, CHECKOUT_STREAM, cart)
