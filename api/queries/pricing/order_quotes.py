"""Order quotes: what an order would cost now, from rows of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.queries.catalogue.skus import sold_as_asked
from api.queries.invoices.taxation import taxation_asked, taxation_in, taxes_of
from api.queries.pricing.order_rules import order_rules_asked, order_rules_in
from api.queries.pricing.prices import subject_prices
from api.queries.promotions.promotions import candidates_asked, candidates_in
from api.queries.reader import Reader
from ledger.pricing.asked_order import ITEM, AskedOrder
from ledger.pricing.order_price import OrderPrice, price_lines, reduce_order
from ledger.pricing.order_total import OrderTotal, total_of
from ledger.pricing.sold_as import SoldAs, as_sold
from ledger.promotions.meeting import Buyer, Outcome, meet, outcomes


class OrderQuote(NamedTuple):
    """What there is to pay for an order, and what became of promotions: of those that apply, and of
    those that were named by a code."""

    total: OrderTotal
    promotions: list[Outcome]

    @property
    def price(self) -> OrderPrice:
        """What its lines cost, without shipping and taxes."""
        return self.total.price


async def quote_of(
    reader: Reader, org: str, order: AskedOrder, codes: Sequence[str], buyer: Buyer
) -> OrderQuote:
    """Return what an order costs, in one round trip, and one more where the platform's taxes hold.
    Of a user who is known it is the first, if they have no other. Raises Invalid, which names the
    line."""
    subjects = sorted({each for line in order.lines for each in line.subjects})
    known, prices, ruled, promotions, taxed = await reader.all(
        org,
        sold_as_asked(org, sorted(order.units)),
        ("pricing/prices_of_lines", {"org": org, "ids": subjects, "item": ITEM}),
        order_rules_asked(org, buyer.user),
        candidates_asked(org, codes, buyer.user, order.at_us),
        taxation_asked(org, buyer.user),
    )
    order = as_sold(order, {row["sku"]: SoldAs.of(row) for row in known})
    rules = order_rules_in(ruled[0])
    lines = price_lines(order, dict(map(subject_prices, prices)), rules.modifiers)
    candidates = candidates_in(promotions)
    if buyer.user is not None:
        buyer = Buyer(user=buyer.user, first_order=not rules.has_ordered)
    met = meet(candidates, order, buyer, lines)
    price = reduce_order(lines, met.reductions, rules.stacking)
    found = outcomes(candidates, met, price)
    taxation = taxation_in(org, taxed[0])
    total = total_of(
        order,
        price,
        rules.methods,
        await taxes_of(reader, taxation, order.ship_to, order.at_us),
        taxation.rounding,
        ships_free=bool(met.ships_free),
    )
    return OrderQuote(total, [e for e in found if e.why is None or e.promotion.code is not None])
