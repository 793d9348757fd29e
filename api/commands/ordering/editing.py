"""Editing: `EditOrder`, by which units of an order go back and others are added, in one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.ordering.lookup import find_order, order_refs
from api.commands.ordering.placing import PlaceOrder, Prepared
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Refusal
from ledger.kernel.texts import Text
from ledger.ordering.order_edits import EditedLine


@dataclass(frozen=True)
class EditOrder(KeyedCommand):
    """Take units out of an order before it is fulfilled, which go back by `refund`, and place an
    order of what is `added`: both, or neither."""

    order: str
    refund: str
    lines: tuple[EditedLine, ...]
    expected_refund: int
    added: PlaceOrder | None = None
    reason: Text | None = None

    operation: ClassVar[str] = "orders/edit"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        added = self.added.needs(unit) if self.added is not None else []
        return [*order_refs(self.org, self.order), *added]

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_order(unit, self.org, self.order).person

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order, added = find_order(unit, self.org, self.order), self.added
        order.check_edit(self.lines, self.expected_refund)
        prepared = None
        if added is not None:
            added = replace(added, known_contact=order.contact)
            prepared = _prepared(unit, added)
        order.edit(
            self.refund,
            self.lines,
            added.order if added else None,
            added.expected_total if added else 0,
            unit.now(self.org),
            fingerprint=self.fingerprint,
            reason=self.reason.digest if self.reason else None,
        )
        edited = unit.record(order, self.actor, self.key)
        if added is not None and prepared is not None:
            added.place(unit, prepared)
        return edited


def of_added(refusal: Refusal) -> Refusal:
    """Return the refusal of lines as that of what an edit adds."""
    before = refusal.field or ""
    if before.startswith("lines"):
        refusal.field = before.replace("lines", "add", 1)
        refusal.detail = refusal.detail.replace(before, refusal.field, 1)
    return refusal


def _prepared(unit: UnitOfWork, added: PlaceOrder) -> Prepared:
    try:
        return added.prepare(unit)
    except Refusal as refusal:
        raise of_added(refusal) from None
