"""Rate cards: published in versions, never changed."""

from __future__ import annotations

import asyncio
import re

from api.commands.rating.rate_cards import PublishRateCard, WithdrawRateCardVersion
from api.commands.result import CommandResult
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit
from api.http.parameters import OWN_CARD, Card
from api.http.problem_schemas import may_answer
from api.http.rating.answers import (
    ScheduledVersionAnswer,
    VersionsAnswer,
    schedule_answer,
    scheduled_version_answer,
    version_answer,
)
from api.http.rating.bodies import RateCard as RateCardRequest
from api.http.rating.permissions import RateCardsReader, RateCardsWriter
from api.http.rating.price_fields import name_of, price_of, provider_name_of
from api.http.router import Router
from api.queries.rating.rate_cards import FIRST_PLACE, Change, History
from api.queries.tenancy.directory import head_of
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT, parse_amount
from ledger.rating.rate_card import DEFAULT_CARD, RateCard
from ledger.rating.rate_card_prices import PublishedVersion

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")

router = Router(prefix="/v1/billing/rate-cards", tags=["rate cards"])


@router.put("", openapi_extra=may_answer(Conflict))
async def publish(
    caller: RateCardsWriter, key: IdempotencyKey, body: RateCardRequest
) -> Ok[ScheduledVersionAnswer]:
    """Publish the next version of the org's prices; an operator's for `platform` are the default.

    It is in force from now on unless `effective_from` says when, and then until the next planned
    one; one that begins when another is planned to replaces it. The first to be in force prices
    all that is older, too.
    """
    priced = [price_of(item, f"prices.{place}") for place, item in enumerate(body.prices)]
    names = [name_of(item, f"names.{n}") for n, item in enumerate(body.names or ())]
    called = body.providers or ()
    providers = [provider_name_of(item, f"providers.{n}") for n, item in enumerate(called)]
    sent = body.sent() | {"prices": [each for _, each in priced]}
    sent |= {"names": [each for _, each in names]} if names else {}
    sent |= {"providers": [each for _, each in providers]} if providers else {}
    if body.minimum_charge is not None:
        sent["minimum_charge"] = parse_amount(body.minimum_charge, CREDIT, "minimum_charge")
    command = PublishRateCard(
        **caller.asks(key),
        sent=sent,
        prices=[price for price, _ in priced],
        effective_us=body.effective_from,
        margin_bps=body.margin_bps or 0,
        minimum=sent.get("minimum_charge", 0),
        names=[name for name, _ in names],
        providers=[name for name, _ in providers],
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, RateCard.RateCardPublished)
    history = await _history_until(caller, result)
    (change,) = history.published()[:1]
    value = scheduled_version_answer(caller.org, change, fact.published, history, fact.recorded_us)
    return Ok(value, replayed=result.replayed)


@router.get("", openapi_extra=may_answer(TooManyReads))
async def versions(
    caller: RateCardsReader, cursor: str | None = None, limit: Limit = None, card: Card = OWN_CARD
) -> Ok[VersionsAnswer]:
    """The versions of the org's card, newest first, and which are in force and planned; with
    `card=default` of the one that prices what the org's own does not.

    A page holds fewer than asked for, and has a `next_cursor`, where versions are long.
    """
    org = _org_of(caller, card)
    cursors = Cursors(caller, "rate-cards", {"card": card})
    before = cursors.read(cursor, int, FIRST_PLACE)
    page = cursors.page(limit)
    service = caller.service
    async with service.reads.read(caller.org):
        history = await service.rate_cards.history(org)
        changes = history.published(before)[: page.asked]
        found = await service.rate_cards.some_versions(org, changes)
        pairs = list(zip(changes, found, strict=False))
        pairs = page.cut(pairs, lambda each: each[0].card_version)
        if page.next_cursor is None and len(pairs) < len(changes):
            page.next_cursor = cursors.write(pairs[-1][0].card_version)
        now_us = service.clock()
        as_of = await head_of(service.reader, caller.org)
        cursor = page.next_cursor
        return await asyncio.to_thread(_listed, org, pairs, history, now_us, cursor, as_of)


def _listed(
    org: str,
    pairs: list[tuple[Change, PublishedVersion]],
    history: History,
    now_us: int,
    next_cursor: str | None,
    as_of_sequence: int,
) -> Ok[VersionsAnswer]:
    data = [version_answer(org, change, version, history) for change, version in pairs]
    return Ok(VersionsAnswer(data, *schedule_answer(history, now_us), next_cursor, as_of_sequence))


@router.get("/versions/{version}")
async def version(
    caller: RateCardsReader, version: str, card: Card = OWN_CARD
) -> Ok[ScheduledVersionAnswer]:
    """One version of the org's card, and which are in force and planned."""
    org = _org_of(caller, card)
    number = _number(version)
    service = caller.service
    history = await service.rate_cards.history(org)
    changes = [each for each in history.published() if each.card_version == number]
    if not changes:
        raise NotFound(f"the card has no version {number}.", field="version")
    (found,) = await service.rate_cards.versions(org, changes)
    return Ok(scheduled_version_answer(org, changes[0], found, history, service.clock()))


@router.delete("/versions/{version}", openapi_extra=may_answer(Conflict))
async def withdraw(
    caller: RateCardsWriter, key: IdempotencyKey, version: str
) -> Ok[ScheduledVersionAnswer]:
    """Withdraw a version that has not begun: it never will."""
    number = _number(version)
    command = WithdrawRateCardVersion(**caller.asks(key), sent={"version": number}, version=number)
    result = await caller.service.writer.submit(command)
    history = await _history_until(caller, result)
    changes = [each for each in history.published() if each.card_version == number]
    (found,) = await caller.service.rate_cards.versions(caller.org, changes)
    recorded_us = result.stored_fact.fact.recorded_us
    value = scheduled_version_answer(caller.org, changes[0], found, history, recorded_us)
    return Ok(value, replayed=result.replayed)


async def _history_until(caller: Caller, result: CommandResult) -> History:
    """Return the card's history up to what a command recorded, the same whenever it is asked
    for."""
    history = await caller.service.rate_cards.history(caller.org)
    return history.until(result.stored_fact.sequence)


def _org_of(caller: Caller, card: str) -> str:
    if card not in (OWN_CARD, DEFAULT_CARD):
        raise Invalid("card must be own or default.", field="card")
    return PLATFORM if card == DEFAULT_CARD else caller.org


def _number(text: str) -> int:
    """Return the number of a version in a path."""
    if not _NUMBER.fullmatch(text):
        raise NotFound("the card has no version of that number.", field="version")
    return int(text)
