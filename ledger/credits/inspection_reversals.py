"""Checks of what is reversed and of what lots have lost: both are added up again from the facts."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.credits.losses import LotTally
from ledger.credits.ports import LotLossRow, ReversedRow
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Place, Report, compare
from ledger.ports import RecordedEvent


class ReversalInspection:
    """Adds up every fact again, and compares with the rows that reversals look up."""

    def __init__(self, report: Report) -> None:
        self._check = report["reversals"]
        self._tally = LotTally()

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Add a fact."""
        if isinstance(fact, Wallet.Event):
            self._tally.see(fact, event.sequence)

    def rows(self) -> tuple[list[ReversedRow], list[LotLossRow]]:
        """What the rows must be."""
        return self._tally.reversals(), self._tally.losses()

    def compare(self, reversals: Iterable[ReversedRow], losses: Iterable[LotLossRow]) -> None:
        """Compare with the stored rows, both ways."""
        reversed_, lost = self.rows()
        self._compare(ReversedRow._fields, map(_original, reversed_), map(_original, reversals))
        self._compare(LotLossRow._fields, map(_lot, lost), map(_lot, losses))

    def _compare(
        self,
        columns: tuple[str, ...],
        right: Iterable[tuple[Place, tuple[object, ...]]],
        stored: Iterable[tuple[Place, tuple[object, ...]]],
    ) -> None:
        for place in compare(self._check, columns, dict(right), stored):
            self._check.find(place, "missing: the events say it exists")


def _original(row: ReversedRow) -> tuple[Place, tuple[object, ...]]:
    return Place(row.org, row=f"reversed of {row.original}"), row


def _lot(row: LotLossRow) -> tuple[Place, tuple[object, ...]]:
    return Place(row.org, row=f"lot {row.lot} of {row.owner} in {row.asset}"), row
