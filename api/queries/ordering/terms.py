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
    first_order = user is not None and not await has_ordered(reader, org, user)
    buyer = Buyer(user=user, first_order=first_order)
    quote = await quote_of(reader, org, order, codes, buyer)
    applied = [
        AppliedPromotion(each.promotion.id, each.amount)
        for each in quote.promotions
        if each.why is None
    ]
    quote.total.check_sent()
    return terms_of(quote.total, applied, order)


async def has_ordered(reader: Reader, org: str, user: str) -> bool:
    """Tell whether a user has an order that was not given up."""
    row = await reader.row(org, "ordering/has_ordered", {"org": org, "user": user})
    return row is not None and bool(row["has_ordered"])
