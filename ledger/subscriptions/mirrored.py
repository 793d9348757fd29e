"""The mirrored subscription: one that its provider runs, as it says that it stands now.

Amounts in the smallest unit of the currency, times microseconds since 1970. Ids are the provider's,
but `org` and `user`, which we, or the company there, have written on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ledger.purchases.notice import Money
from ledger.subscriptions.calendar import Period


class MirroredStatus(StrEnum):
    """Where the provider says that it is."""

    INCOMPLETE = "incomplete"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    ENDED = "ended"


class BillStatus(StrEnum):
    """Where one of its invoices is; a draft can still change."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class MirroredLine(NamedTuple):
    """A line of an invoice: `total` is with its tax and after its discounts. `price`: the one that
    it is of, so many times; None: of none, as something that was added to the invoice is.
    `charge`: our id of what we have added."""

    text: str
    total: int
    period: Period
    price: str | None = None
    quantity: int = 1
    is_proration: bool = False
    charge: str | None = None


class MirroredInvoice(NamedTuple):
    """An invoice that the provider has written. `payment`: what it was paid by; `failure`: why that
    did not come in, the last time."""

    id: str
    number: str | None
    status: BillStatus
    total: Money
    lines: Sequence[MirroredLine]
    created_us: int
    payment: str | None = None
    failure: str | None = None
    tries: int = 0


class Mirrored(NamedTuple):
    """A subscription as it stands. `cancels_us`: when it is to end; `ended_us`: when it has;
    `is_unpaid`: because nobody paid. `invoices`: the oldest first."""

    id: str
    org: str | None
    user: str | None
    customer: str
    status: MirroredStatus
    price: str
    quantity: int
    period: Period
    cancels_us: int | None = None
    ended_us: int | None = None
    is_unpaid: bool = False
    invoices: Sequence[MirroredInvoice] = ()
