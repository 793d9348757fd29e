"""Summed copies: the read models of which a row is of many events, compared when all were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from api.verification.plan import ReadModelSnapshot
from api.verification.read_page import ReadPage
from api.verification.summaries import SummaryComparison
from api.verification.wallet_snapshots import WalletSnapshotsComparison
from ledger.kernel.report import Report
from ledger.verification.evidence import WHOLE, Snapshot
from ledger.verification.kept_rows import KeptRows
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.read import Read
from projections.read_models import READ_MODELS
from projections.summary import Summary


class Mending(Protocol):
    """Writes the rows of summaries anew."""

    def mend(self, model: Summary[Any], org: str) -> None:
        """Write the rows of an org."""


class SummedCopies:
    """The summaries and the wallet snapshots, read later than the events that are looked at."""

    def __init__(
        self,
        report: Report,
        store: Snapshot,
        models: ReadModelSnapshot,
        mending: Mending,
    ) -> None:
        self._report = report
        self._store = store
        self._mending = mending
        self._kept = KeptRows(Report())
        self._summaries: Mapping[str, SummaryComparison] = {
            name: SummaryComparison(report[name], model, store, models, WHOLE)
            for name, model in READ_MODELS.items()
            if isinstance(model, Summary)
        }
        self._snapshots = WalletSnapshotsComparison(
            report[WalletSnapshots.name], store, models, self._kept
        )

    def see(self, reads: Sequence[Read]) -> None:
        """Add up some events."""
        page = ReadPage(reads)
        for each in self._summaries.values():
            each.see(page)
        for event, fact, _ in reads:
            if fact is None:
                self._kept.lose(event)
            else:
                self._kept.see(event, fact)
                self._snapshots.see(event)
        self._snapshots.end_page()

    def end(self) -> None:
        """Compare what they add up to."""
        ends = self._store.last_positions()
        for each in self._summaries.values():
            each.end(ends)
        self._snapshots.end(WHOLE)

    def mend(self) -> int:
        """Write summaries anew where they are wrong; return how many rows that were."""
        for name, each in self._summaries.items():
            model = READ_MODELS[name]
            assert isinstance(model, Summary)
            for org in sorted(each.wrong_orgs):
                self._mending.mend(model, org)
        return sum(self._report[name].wrong for name in self._summaries)
