"""Plans: `PublishPlan`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.unit_of_work import UnitOfWork
from ledger.subscriptions.plan import Plan
from ledger.subscriptions.plan_book import PlanBook, plans_id


@dataclass(frozen=True)
class PublishPlan(KeyedCommand):
    """Publish a plan; the platform's are for all orgs without their own of that id."""

    plan: Plan

    operation: ClassVar[str] = "plans"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(PlanBook, plans_id(self.org)) or PlanBook.open(self.org, at)
        book.publish(self.plan, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
