"""Quotes: what a use would cost, without effect."""

from __future__ import annotations

from functools import partial

from api.http.answers import Ok
from api.http.credits.answers.transactions import rate_answer
from api.http.credits.uses import quantities_of
from api.http.problem_schemas import may_answer
from api.http.rating.answers import QuoteAnswer
from api.http.rating.bodies import Quote
from api.http.rating.permissions import QuotesReader
from api.http.router import Router
from api.queries.rating.month_use import rate_after_use
from ledger.kernel.errors import Invalid, PriceNotFound
from ledger.kernel.money import CREDIT, format_amount, format_usd
from ledger.kernel.times import format_time
from ledger.rating.line_price import rate_usage

router = Router(prefix="/v1/billing/rate-cards", tags=["rate cards"])


@router.post("/quote", openapi_extra=may_answer(PriceNotFound))
async def quote(caller: QuotesReader, body: Quote) -> Ok[QuoteAnswer]:
    """Price a use as it would be charged at `occurred_at`, which may also be in the future; where
    its price counts over a month, after what `user` has used in that month by now."""
    quantities = quantities_of(
        input_tokens=body.input_tokens,
        cached_tokens=body.cached_tokens,
        cache_write_tokens=body.cache_write_tokens,
        output_tokens=body.output_tokens,
        quantities=body.quantities,
    )
    if not quantities:
        raise Invalid("give the quantities to be priced.", field="quantities")
    service = caller.service
    occurred_us = service.clock() if body.occurred_at is None else body.occurred_at
    rate_cards = await service.rate_cards.rate_cards_at(caller.org, occurred_us)
    rate = partial(rate_usage, body.provider, body.model, quantities, occurred_us, rate_cards)
    user = caller.user(body.user)
    amount, used_rate, _ = await rate_after_use(service.reader, caller.org, user, occurred_us, rate)
    return Ok(
        QuoteAnswer(
            model=body.model,
            quantities=quantities,
            amount=format_amount(amount, CREDIT),
            amount_usd=format_usd(amount),
            occurred_at=format_time(occurred_us),
            rate=rate_answer(used_rate),
        )
    )
