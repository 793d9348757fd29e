"""Answers about carts."""

from __future__ import annotations

from typing import Annotated

import msgspec

from api.http.answers import Answer, Time, one_of
from api.http.pricing.answers.order_quotes import OrderQuoteAnswer, order_quote_answer
from api.queries.carts.carts import CartQuote
from ledger.carts.cart import Cart, CartState
from ledger.kernel.times import format_time
from ledger.pricing.asked_order import DEFAULT_LIST


class CartLineAnswer(Answer):
    """So many units of a SKU; of an appointment, of a `slot` of its calendar."""

    sku: str
    units: int
    slot: str | None


class UnsoldLineAnswer(CartLineAnswer):
    """A line that cannot be sold now, or not so often, and why."""

    why: str


class CartAnswer(Answer):
    """A cart. `version` grows with each change of its lines and codes. `order`: that it is claimed
    by, or has become. `quote`: what all lines cost but for the `unsold`; null where there are
    none."""

    id: str
    user: str | None
    currency: str
    group: str | None
    price_list: str
    state: Annotated[str, one_of(CartState)]
    order: str | None
    version: int
    created_at: Time
    changed_at: Time
    expires_at: Time
    lines: list[CartLineAnswer]
    codes: list[str]
    unsold: list[UnsoldLineAnswer]
    quote: OrderQuoteAnswer | None


class OpenedCartAnswer(CartAnswer):
    """A cart that was opened, or that its user has already. `secret`: of a guest's; it is shown
    once."""

    secret: str | None


class RemovedCartAnswer(Answer):
    """A cart that is gone."""

    id: str
    removed: bool


def cart_answer(cart: Cart, quoted: CartQuote) -> CartAnswer:
    """Return a cart as it is answered."""
    lines = [CartLineAnswer(line.sku, line.units, line.slot) for line in cart.lines]
    why = quoted.unsold
    quote = quoted.quote
    return CartAnswer(
        cart.id,
        cart.user,
        cart.currency,
        cart.group,
        cart.price_list or DEFAULT_LIST,
        str(cart.state),
        cart.order,
        cart.version,
        format_time(cart.created_us),
        format_time(cart.changed_us),
        format_time(cart.expires_us),
        lines,
        cart.codes,
        [
            UnsoldLineAnswer(each.sku, each.units, each.slot, why[each.chosen])
            for each in cart.lines
            if each.chosen in why
        ],
        None if quote is None else order_quote_answer(quoted.order, quote, cart.codes),
    )


def opened_cart_answer(cart: CartAnswer, secret: str | None) -> OpenedCartAnswer:
    """Return a cart as it is answered to who has opened it."""
    return OpenedCartAnswer(**msgspec.structs.asdict(cart), secret=secret)
