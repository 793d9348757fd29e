"""The context of subscriptions: plans, and who holds them."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.subscriptions.plan_book import PLANS_STREAM, PlanBook

CONTEXT = Context(
    name="subscriptions",
    aggregates=(PlanBook,),
    tables=(Table("plan_books", stream=PLANS_STREAM),),
)
