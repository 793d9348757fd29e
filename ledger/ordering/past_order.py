"""The past order: an order of another shop software, recorded as it was there, which nothing
changes any more. It moves no stock, no money and no number of ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.ordering import past_order_facts
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_order_id import PAST_ORDER_STREAM

PAST_ORDERS = "past_orders"
"""The table that says what each was."""


class PastOrder(LedgerAggregate):
    """One order that was imported."""

    TOPIC: ClassVar[str] = "ordering.PastOrder"
    STREAM: ClassVar[str] = f"{PAST_ORDER_STREAM}/"

    def __init__(
        self,
        source: str,
        number: str,
        user: str | None,
        terms: OrderTerms,
        status: OrderStatus,
        payment_status: PaymentState,
        placed_us: int,
        refunded: int,
    ) -> None:
        self.source = source
        self.number = number
        self.user = user
        self.terms = terms
        self.status = status
        self.payment_status = payment_status
        self.placed_us = placed_us
        self.refunded = refunded

    Event = past_order_facts.PastOrderFact

    OrderImported = past_order_facts.OrderImported

    @classmethod
    def take(
        cls,
        org: str,
        order: str,
        at: datetime,
        *,
        source: str,
        number: str,
        user: str | None,
        terms: OrderTerms,
        status: OrderStatus,
        payment_status: PaymentState,
        placed_us: int,
        refunded: int,
        paid_us: int | None,
        ended_us: int | None,
        fingerprint: str,
        contact: str | None,
    ) -> PastOrder:
        """Take over an order as it was. Raises Invalid where that cannot have been."""
        if placed_us > microseconds(at):
            raise Invalid(
                "placed_at must not be later than now: it is a past order.", field="placed_at"
            )
        if not 0 <= refunded <= terms.to_pay:
            raise Invalid("refunded is at most what the order came to.", field="refunded")
        return cls._create(
            cls.OrderImported,
            id=stream_id(org, PAST_ORDER_STREAM, order),
            timestamp=at,
            fingerprint=fingerprint,
            source=source,
            number=number,
            user=user,
            terms=terms,
            status=status,
            payment_status=payment_status,
            placed_us=placed_us,
            refunded=refunded,
            paid_us=paid_us,
            ended_us=ended_us,
            contact=contact,
        )

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": name_of(self.id),
            "source": self.source,
            "owner": self.user,
            "number": self.number,
            "status": self.status.value,
            "payment_status": self.payment_status.value,
            "total": self.terms.to_pay,
            "refunded": self.refunded,
            "currency": self.terms.currency,
            "placed_us": self.placed_us,
        }
        return [TableRow(PAST_ORDERS, columns)]
