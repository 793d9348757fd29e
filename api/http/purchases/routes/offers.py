"""Offers: what credits cost, and how many more a larger amount buys."""

from __future__ import annotations

from api.commands.purchases.offers import PublishOffers
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.purchases.answers.purchases import AllOffersAnswer, OffersAnswer, offers_answer
from api.http.purchases.bodies import Offers
from api.http.purchases.permissions import OffersReader, OffersWriter
from api.http.router import Router
from api.queries.purchases.offers import offers_of
from ledger.kernel.money import parse_amount, scale_of
from ledger.purchases.offer_book import OfferBook
from ledger.purchases.offers import Bonus, PublishedOffers

router = Router(prefix="/v1/billing/offers", tags=["purchases"])


@router.get("")
async def list_offers(caller: OffersReader) -> Ok[AllOffersAnswer]:
    """What credits cost in each currency: as the org says, else the platform."""
    found = await offers_of(caller.service.reader, caller.org)
    return Ok(AllOffersAnswer([offers_answer(each) for each in found]))


@router.put("")
async def publish_offers(
    caller: OffersWriter, key: IdempotencyKey, body: Offers
) -> Ok[OffersAnswer]:
    """Publish what credits cost in a currency from now on. What is being bought keeps the offers
    that it was begun with."""
    currency = str(body.currency)
    scale_of(body.currency, "currency")
    bonuses = [
        Bonus(parse_amount(each.threshold, currency, f"bonuses.{place}.threshold"), each.bps)
        for place, each in enumerate(body.bonuses)
    ]
    smallest, largest = (
        None if each is None else parse_amount(each, currency, name)
        for name, each in (("smallest", body.smallest), ("largest", body.largest))
    )
    price = parse_amount(body.price, currency, "price")
    exactly = {
        "price": price,
        "bonuses": [[each.threshold, each.bps] for each in bonuses],
        "smallest": smallest,
        "largest": largest,
    }
    command = PublishOffers(
        **caller.asks(key),
        sent=body.sent() | exactly,
        currency=currency,
        price=price,
        bonuses=bonuses,
        smallest=smallest,
        largest=largest,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, OfferBook.OffersPublished)
    published = PublishedOffers(fact.offers_version, fact.offers)
    return Ok(offers_answer(published), replayed=result.replayed)
