"""What time brings: `FallDue` records what has fallen due in a wallet, when nothing else does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.wallet import Wallet
from ledger.ports import Key


@dataclass(frozen=True)
class FallDue(Command[PendingFact | None]):
    """Record expired lots and holds, and debt paid by lots that took effect.

    It has no key: whoever comes second finds nothing left to record.
    """

    wallet: str
    """The stream of the wallet."""

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Wallet, self.wallet)]

    def decide(self, unit: UnitOfWork) -> PendingFact | None:
        wallet = unit.get(Wallet, self.wallet)
        if wallet is None:
            return None
        wallet.fall_due(unit.now(self.org))
        return unit.record(wallet, self.actor) if wallet.pending_events else None
