"""Answers about order quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of
from api.http.invoices.answers.applied_tax import AppliedTaxAnswer, applied_tax_answer
from api.queries.pricing.order_quotes import OrderQuote
from ledger.invoices.bill import InvoiceLine
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.order_price import LinePrice, Step, StepKind
from ledger.pricing.order_total import OrderTotal, ShippingPrice
from ledger.pricing.stacking import Stacking
from ledger.promotions.meeting import Outcome


class StepAnswer(Answer):
    """What changed the amount of a line, by how much, and what it was then. `of`: the SKU or item
    of the base price, or the id of the modifier or promotion."""

    kind: Annotated[str, one_of(StepKind)]
    of: str
    name: str
    delta: Amount
    amount_after: Amount


class OrderLineAnswer(Answer):
    """What a line comes to, step by step, and the version of the prices that it began with. `tax`
    is within what there is `to_pay` for it, and within `total` where it is `included`."""

    sku: str
    units: int
    item: str | None
    unit_price: Amount
    price_version: int
    steps: list[StepAnswer]
    total: Amount
    tax: Amount
    taxed_by: AppliedTaxAnswer | None
    to_pay: Amount


class ShippingOfferAnswer(Answer):
    """A method by which the order may be sent, and what that costs, without a tax that comes on
    top."""

    method: str
    name: str
    amount: Amount


class OrderShippingAnswer(Answer):
    """The method by which the order is sent: what it costs, as it is published, and `to_pay`, with
    its tax."""

    method: str
    name: str
    amount: Amount
    tax: Amount
    taxed_by: AppliedTaxAnswer | None
    to_pay: Amount


class OrderPromotionAnswer(Answer):
    """A promotion that applies, with the amount that it takes; or why a code does not."""

    promotion: str | None
    code: str | None
    applies: bool
    amount: Amount
    why: str | None


class OrderQuoteAnswer(Answer):
    """What an order would cost at a moment, and by which rule what is taken off stacks: `total` is
    `subtotal - discount`, the amount of `shipping`, and as much of `tax` as is not included.
    `free_shipping`: whether a promotion pays the shipping."""

    currency: str
    priced_at: Time
    stacking: Annotated[str, one_of(Stacking)]
    lines: list[OrderLineAnswer]
    subtotal: Amount
    discount: Amount
    shipping: OrderShippingAnswer | None
    tax: Amount
    total: Amount
    shipping_methods: list[ShippingOfferAnswer]
    free_shipping: bool
    promotions: list[OrderPromotionAnswer]


def order_quote_answer(
    order: AskedOrder, quote: OrderQuote, codes: Sequence[str]
) -> OrderQuoteAnswer:
    """Return the price of an order as it is answered; codes that nobody has are named, too."""
    currency, price, total = order.currency, quote.price, quote.total
    known = {each.promotion.code for each in quote.promotions}
    found = [_promotion_answer(each, currency) for each in quote.promotions]
    found += [_unknown(each, currency) for each in codes if each not in known]
    return OrderQuoteAnswer(
        currency,
        format_time(order.at_us),
        str(price.stacking),
        [
            _line_answer(line, billed, currency)
            for line, billed in zip(price.lines, total.bill.lines, strict=False)
        ],
        format_amount(price.subtotal, currency),
        format_amount(price.discount, currency),
        _shipping_answer(total, currency),
        format_amount(total.bill.tax, currency),
        format_amount(total.total, currency),
        [_offer_answer(each, currency) for each in total.offers],
        any(each.ships_free for each in quote.promotions),
        found,
    )


def _promotion_answer(outcome: Outcome, currency: str) -> OrderPromotionAnswer:
    return OrderPromotionAnswer(
        outcome.promotion.id,
        outcome.promotion.code,
        outcome.why is None,
        format_amount(outcome.amount, currency),
        outcome.why,
    )


def _unknown(code: str, currency: str) -> OrderPromotionAnswer:
    why = "there is no promotion of that code."
    return OrderPromotionAnswer(
        None, code, applies=False, amount=format_amount(0, currency), why=why
    )


def _shipping_answer(total: OrderTotal, currency: str) -> OrderShippingAnswer | None:
    shipping, billed = total.shipping, total.billed_shipping
    if shipping is None or billed is None:
        return None
    return OrderShippingAnswer(
        shipping.method.id,
        shipping.method.name,
        format_amount(shipping.amount, currency),
        format_amount(billed.tax, currency),
        applied_tax_answer(billed.taxed_by),
        format_amount(billed.total, currency),
    )


def _offer_answer(offer: ShippingPrice, currency: str) -> ShippingOfferAnswer:
    method = offer.method
    return ShippingOfferAnswer(method.id, method.name, format_amount(offer.amount, currency))


def _line_answer(priced: LinePrice, billed: InvoiceLine, currency: str) -> OrderLineAnswer:
    return OrderLineAnswer(
        priced.line.sku,
        priced.line.units,
        priced.line.item,
        format_amount(priced.found.price.amount, currency),
        priced.found.version,
        [step_answer(each, currency) for each in priced.steps],
        format_amount(priced.total, currency),
        format_amount(billed.tax, currency),
        applied_tax_answer(billed.taxed_by),
        format_amount(billed.total, currency),
    )


def step_answer(step: Step, currency: str) -> StepAnswer:
    """Return a step of a line as it is answered."""
    return StepAnswer(
        str(step.kind),
        step.of,
        step.name,
        format_amount(step.delta, currency),
        format_amount(step.amount_after, currency),
    )
