"""Comparing the wallet snapshots with the wallets that the events add up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.credits.wallet import Wallet
from ledger.credits.wallet_snapshot import (
    EVERY,
    Totals,
    WalletSnapshotRow,
    WalletVersion,
    snapshot_row,
    sum_of,
    totals_text,
)
from ledger.kernel.ids import WALLETS, stream_id
from ledger.kernel.report import Check, Place, compare
from ledger.ports import RecordedEvent
from ledger.verification.evidence import Scope, Snapshot
from ledger.verification.kept_rows import KeptRows
from projections.credits.wallet_snapshots import (
    WalletSnapshotRows,
    WalletSnapshots,
    WalletSpan,
    has_snapshot,
)
from projections.ports import Applied


class WalletSnapshotsComparison:
    """The wallet snapshots, up to the position that it has applied.

    Its totals are compared with the sums of the read model `transactions`, which is compared with
    the events. Snapshots of wallets that had lost events to an archive when there was nothing to
    begin with cannot have been made, and need not be there.
    """

    def __init__(
        self,
        check: Check,
        store: Snapshot,
        models: WalletSnapshotRows,
        kept: KeptRows,
        every: int = EVERY,
    ) -> None:
        self._check = check
        self._store = store
        self._models = models
        self._kept = kept
        self._every = every
        self._applied = Applied.of(models, WalletSnapshots.name)
        self._unfounded: set[str] = set()
        self._ends: dict[str, int] = {}
        self._totals: dict[str, Totals] = {}
        self._page: list[tuple[WalletSnapshotRow, WalletSpan]] = []

    def remembered(self) -> dict[str, Any]:
        """Return all that it has seen."""
        return {"_unfounded": self._unfounded, "_ends": self._ends, "_totals": self._totals}

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """Go on from where another has ended."""
        vars(self).update(remembered)

    def see(self, event: RecordedEvent) -> None:
        """Take the wallet as it is after an event, if a snapshot of it should stand there."""
        if event.version % self._every > 1 or not event.stream.startswith(WALLETS):
            return
        name = stream_id(event.org, event.stream)
        if event.version % self._every == 1 and self._store.is_archived(event.org, event.sequence):
            self._unfounded.add(name)
        if not has_snapshot(event, self._every):
            return
        wallet = self._kept.folded(name)
        if not self._applied.has(event):
            self._check.pass_over(self._applied.why_not(event))
        elif not isinstance(wallet, Wallet) or wallet.version != event.version:
            self._check.pass_over(f"{name}: its events could not be folded.")
        else:
            row = snapshot_row(wallet, event.sequence, {})
            self._page.append((row, WalletSpan(*row[:3], self._ends.get(name, 0), row.sequence)))
            self._ends[name] = row.sequence

    def end_page(self) -> None:
        """Compare the rows of the wallets that were taken."""
        if not self._page:
            return
        right = self._added_up()
        stored = self._models.wallet_snapshots(list(right))
        there = {row.wallet_version for row in stored}
        self._unfounded -= {row.wallet_version.wallet_id for row in stored}
        should = {
            _place(place): row
            for place, row in right.items()
            if place in there or row.wallet_version.wallet_id not in self._unfounded
        }
        found = [(_place(row.wallet_version), row) for row in stored]
        for missing in compare(self._check, WalletSnapshotRow._fields, should, found):
            self._check.find(missing, "missing: the events say it exists")

    def end(self, scope: Scope) -> None:
        """Look for rows where none should stand."""
        stray = self._models.stray_wallet_snapshots(scope, self._every)
        if stray is not None:
            self._check.find(_place(stray[0]), "no event says so: the row was added")
            self._check.wrong += stray[1] - 1

    def _added_up(self) -> dict[WalletVersion, WalletSnapshotRow]:
        """Return the rows of the page with their totals."""
        page, self._page = self._page, []
        rows = {}
        for (row, _), since in zip(
            page, self._models.sums([span for _, span in page]), strict=True
        ):
            totals = sum_of(self._totals.get(row.wallet_version.wallet_id, {}), since)
            self._totals[row.wallet_version.wallet_id] = totals
            rows[row.wallet_version] = row._replace(totals=totals_text(totals))
        return rows


def _place(wallet: WalletVersion) -> Place:
    row = f"snapshot of wallet {wallet.owner} in {wallet.asset} at version {wallet.version}"
    return Place(wallet.org, row=row)
