"""Bodies of requests about orders, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field

from api.http.choices import choice, one_of
from api.http.conditions import currency_in
from api.http.fields import (
    Amount,
    Asset,
    Body,
    Country,
    Label,
    Name,
    Reason,
    Subject,
    Time,
    Units,
    UnitsOrZero,
)
from api.http.pricing.bodies import OrderLineBody, named_list
from api.http.promotions.code import Code
from api.http.purchases.bodies import Url
from api.http.requests import JsonBody
from api.http.stored_value.bodies import Code as GiftCardCode
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    ADDRESS_LINES_MAX,
    CODES_PER_ORDER_MAX,
    GIFT_CARDS_PER_ORDER_MAX,
    LINES_PER_ORDER_MAX,
)
from ledger.kernel.money import parse_amount
from ledger.ordering.capture import Capture
from ledger.ordering.contact import Contact, PostalAddress, check_contact
from ledger.ordering.refund_shares import AskedLine
from ledger.pricing.asked_order import DEFAULT_LIST, AskedOrder, OrderLine


class PostalAddressBody(Body):
    """Where something is sent, or who is billed: the country as its two letters."""

    name: Label
    country: Country
    address: Annotated[list[Label], Field(max_length=ADDRESS_LINES_MAX)] | None = None
    postal_code: Label | None = None
    city: Label | None = None
    region: Label | None = None
    phone: Label | None = None


class OrderPaymentBody(Body):
    """How an order is paid: on a page of the `provider`'s, which leads back to those URLs; with a
    saved `payment_method` of the user; or by a bank transfer (`manual`)."""

    provider: Literal["stripe", "manual"] = "stripe"
    success_url: Url | None = None
    cancel_url: Url | None = None
    payment_method: Label | None = None


GiftCards = Annotated[list[GiftCardCode], Field(max_length=GIFT_CARDS_PER_ORDER_MAX)]


class OrderPaymentsBody(Body):
    """What an order is paid with: from `gift_cards` in that order, then from the buyer's
    `store_credit` (true: all that is there; or at most an amount), then by `payment`.
    `expected_payment`: what the buyer was told that is left for that."""

    expected_payment: Amount | None = None
    gift_cards: GiftCards | None = None
    store_credit: bool | Amount | None = None
    payment: OrderPaymentBody | None = None


class OrderCheckoutBody(OrderPaymentsBody):
    """What is ordered: a `cart`, with its currency, codes and prices, or `lines` in a `currency`;
    by whom, and how it is paid: from `gift_cards` in that order, then from the buyer's
    `store_credit` (true: all that is there; or at most an amount), then by `payment`.
    `expected_total`: what the buyer was told that it costs, with the taxes of where it goes;
    `expected_payment`: what of that is left for `payment`. `shipping`: the method by which it is
    sent. Without a `user` it is a guest's order."""

    expected_total: Amount
    cart: Label | None = None
    lines: (
        Annotated[list[OrderLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)] | None
    ) = None
    currency: Asset | None = None
    user: Subject | None = None
    codes: Annotated[list[Code], Field(max_length=CODES_PER_ORDER_MAX)] | None = None
    group: Label | None = None
    price_list: Label = DEFAULT_LIST
    email: Label | None = None
    shipping_address: PostalAddressBody | None = None
    billing_address: PostalAddressBody | None = None
    shipping: Name | None = None


class EditedLineBody(Body):
    """How many units a line has from now on, fewer than it had; 0: none."""

    line: Annotated[int, Field(ge=1, le=LINES_PER_ORDER_MAX)]
    units: UnitsOrZero


class OrderEditBody(OrderPaymentsBody):
    """How an order is to be: `lines` that have fewer units, and what is to be added, sent by the
    method `shipping`. With `expected_refund`, what the buyer was told goes back, or
    `expected_total`, what is added, it is done; without either it is only said what it would come
    to."""

    lines: (
        Annotated[list[EditedLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)] | None
    ) = None
    add: (
        Annotated[list[OrderLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)] | None
    ) = None
    shipping: Name | None = None
    expected_refund: Amount | None = None
    expected_total: Amount | None = None
    reason: Reason | None = None


class CancellationBody(Body):
    """Why an order is not wanted any more."""

    reason: Reason | None = None


class OrderTransferBody(Body):
    """That a bank transfer came: its reference, and when, where that was earlier."""

    reference: Label
    paid_at: Time | None = None


class RefundLineBody(Body):
    """What goes back of a line: so many `units`, or an `amount`; neither: all that is left. What
    it cost to send the order is the line after the last."""

    line: Annotated[int, Field(ge=1, le=LINES_PER_ORDER_MAX + 1)]
    units: Units | None = None
    amount: Amount | None = None


class OrderRefundBody(Body):
    """What goes back: of `lines`, or an `amount` of all lines together; neither: all that is
    left."""

    lines: (
        Annotated[list[RefundLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)] | None
    ) = None
    amount: Amount | None = None
    reason: Reason | None = None


class SentRefundBody(Body):
    """That a refund was sent by a bank transfer: its reference."""

    reference: Label


def check_what(body: OrderCheckoutBody) -> None:
    """Raise Invalid unless a body says lines in a currency, or a cart, which says all of it."""
    given = body.sent()
    for field in ("lines", "currency"):
        if body.cart is None and field not in given:
            raise Invalid(f"{field} is required, or a cart.", field=field)
    for field in ("lines", "currency", "codes", "group", "price_list"):
        if body.cart is not None and field in given:
            raise Invalid(f"{field} is the cart's: leave it out.", field=field)


def asked_order(body: OrderCheckoutBody, at_us: int) -> AskedOrder:
    """Return the order that the lines of a body ask for. Raises Invalid."""
    return AskedOrder(
        lines=[OrderLine(**each.model_dump()) for each in body.lines or ()],
        currency=currency_in(body.currency),
        at_us=at_us,
        group=body.group,
        price_list=named_list(body.price_list),
        ship_to=ship_to_in(body),
        shipping=body.shipping,
    )


def ship_to_in(body: OrderCheckoutBody) -> TaxPlace | None:
    """Return where a body has an order sent, which says its taxes."""
    goes_to = body.shipping_address
    return None if goes_to is None else TaxPlace(goes_to.country, goes_to.region)


def contact_in(body: OrderCheckoutBody) -> Contact | None:
    """Return who a body says is written to and sent something, if it does. Raises Invalid."""
    contact = Contact(
        email=body.email,
        shipping_address=_address(body.shipping_address),
        billing_address=_address(body.billing_address),
    )
    check_contact(contact)
    return None if contact.is_empty else contact


def refund_lines(body: OrderRefundBody, currency: str) -> tuple[AskedLine, ...]:
    """Return the lines of which something goes back. Raises Invalid."""
    found = []
    for place, each in enumerate(body.lines or ()):
        amount = None
        if each.amount is not None:
            try:
                amount = parse_amount(each.amount, currency, "amount")
            except Invalid as refusal:
                raise refusal.at(f"lines.{place}") from None
        found.append(AskedLine(each.line, each.units, amount))
    return tuple(found)


def postal_address(body: PostalAddressBody) -> PostalAddress:
    """Return the address of a body."""
    return PostalAddress(
        name=body.name,
        country=body.country,
        address=body.address or [],
        postal_code=body.postal_code,
        city=body.city,
        region=body.region,
        phone=body.phone,
    )


def _address(body: PostalAddressBody | None) -> PostalAddress | None:
    return None if body is None else postal_address(body)


class OrderPolicyBody(Body):
    """When the money of orders that a provider collects is taken: at once, or when they leave."""

    capture: Annotated[Capture, choice(Capture), one_of(Capture)]


OrderCheckout = Annotated[OrderCheckoutBody, Depends(JsonBody(OrderCheckoutBody))]
OrderEdit = Annotated[OrderEditBody, Depends(JsonBody(OrderEditBody))]
Cancellation = Annotated[CancellationBody, Depends(JsonBody(CancellationBody))]
OrderTransfer = Annotated[OrderTransferBody, Depends(JsonBody(OrderTransferBody))]
OrderRefund = Annotated[OrderRefundBody, Depends(JsonBody(OrderRefundBody))]
SentRefund = Annotated[SentRefundBody, Depends(JsonBody(SentRefundBody))]
OrderPolicyAsked = Annotated[OrderPolicyBody, Depends(JsonBody(OrderPolicyBody))]
