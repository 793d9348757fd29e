"""Commands that import orders, and that count carts which became none, in a line each."""

from __future__ import annotations

from collections.abc import Sequence

from api.commands.ordering.abandonment import CountAbandonedCarts
from api.commands.ordering.past_orders import ImportOrder
from ledger.carts.abandoned import AbandonedCarts
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.times import parse_time
from ledger.ordering.contact import CONTACT
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.past_order_id import past_order_id
from ledger.ordering.past_terms import PastLine, PastShipping, past_terms
from tests.scenarios.commands import ACTOR, ORG, USER, sealed

LINES = (PastLine("MUG", 2, 5_000, 500, 850), PastLine("", 1, 1_000))
PARCEL = PastShipping("Parcel", 400, 76)


def import_order(
    number: str = "#1001",
    *lines: PastLine,
    key: str = "",
    user: str | None = USER,
    status: OrderStatus = OrderStatus.FULFILLED,
    payment: PaymentState = PaymentState.PARTLY_REFUNDED,
    placed: str = "2014-04-16T12:17:26Z",
    refunded: int = 500,
    contact: str | None = '{"titles":["Mug",""]}',
    ended: str | None = None,
    included: bool = True,
) -> ImportOrder:
    """An order of 2014, of which some went back."""
    source = "shopify"
    return ImportOrder(
        org=ORG,
        actor=ACTOR,
        key=key or f"import {number}",
        sent={"number": number, "user": user},
        source=source,
        number=number,
        user=user,
        terms=past_terms(
            source, "usd", lines or LINES, PARCEL, TaxPlace("DE", "BY"), is_tax_included=included
        ),
        status=status,
        payment_status=payment,
        placed_us=parse_time(placed, "placed_at"),
        refunded=refunded,
        paid_us=None if ended else parse_time(placed, "paid_at") + 60_000_000,
        ended_us=None if ended is None else parse_time(ended, "cancelled_at"),
        contact=sealed(contact, CONTACT, user or past_order_id(source, number)),
    )


def abandoned(sweep: str = "sweep-1", counts: Sequence[AbandonedCarts] = ()) -> CountAbandonedCarts:
    """Carts that nobody orders any more: three, of which one is a guest's."""
    counts = counts or [AbandonedCarts("2026-01-31", "usd", 3, 1, 7)]
    key = f"abandoned carts {sweep}"
    sent: dict[str, object] = {"sweep": sweep}
    return CountAbandonedCarts(org=ORG, actor=ACTOR, key=key, sent=sent, sweep=sweep, counts=counts)
