"""Claims on gift cards, for shops that keep their orders elsewhere."""

from __future__ import annotations

from api.http.answers import Created, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.stored_value import claim_commands
from api.http.stored_value.answers.claims import ClaimAnswer, ClaimChangeAnswer
from api.http.stored_value.bodies import ClaimAsked, GiveBack
from api.http.stored_value.permissions import GiftCardsClaimer
from ledger.kernel.errors import Conflict, NotFound
from ledger.stored_value.value_source import check_gift_card_id, of_gift_card

router = Router(prefix="/v1/gift-cards/{gift_card}/claims", tags=["stored value"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def claim_of_gift_card(
    caller: GiftCardsClaimer, key: IdempotencyKey, gift_card: str, body: ClaimAsked
) -> Created[ClaimAnswer]:
    """Set some of a gift card aside for an order, for 15 minutes unless said: nobody else can use
    it meanwhile. An order has one claim on a card, and spends it once."""
    source = of_gift_card(check_gift_card_id(gift_card))
    return await claim_commands.claimed(caller, key, source, body)


@router.post("/{order}/settle", openapi_extra=may_answer(NotFound, Conflict))
async def settle_claim_of_gift_card(
    caller: GiftCardsClaimer, key: IdempotencyKey, gift_card: str, order: str
) -> Ok[ClaimChangeAnswer]:
    """Have what an order has claimed be spent, also where the card was disabled or has expired
    since."""
    source = of_gift_card(check_gift_card_id(gift_card))
    return await claim_commands.settled(caller, key, source, order)


@router.post("/{order}/release", openapi_extra=may_answer(NotFound, Conflict))
async def release_claim_of_gift_card(
    caller: GiftCardsClaimer, key: IdempotencyKey, gift_card: str, order: str
) -> Ok[ClaimChangeAnswer]:
    """Have what an order has claimed be available again. On a card that has expired since it is
    not."""
    source = of_gift_card(check_gift_card_id(gift_card))
    return await claim_commands.released(caller, key, source, order)


@router.post("/{order}/give-back", openapi_extra=may_answer(NotFound, Conflict))
async def give_back_to_gift_card(
    caller: GiftCardsClaimer, key: IdempotencyKey, gift_card: str, order: str, body: GiveBack
) -> Ok[ClaimChangeAnswer]:
    """Have come back some of what an order has spent, never more. A card that ends, or has ended,
    can be used for 90 days from then on; one that is disabled stays so."""
    source = of_gift_card(check_gift_card_id(gift_card))
    return await claim_commands.given_back(caller, key, source, order, body)
