"""Rate cards: published in versions, never changed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.commands.rate_cards import PublishRateCard
from api.commands.receipts import Receipt
from api.http import bodies
from api.http.answers import answer
from api.http.caller import IdempotencyKey, RateCardsReader, RateCardsWriter
from api.http.cursors import Cursors, Limit
from api.http.prices import price_json, price_of
from api.http.requests import RateCard as RateCardRequest
from api.http.requests import takes
from api.http.transaction_answers import time_or_null
from api.queries.directory import head_of
from api.queries.rate_cards import FIRST_PLACE, Published, Version, rate_card
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT, format_amount, parse_amount
from ledger.kernel.times import format_time
from ledger.rating.card import DEFAULT_CARD, RateCard

router = APIRouter(prefix="/v1/billing/rate-cards", tags=["rate cards"])


@router.put("", openapi_extra=takes(bodies.RateCardBody))
async def publish(caller: RateCardsWriter, key: IdempotencyKey, body: RateCardRequest) -> Response:
    """Publish the next version of the org's prices; an operator's for `platform` are the default.

    The first version prices all that is older too; a later one begins now or in the future.
    """
    priced = [price_of(item, f"prices.{place}") for place, item in enumerate(body.prices)]
    sent = body.sent() | {"prices": [each for _, each in priced]}
    if body.minimum_charge is not None:
        sent["minimum_charge"] = parse_amount(body.minimum_charge, CREDIT, "minimum_charge")
    command = PublishRateCard(
        **caller.asks(key),
        sent=sent,
        prices=[price for price, _ in priced],
        effective_us=body.effective_from,
        margin_bps=body.margin_bps or 0,
        minimum=sent.get("minimum_charge", 0),
    )
    receipt: Receipt = await caller.service.writer.submit(command)
    recording = receipt.recording
    fact = recording.fact
    assert isinstance(fact, RateCard.RateCardPublished)
    version = Version(
        fact.card_version, fact.prices, fact.effective_us, fact.margin_bps, fact.minimum
    )
    place = Published(recording.sequence, recording.hash, fact.recorded_us, version)
    value = _published(caller.org, place)
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


def _published(org: str, found: Published) -> dict[str, Any]:
    version = found.version
    return {
        "card": DEFAULT_CARD if org == PLATFORM else org,
        "version": version.card_version,
        "effective_from": time_or_null(version.effective_us),
        "margin_bps": version.margin_bps,
        "minimum_charge": format_amount(version.minimum, CREDIT),
        "prices": [price_json(price) for price in version.prices],
        "sequence": found.sequence,
        "hash": found.hash.hex(),
        "recorded_at": format_time(found.recorded_us),
    }
