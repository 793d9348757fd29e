"""The terms of an order that is to be placed: what it costs now, as a quote says it."""

from __future__ import annotations

from collections.abc import Sequence

from api.queries.pricing.order_quotes import quote_of
from api.queries.reader import Reader
from ledger.ordering.order_terms import AppliedPromotion, OrderTerms, terms_of
from ledger.pricing.asked_order import AskedOrder
from ledger.promotions.meeting import Buyer


async def terms_now(
    reader: Reader, org: str, order: AskedOrder, codes: Sequence[str], user: str | None
) -> OrderTerms:
    """Return at which terms an order can be placed now. Raises Invalid, which names the line."""
    quote = await quote_of(reader, org, order, codes, Buyer(user=user))
    applied = [
        AppliedPromotion(each.promotion.id, each.amount)
        for each in quote.promotions
        if each.why is None
    ]
    quote.total.check_sent()
    return terms_of(quote.total, applied, order)
