"""The provider of subscriptions that it runs itself, as a Protocol with the promise it keeps."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from ledger.purchases.notice import Money
from ledger.purchases.provider import Checkout
from ledger.subscriptions.mirrored import Mirrored


class SubscriptionPageAsked(NamedTuple):
    """A page on which somebody subscribes. `id`: ours, of the request for it; `price`: the
    provider's id of what a seat, or all, costs a period; `more`: of so many seats more, where they
    have a price of their own."""

    org: str
    user: str
    id: str
    customer: str
    price: str
    quantity: int
    success_url: str
    cancel_url: str
    more: tuple[str, int] | None = None


class ChargeAdded(NamedTuple):
    """Something that the payer owes besides, added to a draft of an invoice under our id `id`."""

    org: str
    id: str
    customer: str
    subscription: str
    invoice: str
    money: Money
    text: str


class SubscriptionProvider(Protocol):
    """Runs subscriptions. What is asked twice under one id of ours is done once.

    Every method raises NotTaken where it was not done or its answer was lost (the same call again),
    and NeverTaken where it refuses what the call is.
    """

    async def open_page(self, asked: SubscriptionPageAsked) -> Checkout:
        """Open a page for a subscription: one, however often it is asked."""

    async def mirrored(self, subscription: str) -> Mirrored:
        """Return how a subscription stands, with all its invoices, the oldest first."""

    async def of_payment(self, payment: str) -> str | None:
        """Return the subscription whose invoice a payment is of; None: of none."""

    async def add_charge(self, asked: ChargeAdded) -> None:
        """Add a line to an invoice that is a draft: once, however often it is asked."""


class SubscriptionProviders(Protocol):
    """Who runs subscriptions, connected when first asked for."""

    async def subscriptions(self) -> SubscriptionProvider:
        """Return Stripe's. Raises Invalid where there is none."""
