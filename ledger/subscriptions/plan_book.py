"""The plan book of an org: the plans that are offered there, in versions that never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.limits import PLANS_MAX
from ledger.kernel.rows import TableRow
from ledger.subscriptions.plan import Plan, PublishedPlan, checked

PLANS_STREAM = "plans"


class PlanBook(LedgerAggregate):
    """The plans of an org by their ids; those of the platform are for all orgs."""

    TOPIC: ClassVar[str] = "subscriptions.PlanBook"
    STREAM: ClassVar[str] = PLANS_STREAM

    def __init__(self) -> None:
        self.plans: dict[str, PublishedPlan] = {}
        self.published = 0
        """How many versions there are."""

    class Event(LedgerAggregate.Event):
        """Base of a plan book's facts."""

    class PlanBookOpened(Event, FirstFact):
        """An org begins to say which plans it offers."""

        TOPIC: ClassVar[str] = "subscriptions.PlanBookOpened"

    class PlanPublished(Event):
        """A plan is so from now on, for who subscribes to it or changes to it."""

        TOPIC: ClassVar[str] = "subscriptions.PlanPublished"
        fingerprint: str
        plan_version: int
        plan: Plan

        def apply(self, aggregate: PlanBook) -> None:
            org, _ = split_stream_id(aggregate.id)
            published = PublishedPlan(org, self.plan_version, self.plan)
            aggregate.plans[self.plan.id] = published
            aggregate.published = self.plan_version

    @classmethod
    def open(cls, org: str, at: datetime) -> PlanBook:
        """Begin an org's plans."""
        return cls._create(cls.PlanBookOpened, id=plans_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        listed = [msgspec.to_builtins(each) for each in self.plans.values()]
        return [TableRow("plan_books", {"org": org, "plans": listed})]

    def publish(self, plan: Plan, at: datetime, *, fingerprint: str) -> None:
        """Publish a plan; who has subscribed keeps the version that they have. Raises Invalid."""
        plan = checked(plan)
        if plan.id not in self.plans and len(self.plans) >= PLANS_MAX:
            raise Invalid(f"there are {PLANS_MAX} plans: publish one of them again.", field="id")
        self.trigger_event(
            self.PlanPublished,
            timestamp=at,
            fingerprint=fingerprint,
            plan_version=self.published + 1,
            plan=plan,
        )


def plans_id(org: str) -> str:
    """Return the stream of an org's plan book."""
    return stream_id(org, PLANS_STREAM)
