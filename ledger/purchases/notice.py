"""The notice: what a provider of payments says has happened to money, in our words.

Amounts are integers of the currency's smallest unit, currencies lower-case ISO 4217 codes, times
microseconds since 1970. Ids named `session`, `payment`, `refund`, `dispute`, `customer` and
`method` are the provider's, those named `purchase` and `refund_asked` are ours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec


class Money(msgspec.Struct, frozen=True):
    """An amount of a currency, in its smallest unit."""

    amount: int
    currency: str


class RefundState(StrEnum):
    """Where a refund is: with the provider, with the buyer, or back with us."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


class DisputeState(StrEnum):
    """Where a dispute is; `open` until the bank has decided."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class PaymentPaid(msgspec.Struct, frozen=True, tag_field="kind", tag="paid"):
    """Money came in. `method`: what it was paid with, where it can be charged again."""

    payment: str
    money: Money
    customer: str | None = None
    method: str | None = None


class PaymentAuthorised(msgspec.Struct, frozen=True, tag_field="kind", tag="authorised"):
    """A bank keeps money for us, until it is captured or let go. `method`: as of a payment;
    `expires_us`: until when it does, where that is said."""

    payment: str
    money: Money
    customer: str | None = None
    method: str | None = None
    expires_us: int | None = None


class PaymentFailed(msgspec.Struct, frozen=True, tag_field="kind", tag="failed"):
    """No money comes in. `code` is the provider's reason; `needs_person`: the buyer must confirm it
    on a page of the provider's."""

    code: str
    payment: str | None = None
    needs_person: bool = False


class CheckoutExpired(msgspec.Struct, frozen=True, tag_field="kind", tag="expired"):
    """Nobody paid before the page was taken away."""

    session: str


class RefundChanged(msgspec.Struct, frozen=True, tag_field="kind", tag="refund"):
    """A refund is somewhere. `refund_asked`: which of ours it is; None: it was made at the
    provider's."""

    refund: str
    payment: str
    money: Money
    state: RefundState
    refund_asked: str | None = None
    code: str | None = None


class DisputeChanged(msgspec.Struct, frozen=True, tag_field="kind", tag="dispute"):
    """The buyer's bank asks the money back, or has decided. `reason` is the provider's word."""

    dispute: str
    payment: str
    money: Money
    reason: str
    state: DisputeState
    evidence_due_us: int | None = None


class MethodSaved(msgspec.Struct, frozen=True, tag_field="kind", tag="method_saved"):
    """A customer let a payment method be charged again."""

    customer: str
    method: str


class MethodRemoved(msgspec.Struct, frozen=True, tag_field="kind", tag="method_removed"):
    """A payment method can be charged no more."""

    method: str


class SubscriptionMoved(msgspec.Struct, frozen=True, tag_field="kind", tag="subscription"):
    """Something became of a subscription that the provider runs, or of an invoice of it. What, is
    read there by its id."""

    subscription: str


class Other(msgspec.Struct, frozen=True, tag_field="kind", tag="other"):
    """What no part of this ledger acts on yet; `type` is the provider's."""

    type: str


Happening: TypeAlias = (
    PaymentPaid
    | PaymentAuthorised
    | PaymentFailed
    | CheckoutExpired
    | RefundChanged
    | DisputeChanged
    | MethodSaved
    | MethodRemoved
    | SubscriptionMoved
    | Other
)
"""What a notice can be about."""


class Notice(msgspec.Struct, frozen=True):
    """What a provider told us, under its own id. `org` and `purchase` as we told the provider
    when we began; None where it does not say."""

    id: str
    type: str
    created_us: int
    happening: Happening
    org: str | None = None
    purchase: str | None = None
