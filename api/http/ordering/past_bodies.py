"""Bodies of requests that import orders, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.choices import choice, one_of
from api.http.conditions import currency_in
from api.http.fields import Amount, Asset, Body, Label, Name, Sku, Subject, Time, Units
from api.http.ordering.bodies import PostalAddressBody, postal_address
from api.http.requests import JsonBody
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import LINES_PER_ORDER_MAX
from ledger.kernel.money import format_amount, parse_amount_or_zero
from ledger.ordering.contact import check_contact
from ledger.ordering.order_status import OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_terms import (
    NO_SKU,
    PastContact,
    PastLine,
    PastShipping,
    past_terms,
)


class PastLineBody(Body):
    """What was ordered: what all its units came to before the `discount`, and the `tax` of it; the
    `title` of what it was."""

    subtotal: Amount
    sku: Sku | None = None
    title: Label | None = None
    units: Units = 1
    discount: Amount = 0
    tax: Amount = 0


class PastShippingBody(Body):
    """What it cost to send it, by what, and the tax of that."""

    name: Label
    amount: Amount
    tax: Amount = 0


class PastOrderBody(Body):
    """An order as it was at its `source`, where it had that `number`. `total`: what all of it came
    to, which is the sum of its lines and what it cost to send it, less discounts, with taxes unless
    prices have them within (`tax_included`)."""

    source: Name
    number: Label
    currency: Asset
    placed_at: Time
    status: Annotated[OrderStatus, choice(OrderStatus), one_of(OrderStatus)]
    payment_status: Annotated[PaymentState, choice(PaymentState), one_of(PaymentState)]
    lines: Annotated[list[PastLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)]
    total: Amount
    user: Subject | None = None
    shipping: PastShippingBody | None = None
    tax_included: bool = False
    refunded: Amount = 0
    paid_at: Time | None = None
    cancelled_at: Time | None = None
    email: Label | None = None
    shipping_address: PostalAddressBody | None = None
    billing_address: PostalAddressBody | None = None


def terms_in(body: PastOrderBody) -> OrderTerms:
    """Return what an order came to. Raises Invalid where it does not add up."""
    currency = currency_in(body.currency)

    def amount(value: object, field: str) -> int:
        return parse_amount_or_zero(value, currency, field)

    lines = []
    for place, each in enumerate(body.lines):
        try:
            amounts = [amount(getattr(each, f), f) for f in ("subtotal", "discount", "tax")]
        except Invalid as refusal:
            raise refusal.at(f"lines.{place}") from None
        lines.append(PastLine(each.sku or NO_SKU, each.units, *amounts))
    sent = body.shipping
    shipping = None
    if sent is not None:
        cost = amount(sent.amount, "shipping.amount"), amount(sent.tax, "shipping.tax")
        shipping = PastShipping(sent.name, *cost)
    goes_to = body.shipping_address or body.billing_address
    ship_to = TaxPlace(goes_to.country, goes_to.region) if goes_to else None
    terms = past_terms(
        body.source, currency, lines, shipping, ship_to, is_tax_included=body.tax_included
    )
    total = amount(body.total, "total")
    if total != terms.to_pay:
        raise Invalid(
            f"total is {format_amount(total, currency)}, and what it is of comes to "
            f"{format_amount(terms.to_pay, currency)}.",
            field="total",
        )
    return terms


def contact_in(body: PastOrderBody) -> PastContact | None:
    """Return whom an order was for, and how its lines are called, if any of it is known. Raises
    Invalid."""
    sent_to, billed = body.shipping_address, body.billing_address
    titles = [each.title or "" for each in body.lines]
    contact = PastContact(
        email=body.email,
        shipping_address=None if sent_to is None else postal_address(sent_to),
        billing_address=None if billed is None else postal_address(billed),
        titles=titles if any(titles) else [],
    )
    check_contact(contact)
    return None if contact == PastContact() else contact


PastOrderAsked = Annotated[PastOrderBody, Depends(JsonBody(PastOrderBody))]
