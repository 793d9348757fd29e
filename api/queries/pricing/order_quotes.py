"""Order quotes: what an order would cost now, from rows of one moment."""

from __future__ import annotations

from api.queries.pricing.prices import modifiers_in, stacking_in, subject_prices
from api.queries.reader import Reader
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.order_price import OrderPrice, price_lines, reduce_order


async def quote_of(reader: Reader, org: str, order: AskedOrder) -> OrderPrice:
    """Return what an order costs, in one round trip. Raises Invalid, which names the line."""
    subjects = sorted({each for line in order.lines for each in line.subjects})
    prices, modifiers, policies = await reader.all(
        org,
        ("pricing/prices", {"org": org, "ids": subjects}),
        ("pricing/modifiers", {"org": org}),
        ("pricing/policy", {"org": org}),
    )
    published = dict(map(subject_prices, prices))
    lines = price_lines(order, published, modifiers_in(modifiers))
    return reduce_order(lines, [], stacking_in(policies))
