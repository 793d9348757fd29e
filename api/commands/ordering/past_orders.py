"""Past orders: `ImportOrder`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import stream_id
from ledger.kernel.texts import Text
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_order import PastOrder
from ledger.ordering.past_order_id import PAST_ORDER_STREAM, past_order_id


@dataclass(frozen=True)
class ImportOrder(KeyedCommand):
    """Record an order of another shop software, once for each of its numbers there. Who it was for
    is an erasable text, which is compared by its digest."""

    source: str
    number: str
    user: str | None
    terms: OrderTerms
    status: OrderStatus
    payment_status: PaymentState
    placed_us: int
    refunded: int
    paid_us: int | None
    ended_us: int | None
    contact: Text | None

    operation: ClassVar[str] = "order-imports"

    @property
    def order(self) -> str:
        """Its id here."""
        return past_order_id(self.source, self.number)

    @property
    def sealed(self) -> Text | None:
        return self.contact

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(PastOrder, stream_id(self.org, PAST_ORDER_STREAM, self.order))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        if unit.get(PastOrder, stream_id(self.org, PAST_ORDER_STREAM, self.order)) is not None:
            raise Conflict(
                f"the order {self.number} of {self.source} is there already: {self.order}.",
                field="number",
            )
        taken = PastOrder.take(
            self.org,
            self.order,
            unit.now(self.org),
            source=self.source,
            number=self.number,
            user=self.user,
            terms=self.terms,
            status=self.status,
            payment_status=self.payment_status,
            placed_us=self.placed_us,
            refunded=self.refunded,
            paid_us=self.paid_us,
            ended_us=self.ended_us,
            fingerprint=self.fingerprint,
            contact=self.contact.digest if self.contact else None,
        )
        return unit.record(taken, self.actor, self.key)
