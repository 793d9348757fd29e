"""Claims on store credits, for shops that keep their orders elsewhere."""

from __future__ import annotations

from api.http.answers import Created, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.conditions import currency_in
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.stored_value import claim_commands
from api.http.stored_value.answers.claims import ClaimAnswer, ClaimChangeAnswer
from api.http.stored_value.bodies import CreditClaim, CreditGiveBack, CreditNamed
from api.http.stored_value.permissions import StoreCreditsClaimer
from ledger.kernel.errors import Conflict, NotFound
from ledger.stored_value.value_source import of_store_credit

router = Router(prefix="/v1/store-credits/claims", tags=["stored value"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def claim_of_store_credit(
    caller: StoreCreditsClaimer, key: IdempotencyKey, body: CreditClaim
) -> Created[ClaimAnswer]:
    """Set some of a user's store credit aside for an order, for 15 minutes unless said. An order
    has one claim on it, and spends it once."""
    source = of_store_credit(body.user, currency_in(body.currency))
    return await claim_commands.claimed(caller, key, source, body)


@router.post("/{order}/settle", openapi_extra=may_answer(NotFound, Conflict))
async def settle_claim_of_store_credit(
    caller: StoreCreditsClaimer, key: IdempotencyKey, order: str, body: CreditNamed
) -> Ok[ClaimChangeAnswer]:
    """Have what an order has claimed be spent."""
    source = of_store_credit(body.user, currency_in(body.currency))
    return await claim_commands.settled(caller, key, source, order)


@router.post("/{order}/release", openapi_extra=may_answer(NotFound, Conflict))
async def release_claim_of_store_credit(
    caller: StoreCreditsClaimer, key: IdempotencyKey, order: str, body: CreditNamed
) -> Ok[ClaimChangeAnswer]:
    """Have what an order has claimed be available again."""
    source = of_store_credit(body.user, currency_in(body.currency))
    return await claim_commands.released(caller, key, source, order)


@router.post("/{order}/give-back", openapi_extra=may_answer(NotFound, Conflict))
async def give_back_to_store_credit(
    caller: StoreCreditsClaimer, key: IdempotencyKey, order: str, body: CreditGiveBack
) -> Ok[ClaimChangeAnswer]:
    """Have come back some of what an order has spent, never more."""
    source = of_store_credit(body.user, currency_in(body.currency))
    return await claim_commands.given_back(caller, key, source, order, body)
