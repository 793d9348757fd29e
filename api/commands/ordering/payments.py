"""Payments of orders: `RecordOrderPage`, `RecordOrderHappenings` and `RecordCaptureRefusal`, which
no caller asks for, and `RequestCapture` and `ConfirmTransfer`, which a person does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from api.commands.command import Command, KeyedCommand
from api.commands.ordering import finalising
from api.commands.ordering.disputes import hear_dispute
from api.commands.ordering.lookup import find_order, order_refs
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.keys import Key
from ledger.kernel.times import microseconds
from ledger.ordering.order import Order
from ledger.ordering.order_base import transfer_key
from ledger.ordering.order_payments import money_of
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    Happening,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
)
from ledger.purchases.provider import Checkout

EXPIRED = "page_expired"
"""Our code of an order whose page was taken away before somebody paid."""


@dataclass(frozen=True)
class _OnOrder(Command[bool]):
    """A command on an order by what its provider says; done twice it does nothing. It tells whether
    something came of it."""

    order: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return order_refs(self.org, self.order)

    def decide(self, unit: UnitOfWork) -> bool:
        order = find_order(unit, self.org, self.order)
        before = order.version
        self.tell(unit, order)
        if order.pending_events:
            unit.record(order, self.actor)
        return order.version > before

    def tell(self, unit: UnitOfWork, order: Order) -> None:
        """Have the order take it in."""
        raise NotImplementedError


@dataclass(frozen=True)
class RecordOrderPage(_OnOrder):
    """Record the page that the provider has opened for an order."""

    checkout: Checkout

    def tell(self, unit: UnitOfWork, order: Order) -> None:
        session, url, expires_us = self.checkout
        order.open_page(session, url, expires_us, unit.now(self.org))


@dataclass(frozen=True)
class RecordOrderHappenings(_OnOrder):
    """Record what the provider says of an order's money: by itself or when it is asked."""

    told: Sequence[Happening]

    def tell(self, unit: UnitOfWork, order: Order) -> None:
        at = unit.now(self.org)
        for each in self.told:
            match each:
                case PaymentPaid():
                    if order.pending_events:
                        unit.record(order, self.actor)
                    finalising.settle(unit, self.org, order, each, self.actor)
                case PaymentAuthorised():
                    if order.pending_events:
                        unit.record(order, self.actor)
                    finalising.authorise(unit, self.org, order, each, self.actor)
                case PaymentFailed():
                    order.hear_end(each, at)
                case CheckoutExpired():
                    order.fail_payment(EXPIRED, at)
                case RefundChanged():
                    order.hear_refund(each, at)
                case DisputeChanged():
                    hear_dispute(unit, self.org, order, each)


@dataclass(frozen=True)
class RequestCapture(_OnOrder):
    """Ask for the money that a bank keeps for an order."""

    def tell(self, unit: UnitOfWork, order: Order) -> None:
        order.request_capture(unit.now(self.org))


@dataclass(frozen=True)
class RecordCaptureRefusal(_OnOrder):
    """Record that a provider does not take what a bank keeps by a payment."""

    payment: str
    code: str

    def tell(self, unit: UnitOfWork, order: Order) -> None:
        order.refuse_capture(self.payment, self.code, unit.now(self.org))


@dataclass(frozen=True)
class ConfirmTransfer(KeyedCommand):
    """Confirm that the bank transfer of an order came, by its reference; one transfer pays one
    order. `paid_us`: when it came, where that was earlier."""

    order: str
    reference: str
    paid_us: int | None = None

    operation: ClassVar[str] = "orders/confirm-transfer"

    @cached_property
    def _transfer(self) -> Key:
        return transfer_key(self.org, self.reference)

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), self._transfer]

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return order_refs(self.org, self.order)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        check_text(self.reference, "reference")
        order, at = find_order(unit, self.org, self.order), unit.now(self.org)
        order.check_transfer()
        if self.paid_us is not None and self.paid_us > microseconds(at):
            raise Invalid("paid_at must not be later than now.", field="paid_at")
        refuse_used(unit, self._transfer, self.reference)
        told = PaymentPaid(self.reference, money_of(order))
        settled = finalising.settle(
            unit,
            self.org,
            order,
            told,
            self.actor,
            key=self.key,
            fingerprint=self.fingerprint,
            transfer=self.reference,
            paid_us=self.paid_us,
        )
        assert settled is not None  # its reference is new
        unit.claim(self._transfer, CommandResult(settled, 0), "")
        return settled


def refuse_used(unit: UnitOfWork, transfer: Key, reference: str) -> None:
    """Refuse a transfer that was named before."""
    if unit.keys.find(transfer) is not None:
        raise Conflict(f"the transfer {reference} has confirmed something else.", field="reference")
