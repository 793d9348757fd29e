"""A subscription that Stripe runs, as it would say that it stands: what tests tell the ledger."""

from __future__ import annotations

from itertools import count
from typing import Any

from api.commands.subscriptions.mirroring import RecordMirrored
from ledger.kernel.times import parse_time
from ledger.purchases.notice import Money
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.mirrored import (
    BillStatus,
    Mirrored,
    MirroredInvoice,
    MirroredLine,
    MirroredStatus,
)
from tests.scenarios.commands import ACTOR, ORG, USER

PRICE = "price_pro"
TEXT = "1000 credits beyond those included"
_reads = count(1_000)
"""When it is read: each time later."""


def month(number: int) -> Period:
    """The period that begins at noon of the first day of a month of 2026."""
    starts = [f"2026-{each:02}-01T12:00:00Z" for each in (number, number + 1)]
    return Period(*(parse_time(each, "at") for each in starts))


def billed(number: int, status: BillStatus = BillStatus.PAID, **fields: Any) -> MirroredInvoice:
    """The invoice of a month: 20.00."""
    amount = fields.pop("amount", 2_000)
    price = fields.pop("price", PRICE)
    quantity = fields.pop("quantity", 1)
    period = fields.pop("period", month(number))
    paid = {"payment": f"pi_{number}"} if status is BillStatus.PAID and amount else {}
    return MirroredInvoice(
        id=f"in_{number}",
        number=f"STRIPE-{number:04}",
        status=status,
        total=Money(amount, "usd"),
        lines=(MirroredLine("1 x Pro", amount, period, price, quantity),),
        created_us=period.start_us,
        **{**paid, **fields},
    )


def drafted(number: int, **fields: Any) -> MirroredInvoice:
    """The same while it is a draft."""
    return billed(number, BillStatus.DRAFT, **fields)._replace(number=None)


def with_overage(invoice: MirroredInvoice, cents: int) -> MirroredInvoice:
    """An invoice that has what we have added to it."""
    at_us = invoice.created_us
    line = MirroredLine(TEXT, cents, Period(at_us, at_us), charge=invoice.id)
    total = Money(invoice.total.amount + cents, invoice.total.currency)
    return invoice._replace(lines=(*invoice.lines, line), total=total)


def mirrored(
    *invoices: MirroredInvoice,
    status: MirroredStatus = MirroredStatus.ACTIVE,
    period: Period | None = None,
    user: str = USER,
    read: int | None = None,
    **fields: Any,
) -> RecordMirrored:
    """Stripe says how it stands: with these invoices, in the period of the last of them."""
    last = invoices[-1].lines[0] if invoices else None
    told = Mirrored(
        id=fields.pop("id", "sub_1"),
        org=ORG,
        user=user,
        customer="cus_1",
        status=status,
        price=fields.pop("price", last.price if last and last.price else PRICE),
        quantity=fields.pop("quantity", last.quantity if last else 1),
        period=period or (last.period if last else month(2)),
        invoices=invoices,
        **fields,
    )
    return RecordMirrored(ORG, ACTOR, user, told, next(_reads) if read is None else read)
