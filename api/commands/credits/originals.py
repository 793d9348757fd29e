"""Originals: what was recorded before and matters again, as what is reversed and what lots lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.commands.group_state import GroupState
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.losses import LOT_LOSSES, REVERSALS
from ledger.credits.lot_parts import Losses
from ledger.credits.ports import CreditRows, LotName
from ledger.credits.wallet import Wallet
from ledger.kernel.ids import split_stream_id


class Originals(GroupState):
    """The rows of `reversals` and `lot_losses`, and what is not known to be stored of them.

    Nothing is kept in memory. A row says up to which event it counts, so that what is in flight is
    counted once, whether or not it has been stored meanwhile.
    """

    def __init__(self, rows: CreditRows) -> None:
        self._rows = rows

    def reversed_so_far(self, unit: UnitOfWork, org: str, original: str) -> int:
        """Return how much of a transaction is reversed."""
        rows = self._rows.reversed_rows(org, [original])
        amount, counted = (rows[0].amount, rows[0].sequence) if rows else (0, 0)
        for row in _after(unit, REVERSALS, org, counted):
            if row["original"] == original:
                amount += row["amount"]
        return amount

    def losses(self, unit: UnitOfWork, wallet: Wallet, lots: Iterable[str]) -> dict[str, Losses]:
        """Return what lots of a wallet have lost, of those that have lost something."""
        org, _ = split_stream_id(wallet.id)
        names = [LotName(org, wallet.owner, wallet.asset, lot) for lot in dict.fromkeys(lots)]
        rows = {LotName(*row[:4]): row for row in self._rows.loss_rows(names)}
        losses = {}
        for name in names:
            row = rows.get(name)
            found = Losses(*row[4:8]) if row else Losses()
            for each in _after(unit, LOT_LOSSES, org, row.sequence if row else 0):
                if LotName(*(each[column] for column in LotName._fields)) == name:
                    found = found.plus(Losses(*(each[column] for column in Losses._fields)))
            losses[name.lot] = found
        return losses


def _after(unit: UnitOfWork, table: str, org: str, counted: int) -> Iterator[Mapping[str, Any]]:
    """Yield what an org's facts in doubt add to a table, of those after what a row has counted."""
    for pending_fact in unit.unconfirmed():
        if _org_of(pending_fact) == org and not 0 < pending_fact.sequence <= counted:
            yield from (row.columns for row in pending_fact.fact.rows() if row.table == table)


def _org_of(pending_fact: PendingFact) -> str:
    return split_stream_id(pending_fact.aggregate_id)[0]
