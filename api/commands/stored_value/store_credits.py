"""Store credits: `AdjustStoreCredit`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.stored_value.lookup import find_value
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.texts import Text
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_source import of_store_credit, value_id


@dataclass(frozen=True)
class AdjustStoreCredit(KeyedCommand):
    """Have there be more of a user's store credit, or below zero less, with a reason, which is an
    erasable text. `refund_of`: the order that it comes from."""

    user: str
    amount: int
    currency: str
    reason: Text | None
    refund_of: str | None = None

    operation: ClassVar[str] = "store-credits"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(StoredValue, value_id(self.org, of_store_credit(self.user, self.currency)))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        value = self._value(unit)
        value.adjust(
            self.amount,
            self.currency,
            unit.now(self.org),
            reason=self.reason.digest if self.reason else None,
            order=self.refund_of,
            fingerprint=self.fingerprint,
        )
        return unit.record(value, self.actor, self.key)

    def _value(self, unit: UnitOfWork) -> StoredValue:
        source = of_store_credit(self.user, self.currency)
        if self.amount < 0:
            return find_value(unit, self.org, source)
        found = unit.get(StoredValue, value_id(self.org, source))
        at = unit.now(self.org)
        return found or StoredValue.open_credit(self.org, self.user, self.currency, at)
