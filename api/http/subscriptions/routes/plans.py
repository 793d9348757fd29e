"""Plans: what subscriptions cost, what they include, and what they allow."""

from __future__ import annotations

import msgspec

from api.commands.subscriptions.plans import PublishPlan
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.router import Router
from api.http.subscriptions.answers.plans import PlanAnswer, PlansAnswer, plan_answer
from api.http.subscriptions.bodies import PlanAsked, plan_of
from api.http.subscriptions.permissions import PlansReader, PlansWriter
from api.queries.subscriptions.plans import plans_of
from ledger.subscriptions.plan import PublishedPlan
from ledger.subscriptions.plan_book import PlanBook

router = Router(prefix="/v1/billing/plans", tags=["subscriptions"])


@router.get("")
async def list_plans(caller: PlansReader) -> Ok[PlansAnswer]:
    """The plans that hold for the org: its own, else the platform's, else the default ones."""
    found = await plans_of(caller.service.reader, caller.org)
    return Ok(PlansAnswer([plan_answer(each) for each in found.values()]))


@router.put("")
async def publish_plan(caller: PlansWriter, key: IdempotencyKey, body: PlanAsked) -> Ok[PlanAnswer]:
    """Publish a plan from now on, in place of the one of that id. Who has subscribed keeps the
    version that they have."""
    plan = plan_of(body)
    exactly = {name: value for name, value in msgspec.to_builtins(plan).items() if name in AMOUNTS}
    command = PublishPlan(**caller.asks(key), sent=body.sent() | exactly, plan=plan)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PlanBook.PlanPublished)
    published = PublishedPlan(caller.org, fact.plan_version, fact.plan)
    return Ok(plan_answer(published), replayed=result.replayed)


AMOUNTS = ("price", "credits_included", "seat_price", "overage_price", "overage_limit")
"""What a key stands for in smallest units, however it was written."""
