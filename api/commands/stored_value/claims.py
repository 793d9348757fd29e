"""Claims: `ClaimValue`, `SettleClaim`, `ReleaseClaim`, `GiveBackValue`, for shops that keep their
orders elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.by import By
from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.stored_value import claiming
from api.commands.stored_value.lookup import value_refs
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Conflict
from ledger.ordering.order_payment_name import ORDER_ID_PATTERN
from ledger.stored_value.value_source import ValueSource

_OURS = re.compile(ORDER_ID_PATTERN)


@dataclass(frozen=True)
class _ClaimCommand(KeyedCommand):
    """A command of a shop's order on what it is paid from: our own do it by themselves. Whoever
    asks for what was done before under another key is told so."""

    source: ValueSource
    order: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return value_refs(self.org, self.source, self.order)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        if _OURS.fullmatch(self.order):
            raise Conflict(
                f"{self.order} is an order of /v1/orders: what it is paid from is claimed when it "
                "is placed, and goes back when it is cancelled or refunded.",
                field="order",
            )
        done = self.act(unit, By(self.actor, self.key, self.fingerprint))
        if done is None:
            raise Conflict(
                f"there is nothing to do: {self.source.words} and order are so already.",
                field="order",
            )
        return done

    def act(self, unit: UnitOfWork, by: By) -> PendingFact | None:
        """Do it; return the fact that carries the key, or None where it was done before."""
        raise NotImplementedError


@dataclass(frozen=True)
class ClaimValue(_ClaimCommand):
    """Set some of a source aside for an order."""

    amount: int
    currency: str
    lasts_us: int

    operation: ClassVar[str] = "stored-value/claims"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact | None:
        return claiming.claim(
            unit,
            self.org,
            self.source,
            self.order,
            self.amount,
            self.currency,
            by,
            self.lasts_us,
        )


@dataclass(frozen=True)
class SettleClaim(_ClaimCommand):
    """Have what an order has claimed be spent."""

    operation: ClassVar[str] = "stored-value/claims/settle"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact | None:
        return claiming.settle(unit, self.org, self.source, self.order, by)


@dataclass(frozen=True)
class ReleaseClaim(_ClaimCommand):
    """Have what an order has claimed be available again."""

    operation: ClassVar[str] = "stored-value/claims/release"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact | None:
        return claiming.release(unit, self.org, self.source, self.order, by)


@dataclass(frozen=True)
class GiveBackValue(_ClaimCommand):
    """Have some of what an order has spent come back."""

    amount: int
    currency: str

    operation: ClassVar[str] = "stored-value/claims/give-back"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact | None:
        return claiming.give_back(
            unit, self.org, self.source, self.order, self.amount, self.currency, by
        )
