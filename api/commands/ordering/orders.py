"""Orders that were placed: `CancelOrder`, `RequestOrderRefund` and `ConfirmOrderRefund`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.ordering.lookup import find_order, order_refs
from api.commands.ordering.payments import refuse_used
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.ids import check_text
from ledger.kernel.keys import Key
from ledger.kernel.texts import Text
from ledger.ordering.order_base import transfer_key
from ledger.ordering.refund_shares import AskedLine


@dataclass(frozen=True)
class _OfOrder(KeyedCommand):
    """A command on one order, perhaps with a text about its buyer, which is kept as theirs."""

    order: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return order_refs(self.org, self.order)

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_order(unit, self.org, self.order).person


@dataclass(frozen=True)
class CancelOrder(_OfOrder):
    """Cancel an order before it is fulfilled: what it holds is released, what was paid goes
    back."""

    reason: Text | None = None

    operation: ClassVar[str] = "orders/cancel"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order, at = find_order(unit, self.org, self.order), unit.now(self.org)
        reason = self.reason.digest if self.reason else None
        order.cancel(at, fingerprint=self.fingerprint, reason=reason)
        cancelled = unit.record(order, self.actor, self.key)
        if order.return_rest(f"{self.order}-cancel", at):
            unit.record(order, self.actor)
        return cancelled


@dataclass(frozen=True)
class RequestOrderRefund(_OfOrder):
    """Ask for money to go back: of lines with their units or an amount, an `amount` of all lines,
    or all that is left. `refund` is its id."""

    refund: str
    lines: tuple[AskedLine, ...] = ()
    amount: int | None = None
    reason: Text | None = None

    operation: ClassVar[str] = "orders/refunds"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order = find_order(unit, self.org, self.order)
        order.check_refund_captured()
        order.request_refund(
            self.refund,
            self.lines,
            self.amount,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        return unit.record(order, self.actor, self.key)


@dataclass(frozen=True)
class ConfirmOrderRefund(_OfOrder):
    """Confirm that a refund was sent by a bank transfer, by its reference."""

    refund: str
    reference: str

    operation: ClassVar[str] = "orders/refunds/confirm"

    @cached_property
    def _transfer(self) -> Key:
        return transfer_key(self.org, self.reference)

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), self._transfer]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        check_text(self.reference, "reference")
        order = find_order(unit, self.org, self.order)
        refuse_used(unit, self._transfer, self.reference)
        order.confirm_refund(
            self.refund, self.reference, unit.now(self.org), fingerprint=self.fingerprint
        )
        confirmed = unit.record(order, self.actor, self.key)
        unit.claim(self._transfer, CommandResult(confirmed, 0), "")
        return confirmed
