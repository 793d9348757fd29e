"""Gift cards: made with a code that is shown once, found by it, adjusted, disabled, enabled."""

from __future__ import annotations

from api.commands.stored_value.gift_cards import (
    AdjustGiftCard,
    DisableGiftCard,
    EnableGiftCard,
    IssueGiftCard,
)
from api.http.answers import Created, ListAnswer, Ok, time_or_null
from api.http.auth.caller import ID_BYTES, Caller, IdempotencyKey
from api.http.conditions import currency_in
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit
from api.http.parameters import Sequence, Text, User
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.http.stored_value.answers.claims import ValueAdjustmentAnswer, adjustment_answer
from api.http.stored_value.answers.gift_cards import (
    GiftCardAnswer,
    GiftCardFoundAnswer,
    GiftCardStandingAnswer,
    IssuedGiftCardAnswer,
    found_answer,
    gift_card_answer,
    standing_answer,
)
from api.http.stored_value.answers.movements import ValueMovementAnswer
from api.http.stored_value.bodies import CodeTyped, GiftCardAdjustment, GiftCardAsked
from api.http.stored_value.found_card import find_gift_card
from api.http.stored_value.movement_pages import movements_page
from api.http.stored_value.permissions import GiftCardsFinder, GiftCardsReader, GiftCardsWriter
from api.queries.stored_value.gift_cards import (
    gift_card_of,
    gift_cards_of,
)
from api.queries.tenancy.directory import head_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import check_order, check_user
from ledger.kernel.money import format_amount, parse_amount, parse_signed
from ledger.kernel.texts import Text as ErasableText
from ledger.kernel.times import format_time
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.gift_card_code import RANDOM_BYTES, check_code, code_of, digest_of
from ledger.stored_value.value_facts import NOTE, GiftCardIssued
from ledger.stored_value.value_source import (
    check_gift_card_id,
    new_gift_card_id,
    no_such,
    of_gift_card,
    source_of,
)

router = Router(prefix="/v1/gift-cards", tags=["stored value"])


@router.post("")
async def issue_gift_card(
    caller: GiftCardsWriter, key: IdempotencyKey, body: GiftCardAsked
) -> Created[IssuedGiftCardAnswer]:
    """Make a gift card. Its code is in this answer only: sent again, the answer has null
    instead."""
    service, currency = caller.service, currency_in(body.currency)
    amount = parse_amount(body.amount, currency, "amount")
    code = code_of(service.random(RANDOM_BYTES))
    note = _sealed_note(caller, body.note, body.user)
    digest = digest_of(caller.org, check_code(code))
    sent = {name: each for name, each in body.sent().items() if name != "note"}
    command = IssueGiftCard(
        **caller.asks(key),
        sent=sent | {"amount": amount},
        gift_card=new_gift_card_id(service.random(ID_BYTES)),
        issued=GiftCard(amount, digest, body.user, body.order, note.digest if note else None),
        currency=currency,
        expires_us=body.expires_at,
        note=note,
    )
    result = await service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, GiftCardIssued)
    answer = IssuedGiftCardAnswer(
        source_of(fact.originator_id).name,
        None if result.replayed else code,
        currency,
        format_amount(amount, currency),
        time_or_null(body.expires_at),
        body.user,
        body.order,
        None if result.erased else body.note,
        format_time(result.stored_fact.recorded_us),
    )
    return Created(answer, replayed=result.replayed)


@router.get("")
async def list_gift_cards(
    caller: GiftCardsReader,
    currency: Text | None = None,
    user: User | None = None,
    order: Text | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[GiftCardAnswer]]:
    """The gift cards of an org by their ids, whether they can be used or not; of one currency, of
    whom has bought them, or of an order that they were sold by."""
    filters = {
        "currency": None if currency is None else currency_in(currency),
        "user": None if user is None else check_user(user),
        "order": None if order is None else check_order(order),
    }
    cursors = Cursors(caller, "gift-cards", filters)
    after = cursors.read(cursor, str, "")
    page = cursors.page(limit)
    service = caller.service
    as_of = await head_of(service.reader, caller.org)
    found = await gift_cards_of(
        service.reader, caller.org, filters, after, page.asked, service.clock()
    )
    rows = page.cut(found, lambda each: each.source.name)
    return Ok(ListAnswer([gift_card_answer(each) for each in rows], page.next_cursor, as_of))


@router.post("/lookup", openapi_extra=may_answer(NotFound))
async def look_up_gift_card(caller: GiftCardsFinder, body: CodeTyped) -> Ok[GiftCardFoundAnswer]:
    """Find a gift card by its code: what can be used of it, or why it cannot. A code that is
    mistyped is told apart from one that is not there; how often anybody asks is limited."""
    digest = digest_of(caller.org, body.code)
    return Ok(found_answer(await find_gift_card(caller, digest, "code")))


@router.get("/{gift_card}", openapi_extra=may_answer(NotFound))
async def get_gift_card(caller: GiftCardsReader, gift_card: str) -> Ok[GiftCardAnswer]:
    """A gift card as it is now."""
    service = caller.service
    found = await gift_card_of(
        service.reader, caller.org, check_gift_card_id(gift_card), service.clock()
    )
    if found is None:
        raise no_such(of_gift_card(gift_card))
    return Ok(gift_card_answer(found))


@router.get("/{gift_card}/movements", openapi_extra=may_answer(NotFound, TooManyReads))
async def list_movements_of_gift_card(
    caller: GiftCardsReader,
    gift_card: str,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ValueMovementAnswer]]:
    """What has changed a gift card, the newest first."""
    source = of_gift_card(check_gift_card_id(gift_card))
    return Ok(await movements_page(caller, source, cursor, limit, min_sequence))


@router.post("/{gift_card}/adjust", openapi_extra=may_answer(NotFound, Conflict))
async def adjust_gift_card(
    caller: GiftCardsWriter, key: IdempotencyKey, gift_card: str, body: GiftCardAdjustment
) -> Created[ValueAdjustmentAnswer]:
    """Have there be more on a gift card, or below zero less, but not less than orders have
    claimed. One that has expired stays so."""
    currency = currency_in(body.currency)
    amount = parse_signed(body.amount, currency, "amount")
    command = AdjustGiftCard(
        **caller.asks(key),
        sent={"gift_card": check_gift_card_id(gift_card), "amount": amount, "currency": currency},
        gift_card=gift_card,
        amount=amount,
        currency=currency,
        reason=sealed_reason(caller, body.reason, caller.actor.subject),
    )
    result = await caller.service.writer.submit(command)
    reason = None if result.erased else body.reason
    return Created(adjustment_answer(result.stored_fact, reason), replayed=result.replayed)


@router.post("/{gift_card}/disable", openapi_extra=may_answer(NotFound, Conflict))
async def disable_gift_card(
    caller: GiftCardsWriter, key: IdempotencyKey, gift_card: str
) -> Ok[GiftCardStandingAnswer]:
    """Have nothing more be claimed of a gift card. What orders have claimed can still be spent."""
    sent: dict[str, object] = {"gift_card": check_gift_card_id(gift_card)}
    command = DisableGiftCard(**caller.asks(key), sent=sent, gift_card=gift_card)
    result = await caller.service.writer.submit(command)
    return Ok(standing_answer(result.stored_fact), replayed=result.replayed)


@router.post("/{gift_card}/enable", openapi_extra=may_answer(NotFound, Conflict))
async def enable_gift_card(
    caller: GiftCardsWriter, key: IdempotencyKey, gift_card: str
) -> Ok[GiftCardStandingAnswer]:
    """Have a gift card be used again."""
    sent: dict[str, object] = {"gift_card": check_gift_card_id(gift_card)}
    command = EnableGiftCard(**caller.asks(key), sent=sent, gift_card=gift_card)
    result = await caller.service.writer.submit(command)
    return Ok(standing_answer(result.stored_fact), replayed=result.replayed)


def _sealed_note(caller: Caller, note: str | None, user: str | None) -> ErasableText | None:
    if note is None:
        return None
    person = user or caller.actor.subject
    return caller.seal(note, NOTE, person)
