"""Mirroring: a subscription and its invoices as Stripe shows them, in our words."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.stripe.amounts import from_stripe
from adapters.stripe.notices import Shown, failure_of, id_of
from ledger.kernel.outside import NeverTaken
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.mirrored import (
    BillStatus,
    Mirrored,
    MirroredInvoice,
    MirroredItem,
    MirroredLine,
    MirroredStatus,
)

_US = 1_000_000
_STATUSES = {
    "incomplete_expired": MirroredStatus.ENDED,
    "unpaid": MirroredStatus.PAST_DUE,
    "canceled": MirroredStatus.ENDED,
}
"""States that Stripe has another word for."""

_UNPAID = ("incomplete_expired",)
_BALANCE = "Customer balance"
_NO_METHOD = "no_payment_method"
"""Why an invoice was not paid that nothing was charged for."""


def mirrored_of(subscription: Shown, invoices: Sequence[MirroredInvoice]) -> Mirrored:
    """Return a subscription, with its invoices and items. Raises NeverTaken where Stripe shows not
    all of them."""
    if subscription["items"]["has_more"]:
        raise NeverTaken(f"{subscription['id']} has more items than Stripe shows with it.")
    items = [_item(each) for each in subscription["items"]["data"]]
    metadata = subscription["metadata"]
    status, ended = subscription["status"], subscription["ended_at"]
    why = (subscription.get("cancellation_details") or {}).get("reason")
    return Mirrored(
        id=subscription["id"],
        org=metadata.get("org"),
        user=metadata.get("user"),
        customer=str(id_of(subscription["customer"])),
        status=_STATUSES.get(status) or MirroredStatus(status),
        price=items[0].price,
        quantity=items[0].quantity,
        period=items[0].period,
        cancels_us=_cancels_us(subscription, max(each.period.end_us for each in items)),
        ended_us=ended * _US if ended is not None else None,
        is_unpaid=status in _UNPAID or (ended is not None and why == "payment_failed"),
        invoices=invoices,
        items=items,
    )


def _item(item: Shown) -> MirroredItem:
    period = Period(item["current_period_start"] * _US, item["current_period_end"] * _US)
    return MirroredItem(item["price"]["id"], item.get("quantity", 1), period)


def _cancels_us(subscription: Shown, period_end_us: int) -> int | None:
    if subscription["ended_at"] is not None:
        return None
    if subscription["cancel_at"] is not None:
        return int(subscription["cancel_at"]) * _US
    return period_end_us if subscription["cancel_at_period_end"] else None


def invoice_of(
    invoice: Shown, lines: Sequence[Shown], payment: str | None, failure: str | None
) -> MirroredInvoice:
    """Return an invoice, with its lines, and what it was paid by or why it was not. It comes to
    what is due: what the customer's balance at Stripe takes off, or on, is a line of its own."""
    currency, due = invoice["currency"], invoice["amount_due"]
    found = [_line(each) for each in lines]
    if invoice["status"] != "draft" and due != invoice["total"]:
        balance = from_stripe(due - invoice["total"], currency).amount
        created_us = invoice["created"] * _US
        period = found[0].period if found else Period(created_us, created_us)
        found.append(MirroredLine(_BALANCE, balance, period))
    return MirroredInvoice(
        id=invoice["id"],
        number=invoice["number"],
        status=BillStatus(invoice["status"]),
        total=from_stripe(due, currency),
        lines=found,
        created_us=invoice["created"] * _US,
        payment=payment,
        failure=failure,
        tries=invoice["attempt_count"],
    )


def _line(line: Shown) -> MirroredLine:
    details = _details(line)
    is_proration = bool(details.get("proration"))
    is_of_price = is_proration or "subscription_item" in details
    total = line["amount"] - _credited(line) + _taxed(line)
    return MirroredLine(
        text=line["description"] or "",
        total=from_stripe(total, line["currency"]).amount,
        period=Period(line["period"]["start"] * _US, line["period"]["end"] * _US),
        # What is added to an invoice has a price too: one that Stripe makes for it alone.
        price=_price(line) if is_of_price else None,
        quantity=line["quantity"] if line["quantity"] is not None else 1,
        is_proration=is_proration,
        charge=(line.get("metadata") or {}).get("charge"),
    )


def _details(line: Shown) -> Shown:
    """Return what says by what a line came onto its invoice."""
    parent = line["parent"] or {}
    found: Shown | None = parent.get(parent.get("type", ""))
    return found or {}


def _price(line: Shown) -> str | None:
    details = (line["pricing"] or {}).get("price_details") or {}
    return id_of(details.get("price"))


def _credited(line: Shown) -> int:
    """Return what is taken off a line: discounts are among its credits, where those are said."""
    off = line.get("pretax_credit_amounts") or line.get("discount_amounts") or []
    return sum(each["amount"] for each in off)


def _taxed(line: Shown) -> int:
    """Return what comes on top of a line; tax that is within its amount does not."""
    taxes = line.get("taxes") or []
    return sum(each["amount"] for each in taxes if each["tax_behavior"] == "exclusive")


def paid_by(payments: Sequence[Shown]) -> str | None:
    """Return what an invoice was paid by, the last of several; None: not by a payment here."""
    paid = (_payment(each) for each in payments if each["status"] == "paid")
    return next((each for each in paid if each is not None), None)


def _payment(shown: Shown) -> str | None:
    payment = shown["payment"]
    return id_of(payment.get("payment_intent") or payment.get("charge"))


def failure_on(payments: Sequence[Shown]) -> str | None:
    """Return why an invoice was not paid the last time, in the bank's word where it said one;
    its payments have been read with their intents."""
    for each in payments:
        intent = each["payment"].get("payment_intent")
        if each["status"] != "open" or not isinstance(intent, dict):
            continue
        if intent["last_payment_error"] is None:
            return _NO_METHOD
        return failure_of(intent["last_payment_error"], intent["id"]).code
    return None
