"""Order quotes: what an order would cost now, from rows of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.queries.catalogue.skus import sold_as_asked
from api.queries.pricing.prices import modifiers_in, stacking_in, subject_prices
from api.queries.promotions.promotions import candidates_asked, candidates_in
from api.queries.reader import Reader
from ledger.pricing.asked_order import ITEM, AskedOrder
from ledger.pricing.order_price import OrderPrice, price_lines, reduce_order
from ledger.pricing.sold_as import SoldAs, as_sold
from ledger.promotions.meeting import Buyer, Outcome, meet, outcomes


class OrderQuote(NamedTuple):
    """What an order costs, and what became of promotions: of those that apply, and of those that
    were named by a code."""

    price: OrderPrice
    promotions: list[Outcome]


async def quote_of(
    reader: Reader, org: str, order: AskedOrder, codes: Sequence[str], buyer: Buyer
) -> OrderQuote:
    """Return what an order costs, in one round trip. Raises Invalid, which names the line."""
    subjects = sorted({each for line in order.lines for each in line.subjects})
    known, prices, modifiers, policies, promotions = await reader.all(
        org,
        sold_as_asked(org, sorted(order.units)),
        ("pricing/prices_of_lines", {"org": org, "ids": subjects, "item": ITEM}),
        ("pricing/modifiers", {"org": org}),
        ("pricing/policy", {"org": org}),
        candidates_asked(org, codes, buyer.user, order.at_us),
    )
    order = as_sold(order, {row.pop("sku"): SoldAs(**row) for row in known})
    lines = price_lines(order, dict(map(subject_prices, prices)), modifiers_in(modifiers))
    candidates = candidates_in(promotions)
    met = meet(candidates, order, buyer, lines)
    price = reduce_order(lines, met.reductions, stacking_in(policies))
    found = outcomes(candidates, met, price)
    return OrderQuote(price, [e for e in found if e.why is None or e.promotion.code is not None])
