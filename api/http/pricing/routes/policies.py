"""Policies: how what is taken off an order stacks."""

from __future__ import annotations

from api.commands.pricing.policies import SetPricingPolicy
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.pricing.answers.prices import PricingPolicyAnswer
from api.http.pricing.bodies import PricingPolicyAsked
from api.http.pricing.permissions import PricesReader, PricesWriter
from api.http.router import Router
from api.queries.pricing.prices import stacking_of
from ledger.pricing.pricing_policy import PricingPolicy

router = Router(prefix="/v1/prices/policy", tags=["prices"])


@router.get("")
async def get_pricing_policy(caller: PricesReader) -> Ok[PricingPolicyAnswer]:
    """What the org has decided of pricing, or what holds where it has not."""
    return Ok(PricingPolicyAnswer(str(await stacking_of(caller.service.reader, caller.org))))


@router.put("")
async def set_pricing_policy(
    caller: PricesWriter, key: IdempotencyKey, body: PricingPolicyAsked
) -> Ok[PricingPolicyAnswer]:
    """Decide how what is taken off an order stacks, in what is quoted from now on: `sequential`
    takes each of what remains, `additive` each of what there was before any, `best_only` only the
    one that takes most."""
    command = SetPricingPolicy(**caller.asks(key), sent=body.sent(), stacking=body.stacking)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PricingPolicy.PricingPolicySet)
    return Ok(PricingPolicyAnswer(str(fact.stacking)), replayed=result.replayed)
