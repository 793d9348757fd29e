"""Answers about an order: its terms, where it and its money are, and what can be done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import msgspec

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.http.invoices.answers.applied_tax import applied_tax_answer
from api.http.ordering.answers.authorisations import AuthorisationAnswer, authorisation_answer
from api.http.ordering.answers.order_refunds import OrderRefundAnswer, named, refund_answer
from api.http.ordering.answers.placed_lines import PlacedLineAnswer, placed_line_answer
from api.http.pricing.answers.order_quotes import OrderShippingAnswer
from api.queries.ordering.authorisations import authorisation_in, capture_in
from api.queries.ordering.exchanges import exchanged_for_in
from api.queries.ordering.orders import (
    NOT_TAKEN,
    FoundOrder,
    ListedOrder,
    OrderEvent,
    OrderRefund,
    added_in,
    paid_from_in,
    refunds_in,
    terms_in,
)
from ledger.kernel.decoding import decoded
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.ordering.capture import Capture
from ledger.ordering.contact import Contact
from ledger.ordering.order_status import NEXT, OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_terms import PastContact
from ledger.ordering.value_payment import ValuePayment
from ledger.pricing.stacking import Stacking
from ledger.purchases.notice import RefundState


class PlacedOrderAnswer(Answer):
    """An order that was placed. `to_collect`: what of its total gift cards, store credit and an
    exchange leave for `payment`; `checkout_url`: where that is paid; `expires_at`: until when it
    holds its stock unpaid. `secret`: by which a guest reads it, in this answer only: sent again,
    the answer has null instead."""

    order: str
    number: str | None
    status: Annotated[str, one_of(OrderStatus)]
    payment_status: Annotated[str, one_of(PaymentState)]
    total: Amount
    to_collect: Amount
    currency: str
    checkout_url: str | None
    expires_at: Time | None
    secret: str | None


class AppliedPromotionAnswer(Answer):
    """A promotion that an order has, and what it took off."""

    promotion: str
    amount: Amount


class PostalAddressAnswer(Answer):
    """Where something is sent, or who is billed."""

    name: str
    country: str
    address: list[str]
    postal_code: str | None
    city: str | None
    region: str | None
    phone: str | None


class ContactAnswer(Answer):
    """Who is written to, where an order goes and who is billed."""

    email: str | None
    shipping_address: PostalAddressAnswer | None
    billing_address: PostalAddressAnswer | None


class PaidByAnswer(Answer):
    """What of an order is paid by what, `refunded` of it has gone back, or is on its way: a gift
    card, the buyer's store credit, the `order` that it was exchanged for, or who collects the
    rest."""

    by: str
    gift_card: str | None
    order: str | None
    amount: Amount
    refunded: Amount


class OrderEventAnswer(Answer):
    """Something that has happened to an order."""

    sequence: int
    type: str
    recorded_at: Time


class ImportedAnswer(Answer):
    """Where an order was placed that was imported, when it was paid and cancelled there, and what
    its lines were called; null once that was erased."""

    source: str
    paid_at: Time | None
    cancelled_at: Time | None
    titles: list[str] | None


class OrderContextAnswer(Answer):
    """What can become of an order, what this caller can do with it, and where it is in a line."""

    transitions: list[str]
    actions: list[str]
    summary: str


class OrderAnswer(Answer):
    """An order as it is now. `contact` is null once it was erased; `invoice`: that of the order, by
    its id, if it has one; `added`: the orders of what edits have added, each of which says in
    `adds_to` to which; `exchanged_for`: the new orders that it pays with what came back.
    `capture`: when the money is taken that a provider collects."""

    order: str
    number: str | None
    user: str | None
    status: Annotated[str, one_of(OrderStatus)]
    payment_status: Annotated[str, one_of(PaymentState)]
    provider: str | None
    currency: str
    stacking: Annotated[str, one_of(Stacking)]
    lines: list[PlacedLineAnswer]
    promotions: list[AppliedPromotionAnswer]
    subtotal: Amount
    discount: Amount
    shipping: OrderShippingAnswer | None
    tax: Amount
    total: Amount
    capture: Annotated[str, one_of(Capture)] | None
    authorisation: AuthorisationAnswer | None
    paid_by: list[PaidByAnswer]
    refunded: Amount
    contact: ContactAnswer | None
    cart: str | None
    adds_to: str | None
    added: list[str]
    exchanged_for: list[str]
    checkout_url: str | None
    invoice: str | None
    placed_at: Time
    expires_at: Time | None
    imported: ImportedAnswer | None
    refunds: list[OrderRefundAnswer]
    history: list[OrderEventAnswer]
    context: OrderContextAnswer = msgspec.field(name="_context")


class ListedOrderAnswer(Answer):
    """An order of a list."""

    order: str
    number: str | None
    user: str | None
    status: Annotated[str, one_of(OrderStatus)]
    payment_status: Annotated[str, one_of(PaymentState)]
    currency: str
    lines: int
    subtotal: Amount
    discount: Amount
    total: Amount
    placed_at: Time
    confirmed_at: Time | None


def placed_answer(found: FoundOrder, secret: str | None) -> PlacedOrderAnswer:
    """Return an order that was placed, as it is answered."""
    return PlacedOrderAnswer(
        found.id,
        found.number,
        found.status,
        found.payment_status,
        format_amount(found.total, found.currency),
        format_amount(found.total - found.stored_value, found.currency),
        found.currency,
        _page_of(found),
        _expiry_of(found),
        secret,
    )


def order_answer(
    found: FoundOrder, history: Sequence[OrderEvent], actions: list[str]
) -> OrderAnswer:
    """Return an order as it is answered."""
    terms, refunds = terms_in(history), refunds_in(history)
    gone = [line for each in refunds for line in each.gone_lines]
    currency = found.currency
    return OrderAnswer(
        order=found.id,
        number=found.number,
        user=found.owner,
        status=found.status,
        payment_status=found.payment_status,
        provider=found.provider,
        currency=currency,
        stacking=str(terms.stacking),
        lines=[placed_line_answer(each, currency, gone) for each in terms.lines],
        promotions=[
            AppliedPromotionAnswer(each.promotion, format_amount(each.amount, currency))
            for each in terms.promotions
        ],
        subtotal=format_amount(terms.subtotal, currency),
        discount=format_amount(terms.discount, currency),
        shipping=_shipping_answer(terms, currency),
        tax=format_amount(terms.tax, currency),
        total=format_amount(terms.to_pay, currency),
        capture=capture_in(history),
        authorisation=authorisation_answer(authorisation_in(history), currency),
        paid_by=_paid_by(found, paid_from_in(history), refunds),
        refunded=format_amount(found.refunded, currency),
        contact=_contact_answer(history[0].text),
        cart=found.cart,
        adds_to=history[0].body.get("adds_to"),
        added=added_in(history),
        exchanged_for=exchanged_for_in(history),
        checkout_url=_page_of(found),
        invoice=found.invoice,
        placed_at=format_time(found.placed_us),
        expires_at=_expiry_of(found),
        imported=_imported_answer(found, history[0]),
        refunds=[refund_answer(each) for each in refunds],
        history=[
            OrderEventAnswer(each.sequence, each.type, format_time(each.recorded_us))
            for each in history
        ],
        context=_context_answer(found, terms, actions),
    )


def listed_answer(listed: ListedOrder) -> ListedOrderAnswer:
    """Return an order of a list as it is answered."""
    currency = listed.currency
    return ListedOrderAnswer(
        listed.id,
        listed.number,
        listed.owner,
        listed.status,
        listed.payment_status,
        currency,
        listed.lines,
        format_amount(listed.subtotal, currency),
        format_amount(listed.discount, currency),
        format_amount(listed.total, currency),
        format_time(listed.placed_us),
        time_or_null(listed.confirmed_us),
    )


def _paid_by(
    found: FoundOrder, paid_from: Sequence[ValuePayment], refunds: Sequence[OrderRefund]
) -> list[PaidByAnswer]:
    """Return what is paid by what, as it goes to it."""
    currency = found.currency
    back = Counter[str]()
    for refund in refunds:
        for value in refund.values:
            back[value.source] += value.amount
        if refund.provider and refund.why != NOT_TAKEN and refund.state != RefundState.FAILED:
            back[refund.provider] += refund.amount
    answers = [
        PaidByAnswer(
            *named(each.of),
            format_amount(each.amount, currency),
            format_amount(back[each.source], currency),
        )
        for each in paid_from
    ]
    if found.provider is not None:
        amount = format_amount(found.total - found.stored_value, currency)
        refunded = format_amount(back[found.provider], currency)
        answers.append(PaidByAnswer(found.provider, None, None, amount, refunded))
    return answers


def _shipping_answer(terms: OrderTerms, currency: str) -> OrderShippingAnswer | None:
    sent = terms.shipping
    if sent is None:
        return None
    return OrderShippingAnswer(
        sent.method,
        sent.name,
        format_amount(sent.amount, currency),
        format_amount(sent.tax, currency),
        applied_tax_answer(sent.taxed_by),
        format_amount(sent.to_pay, currency),
    )


def _contact_answer(text: str | None) -> ContactAnswer | None:
    if text is None:
        return None
    contact = decoded(text, Contact)
    addresses = (contact.shipping_address, contact.billing_address)
    shipping, billing = (
        None if each is None else PostalAddressAnswer(**msgspec.structs.asdict(each))
        for each in addresses
    )
    return ContactAnswer(contact.email, shipping, billing)


def _imported_answer(found: FoundOrder, event: OrderEvent) -> ImportedAnswer | None:
    if found.source is None:
        return None
    return ImportedAnswer(
        found.source,
        time_or_null(event.body.get("paid_us")),
        time_or_null(event.body.get("ended_us")),
        None if event.text is None else decoded(event.text, PastContact).titles,
    )


def _context_answer(found: FoundOrder, terms: OrderTerms, actions: list[str]) -> OrderContextAnswer:
    total = format_amount(found.total, found.currency)
    units = sum(terms.units.values())
    paid = str(found.payment_status).replace("_", " ")
    summary = (
        f"{found.number or found.id}: {units} unit{'' if units == 1 else 's'} for {total} "
        f"{found.currency}, {found.status.replace('_', ' ')}, {paid}."
    )
    can_move = found.source is None
    transitions = [str(each) for each in NEXT[OrderStatus(found.status)] if can_move]
    return OrderContextAnswer(transitions, actions, summary)


def _page_of(found: FoundOrder) -> str | None:
    """Return the page on which an order is paid, while it waits for that."""
    return found.url if found.status == OrderStatus.PENDING else None


def _expiry_of(found: FoundOrder) -> str | None:
    return format_time(found.ends_us) if found.status == OrderStatus.PENDING else None
