"""Rate cards: published in versions, never changed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.commands.books import Receipt
from api.commands.rate_cards import PublishRateCard
from api.http import bodies
from api.http.answers import answer, time_or_null
from api.http.caller import IdempotencyKey, RateCardsReader, RateCardsWriter
from api.http.cursors import Cursors, Limit
from api.http.fields import parse
from api.http.requests import RateCard as RateCardRequest
from api.http.requests import takes
from api.queries.directory import head_of
from api.queries.rate_cards import FIRST_PLACE, Published, PublishedPrice, rate_card
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import PLATFORM, check_meter
from ledger.kernel.times import format_time
from ledger.rating.card import DEFAULT_CARD, Price, RateCard
from ledger.rating.published import unit_price

router = APIRouter(prefix="/v1/billing/rate-cards", tags=["rate cards"])


@router.put("", openapi_extra=takes(bodies.RateCardBody))
async def publish(caller: RateCardsWriter, key: IdempotencyKey, body: RateCardRequest) -> Response:
    """Publish the next version of the org's prices; an operator's for `platform` are the default.

    The first version prices all that is older too; a later one begins now or in the future.
    """
    prices = [_price(item, f"prices.{place}") for place, item in enumerate(body.prices)]
    sent = body.sent() | {"prices": [[p.model, p.meter, p.unit_price] for p in prices]}
    command = PublishRateCard(
        org=caller.org,
        actor=caller.actor,
        origin=caller.origin,
        key=key,
        sent=sent,
        prices=prices,
        effective_us=body.effective_from,
    )
    receipt: Receipt = await caller.service.sequencer.submit(command)
    recording = receipt.recording
    fact = recording.fact
    assert isinstance(fact, RateCard.RateCardPublished)
    value = _version(
        caller.org,
        fact.card_version,
        fact.effective_us,
        fact.prices,
        recording.sequence,
        recording.hash,
        fact.recorded_us,
    )
    return answer(value, replayed=receipt.replayed)


@router.get("")
async def versions(
    caller: RateCardsReader, cursor: str | None = None, limit: Limit = None, card: str = "own"
) -> Response:
    """The versions of the org's card, newest first; with `card=default` of the one that prices
    what the org's own does not."""
    if card not in ("own", DEFAULT_CARD):
        raise Invalid("card must be own or default.", field="card")
    org = PLATFORM if card == DEFAULT_CARD else caller.org
    cursors = Cursors(caller, "rate-cards", {"card": card})
    before = cursors.read(cursor, int, FIRST_PLACE)
    page = cursors.page(limit)
    reader = caller.service.reader
    found = await rate_card(reader, org, before, page.asked)
    found = page.cut(found, lambda each: each.version.card_version)
    return answer(
        {
            "data": [_published(org, each) for each in found],
            "next_cursor": page.next_cursor,
            "as_of_sequence": await head_of(reader, caller.org),
        }
    )


def _price(item: object, field: str) -> Price:
    try:
        body = parse(bodies.PriceBody, item)
        check_meter(body.meter, "meter")
    except Invalid as refusal:
        raise refusal.at(field) from None
    attodollars = unit_price(body.price, body.per, body.currency, field)
    return Price(
        model=body.model,
        meter=body.meter,
        price=str(body.price),
        per=body.per,
        currency=str(body.currency),
        unit_price=attodollars,
    )


def _published(org: str, found: Published) -> dict[str, Any]:
    version = found.version
    return _version(
        org,
        version.card_version,
        version.effective_us,
        version.prices,
        found.sequence,
        found.hash,
        found.recorded_us,
    )


def _version(
    org: str,
    version: int,
    effective_us: int | None,
    prices: list[Price] | list[PublishedPrice],
    sequence: int,
    digest: bytes,
    recorded_us: int,
) -> dict[str, Any]:
    return {
        "card": DEFAULT_CARD if org == PLATFORM else org,
        "version": version,
        "effective_from": time_or_null(effective_us),
        "prices": [
            {
                "model": price.model,
                "meter": price.meter,
                "price": price.price,
                "per": price.per,
                "currency": price.currency,
            }
            for price in prices
        ],
        "sequence": sequence,
        "hash": digest.hex(),
        "recorded_at": format_time(recorded_us),
    }
