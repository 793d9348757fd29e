"""Order quotes: what an order would cost, without effect."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.pricing.answers.order_quotes import OrderQuoteAnswer, order_quote_answer
from api.http.pricing.bodies import OrderQuoteAsked, order_in
from api.http.pricing.permissions import OrderQuotesReader
from api.http.router import Router
from api.queries.pricing.order_quotes import quote_of
from ledger.promotions.meeting import Buyer

router = Router(prefix="/v1/orders/quote", tags=["orders"])


@router.post("")
async def quote_order(caller: OrderQuotesReader, body: OrderQuoteAsked) -> Ok[OrderQuoteAnswer]:
    """Price an order as it would be placed now: every line with all that makes its amount, and what
    they come to together; which promotions apply, and why a code does not. Nothing is recorded."""
    order = order_in(body, caller.service.clock())
    codes = list(dict.fromkeys(body.codes or ()))
    buyer = Buyer(user=caller.filter(body.user), first_order=body.first_order)
    quote = await quote_of(caller.service.reader, caller.org, order, codes, buyer)
    return Ok(order_quote_answer(order, quote, codes))
