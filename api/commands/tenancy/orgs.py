"""Orgs: `RegisterOrg`, `MoveOrg`, `ChangeBillingMode`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.tenancy.org import BillingMode, Org, OrgEntry, entry_id, org_id


@dataclass(frozen=True)
class RegisterOrg(KeyedCommand):
    """Register an org on the platform's chain and open its own, in one transaction.

    What it records from then on may be written in another shard than the platform's.
    """

    name: str
    billing_mode: BillingMode
    shard: int = 1

    operation: ClassVar[str] = "orgs"

    @property
    def home(self) -> str:
        return PLATFORM

    def orgs(self) -> Iterable[str]:
        return [PLATFORM, self.org]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        if self.org == PLATFORM or unit.get(OrgEntry, entry_id(self.org)) is not None:
            raise Conflict(f"the org {self.org} exists already.", field="id")
        at = unit.now(PLATFORM)
        entry = OrgEntry.register(self.org, at, fingerprint=self.fingerprint)
        stored_fact = unit.record(entry, self.actor, self.key)
        unit.record(Org.open(self.org, self.name, self.billing_mode, at), self.actor)
        if self.shard != entry.shard:
            entry.move(self.shard, at, fingerprint=self.fingerprint)
            unit.record(entry, self.actor)
        return stored_fact


@dataclass(frozen=True)
class MoveOrg(KeyedCommand):
    """Have an org live in another shard, once its commits under way have ended.

    Only the platform records it: the org's own chain goes on in the other shard as it was.
    """

    shard: int

    operation: ClassVar[str] = "orgs/move"

    @property
    def home(self) -> str:
        return PLATFORM

    def orgs(self) -> Iterable[str]:
        return [PLATFORM]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        if self.org == PLATFORM:
            raise Conflict("the platform lives in shard 1 and stays there.", field="org")
        entry = unit.get(OrgEntry, entry_id(self.org))
        if entry is None:
            raise NotFound(f"there is no org {self.org}.", field="org")
        entry.move(self.shard, unit.now(PLATFORM), fingerprint=self.fingerprint)
        return unit.record(entry, self.actor, self.key)


@dataclass(frozen=True)
class ChangeBillingMode(KeyedCommand):
    """Have other wallets pay for usage from now on."""

    billing_mode: BillingMode

    operation: ClassVar[str] = "orgs/billing-mode"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        org = unit.get(Org, org_id(self.org))
        assert org is not None
        org.change_billing_mode(self.billing_mode, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(org, self.actor, self.key)
