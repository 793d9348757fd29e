"""The provider: who collects the money, as a Protocol with the promise each must keep."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from ledger.kernel.errors import Refusal
from ledger.purchases.notice import (
    Happening,
    Money,
    Notice,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
)


class Forged(Refusal):
    """What came is not signed by the provider, or was signed too long ago."""

    code = "forged"


class CheckoutAsked(NamedTuple):
    """A page on which somebody pays for a purchase. `expires_us`: when it is taken away;
    `is_only_authorised`: the money is kept by the buyer's bank until it is captured."""

    org: str
    purchase: str
    money: Money
    description: str
    success_url: str
    cancel_url: str
    expires_us: int
    customer: str | None = None
    is_only_authorised: bool = False


class Checkout(NamedTuple):
    """A page that was opened, by the provider's id."""

    session: str
    url: str
    expires_us: int


class ChargeAsked(NamedTuple):
    """A payment method is charged while nobody is there. `is_only_authorised`: as of a page."""

    org: str
    purchase: str
    money: Money
    description: str
    customer: str
    method: str
    is_only_authorised: bool = False


class CaptureAsked(NamedTuple):
    """Of money that a bank keeps so much is taken, once, and the rest let go."""

    org: str
    purchase: str
    payment: str
    money: Money


class VoidAsked(NamedTuple):
    """Money that a bank keeps is let go, all of it."""

    org: str
    purchase: str
    payment: str


class RefundAsked(NamedTuple):
    """A part of a payment goes back, under our id `refund_asked`."""

    org: str
    purchase: str
    refund_asked: str
    payment: str
    money: Money


class PurchaseRef(NamedTuple):
    """A purchase as the provider knows it: by our id, and by its own where we were told."""

    org: str
    purchase: str
    session: str | None = None
    payment: str | None = None


class Evidence(NamedTuple):
    """What a bank is shown against a dispute: texts by the names of this ledger, as
    `uncategorized` or `activity_log`."""

    texts: Mapping[str, str]


class Page(NamedTuple):
    """A page of the provider's, and its address."""

    url: str


class MovementKind(StrEnum):
    """Why money moved at the provider's."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    PAYOUT = "payout"
    OTHER = "other"


class Movement(NamedTuple):
    """A movement of money in the provider's own book. `money` is signed: positive comes in.

    `fee` is what the provider kept of it, in the same unit. `of`: the provider's id of what moved
    it (a payment, a refund, a dispute, a payout). `happening`: where a payment, a refund or a
    dispute is now, in the money of its buyer, where the account may have another; None of a payment
    that is not decided. `org`, `purchase`: as we told the provider, where it says so.
    """

    id: str
    kind: MovementKind
    of: str
    money: Money
    fee: int
    created_us: int
    happening: Happening | None = None
    org: str | None = None
    purchase: str | None = None


class Payments(Protocol):
    """Who collects money, by name, each connected when first asked for."""

    def read_notice(self, content: bytes, signature: str, now_us: int) -> Notice:
        """Return what Stripe says in a request to us. Raises Forged."""

    async def provider(self, name: str) -> PaymentProvider:
        """Return a provider. Raises Invalid where there is none of that name."""

    async def close(self) -> None:
        """Hang up."""


class PaymentProvider(Protocol):
    """Collects money. What is asked twice under one id of ours is done once, and answered alike.

    Every method that calls it raises NotTaken where it was not done or its answer was lost (the
    same call again), and NeverTaken where it refuses what the call is.
    """

    name: str

    async def close(self) -> None:
        """Close connections."""

    async def customer(self, org: str, user: str) -> str:
        """Return the provider's id of a buyer; the same for the same org and user."""

    async def open_checkout(self, asked: CheckoutAsked) -> Checkout:
        """Open a page for a purchase: one, however often it is asked."""

    async def charge(self, asked: ChargeAsked) -> PaymentPaid | PaymentAuthorised | PaymentFailed:
        """Charge a payment method: once, however often it is asked."""

    async def capture(self, asked: CaptureAsked) -> PaymentPaid | PaymentFailed:
        """Take what a bank keeps: once, however often it is asked. Failed: it keeps it no more."""

    async def void(self, asked: VoidAsked) -> PaymentPaid | PaymentFailed:
        """Let go what a bank keeps, and return how the payment has ended: failed, unless somebody
        has captured it before."""

    async def refund(self, asked: RefundAsked) -> RefundChanged:
        """Give money back: once, however often it is asked."""

    async def retrieve(self, purchase: PurchaseRef) -> Sequence[Happening]:
        """Return all that has happened to a purchase, as of now, in order."""

    async def purchase_of(self, payment: str) -> PurchaseRef | None:
        """Return which purchase a payment is of, for a notice that does not say it; None: it was
        not begun by us."""

    def events_since(self, after: str | None, from_us: int) -> AsyncIterator[Notice]:
        """Yield what happened after a notice (its id; None: since a time), oldest first."""

    def movements(self, from_us: int, until_us: int) -> AsyncIterator[Movement]:
        """Yield every movement of money of a time, oldest first."""

    async def open_setup(self, org: str, customer: str, return_url: str) -> Page:
        """Open a page on which a payment method is saved."""

    async def open_portal(self, customer: str, return_url: str) -> Page:
        """Open a page on which a customer sees receipts and payment methods."""

    async def submit_evidence(self, dispute: str, evidence: Evidence) -> None:
        """Hand in what speaks against a dispute."""

    def read_notice(self, content: bytes, signature: str, now_us: int) -> Notice:
        """Return what is said in a request to us, once its signature is right. Raises Forged."""
