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


class MirroredItem(NamedTuple):
    """A price that a subscription is of, so many times, and the period of it that is running."""

    price: str
    quantity: int
    period: Period


class MirroredLine(NamedTuple):
    """A line of an invoice: `total` is with its tax and after its discounts. `price`: the one that
    it is of, so many times; None: of none, as something that was added to the invoice is.
    `is_of_plan`: not of something that is sold besides. `charge`: our id of what we have added."""

    text: str
    total: int
    period: Period
    price: str | None = None
    quantity: int = 1
    is_proration: bool = False
    charge: str | None = None
    is_of_plan: bool = True


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
    """A subscription as it stands. `price`, `quantity` and `period`: of the plan; until it is
    known which of its `items` that is, of the first. `cancels_us`: when it is to end; `ended_us`:
    when it has; `is_unpaid`: because nobody paid. `invoices`: the oldest first."""

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
    items: Sequence[MirroredItem] = ()
