"""The edits of an order: before it is fulfilled units are taken out of it, and what is added is an
order of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.limits import EDITS_PER_ORDER_MAX
from ledger.kernel.money import format_amount
from ledger.ordering.order_base import OrderBase, OrderFact, RefundedLine, person_of
from ledger.ordering.order_captures import check_not_capturing
from ledger.ordering.order_refunds import check_refund, gone_of, request_refund
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.refund_shares import AskedLine, lines_left


class EditedLine(NamedTuple):
    """How many units a line is to have from now on."""

    line: int
    units: int


class OrderEdited(Reasoned, OrderFact):
    """It is to be otherwise than it was placed: what was taken out goes back by `refund`, `added`
    is the order of what is more. `difference`: what it comes to more than before, or below zero
    less."""

    TOPIC: ClassVar[str] = "ordering.OrderEdited"
    fingerprint: str
    difference: int
    currency: str
    refund: str | None = None
    added: str | None = None
    user: str | None = None
    reason: str | None = None

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.edits += 1

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)


def check_editable(status: OrderStatus) -> None:
    """Raise Invalid where an order is not to be edited, or not any more."""
    if status is not OrderStatus.CONFIRMED:
        raise Invalid(
            f"the order is {status}: one is edited once it is confirmed, and before it is "
            "fulfilled.",
            field="status",
        )


def taken_out(
    terms: OrderTerms, gone: Sequence[RefundedLine], lines: Sequence[EditedLine]
) -> list[AskedLine]:
    """Return what is taken out so that lines have so many units, of what has not gone back. Raises
    Invalid."""
    left = {each.line.id: each.units for each in lines_left(terms, gone)}
    sold = {each.id for each in terms.lines}
    taken = []
    for place, each in enumerate(lines):
        field = f"lines.{place}"
        if each.line not in sold:
            raise Invalid(f"{field}.line is none of its lines.", field=f"{field}.line")
        if each.units >= left[each.line]:
            raise Invalid(
                f"{field}.units must be less than the {left[each.line]} that line {each.line} has: "
                "what is more is added.",
                field=f"{field}.units",
            )
        taken.append(AskedLine(each.line, units=left[each.line] - each.units))
    return taken


def check_edit(order: OrderBase, lines: Sequence[EditedLine], expected_refund: int) -> None:
    """Refuse an edit that cannot be, or of which something else goes back than was expected. Raises
    Invalid and Conflict."""
    check_editable(order.status)
    check_not_capturing(order)
    if order.edits >= EDITS_PER_ORDER_MAX:
        raise Conflict(f"an order has at most {EDITS_PER_ORDER_MAX} edits.", field="id")
    back, currency = 0, order.terms.currency
    if lines:
        back = check_refund(order, taken_out(order.terms, gone_of(order), lines))
    if order.owed and back >= order.owed + order.paid - order.refunded:
        raise Conflict("nothing would be left of the order: cancel it instead.", field="lines")
    if back != expected_refund:
        now = format_amount(back, currency)
        raise Conflict(
            f"{now} {currency} go back now: show the buyer, and send that as expected_refund.",
            field="expected_refund",
        )


def edit(
    order: OrderBase,
    refund: str,
    lines: Sequence[EditedLine],
    added: str | None,
    costs: int,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
) -> None:
    """Take units out, as `check_edit` says they can be, and record what was added, which costs so
    much."""
    before = order.gone
    if lines:
        request_refund(order, refund, taken_out(order.terms, gone_of(order), lines), None, at)
    order.trigger_event(
        OrderEdited,
        timestamp=at,
        fingerprint=fingerprint,
        difference=costs - (order.gone - before),
        currency=order.terms.currency,
        refund=refund if lines else None,
        added=added,
        user=order.user,
        reason=reason,
    )
