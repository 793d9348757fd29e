"""Facts of a past order: that it was imported, as it was where it was placed."""

from __future__ import annotations

from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.kernel.texts import TextOwner
from ledger.ordering.contact import CONTACT
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms


class PastOrderFact(LedgerAggregate.Event):
    """Something that became known of a past order."""


class OrderImported(PastOrderFact, FirstFact):
    """An order of another shop software is known here. `number`: its own there; `user`: whose it
    is; `status`, `payment_status` and `refunded`: how it stood; `ended_us`: when it was cancelled;
    `contact`: the digest of an erasable text, which also says what its lines are called."""

    TOPIC: ClassVar[str] = "ordering.OrderImported"
    fingerprint: str
    source: str
    number: str
    user: str | None
    terms: OrderTerms
    status: OrderStatus
    payment_status: PaymentState
    placed_us: int
    refunded: int = 0
    paid_us: int | None = None
    ended_us: int | None = None
    contact: str | None = None

    def person(self, subject: str) -> str:
        return self.user or name_of(self.originator_id)

    def text_of(self, line: int) -> str | None:
        return self.contact

    def texts(self, subject: str) -> dict[str, TextOwner]:
        owner = TextOwner(CONTACT, self.person(subject))
        return {self.contact: owner} if self.contact else {}
