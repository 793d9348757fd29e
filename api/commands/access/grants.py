"""Grants of orders: `RevokeGrant`, which a person asks for, and `UseDownload`, which who follows a
link does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.access.lookup import find_grant, grant_refs
from api.commands.command import Command, KeyedCommand
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.access.grant_base import Why
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Conflict
from ledger.kernel.keys import Key
from ledger.kernel.texts import Text

_OF_MONEY = (Kind.CREDITS, Kind.PLAN)


@dataclass(frozen=True)
class RevokeGrant(KeyedCommand):
    """Take access or a download back, whatever became of its money."""

    grant: str
    reason: Text | None = None

    operation: ClassVar[str] = "grants/revoke"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return grant_refs(self.org, self.grant)

    def person_of_text(self, unit: UnitOfWork) -> str:
        grant = find_grant(unit, self.org, self.grant)
        return grant.user or grant.order

    def effect(self, unit: UnitOfWork) -> PendingFact:
        grant = find_grant(unit, self.org, self.grant)
        if grant.kind in _OF_MONEY:
            raise Conflict(
                f"{grant.kind} go back with their money: refund the line of the order.",
                field="grant",
            )
        reason = self.reason.digest if self.reason else None
        grant.revoke(Why.PERSON, unit.now(self.org), fingerprint=self.fingerprint, reason=reason)
        return unit.record(grant, self.actor, self.key)


@dataclass(frozen=True)
class UseDownload(Command[bool]):
    """Count a download, as long as there is one left. Raises NotFound and Conflict."""

    grant: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return grant_refs(self.org, self.grant)

    def decide(self, unit: UnitOfWork) -> bool:
        grant = find_grant(unit, self.org, self.grant)
        grant.use(unit.now(self.org))
        unit.record(grant, self.actor)
        return True
