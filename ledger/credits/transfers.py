"""Transfers: slices of lots move from one wallet to another, with their kind, expiry, priority.

An allocation is a transfer from `@pool` to a member. Two wallets, two facts, one transaction: the
giver's fact carries the postings of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from typing import ClassVar

from ledger.credits.admission import check_active, check_admission, check_lots, check_room
from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.losses import loss_rows
from ledger.credits.lot_parts import Losses
from ledger.credits.lots import Lot, Slice, total
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds


class CreditsSent(WalletFact):
    """Credit went to another wallet of the org."""

    TOPIC: ClassVar[str] = "credits.CreditsSent"
    fingerprint: str
    to: str
    lots: list[Slice]
    balance_after: int

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.remove(self.lots)

    def rows(self) -> Iterable[TableRow]:
        lost = [(part.lot, Losses(sent=part.amount)) for part in self.lots]
        return loss_rows(self.originator_id, lost)


class CreditsReceived(WalletFact):
    """Credit came from another wallet of the org, as new lots; `repaid` of it paid debt."""

    TOPIC: ClassVar[str] = "credits.CreditsReceived"
    sender: str
    lots: list[Lot]
    balance_after: int
    repaid: list[Slice] = field(default_factory=list)

    def apply(self, aggregate: WalletBase) -> None:
        for lot in self.lots:
            aggregate.funds.add(lot)
        aggregate.funds.repay(self.repaid)


def send(
    giver: WalletBase, receiver: WalletBase, amount: int, at: datetime, *, fingerprint: str
) -> None:
    """Move credit, in the giver's burn order; the receiver's debt is paid first."""
    now_us = microseconds(at)
    funds = giver.funds.copy()
    due = funds.fall_due(now_us)
    check_active(giver, "from_user")
    locked = sum(each.left for each in funds.lots if each.terms.id in funds.locked)
    check_admission(giver, funds, amount, now_us, -locked)
    receiving = receiver.funds.copy()
    receiver_due = receiving.fall_due(now_us)
    check_room(receiving, amount, receiver.asset)
    terms = {lot.terms.id: lot.terms for lot in funds.lots}
    slices = list(funds.spendable(amount, now_us, funds.locked))
    check_lots(receiving, len(slices))
    funds.remove(slices)
    record_due(giver, due, at)
    giver.trigger_event(
        CreditsSent,
        timestamp=at,
        fingerprint=fingerprint,
        to=receiver.owner,
        lots=slices,
        balance_after=funds.balance,
    )
    record_due(receiver, receiver_due, at)
    lots = [
        moved_lot(terms[part.lot], f"{receiver.version + 1}-{place}", part.amount)
        for place, part in enumerate(slices)
    ]
    for lot in lots:
        receiving.add(lot)
    balance = receiving.balance
    receiver.trigger_event(
        CreditsReceived,
        timestamp=at,
        sender=giver.owner,
        lots=lots,
        balance_after=balance,
        repaid=receiving.repay_all(now_us),
    )
    assert total(slices) == amount


def moved_lot(lot: Lot, new_id: str, amount: int) -> Lot:
    """Return so much of a lot as a lot of the wallet that it goes to."""
    return Lot(new_id, lot.kind, amount, lot.effective_us, lot.expires_us, lot.priority)
