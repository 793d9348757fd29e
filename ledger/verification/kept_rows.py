"""Checks of what is kept beside the events: balances rows, double entry, look-up tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.credits.ports import BalanceRow
from ledger.credits.postings import RECEIVABLE, asset_of, postings_of
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Archivable, Fact, LedgerAggregate
from ledger.kernel.context import Table
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.report import Check, Place, Report, compare
from ledger.kernel.snapshot import SnapshotRow, snapshot_of
from ledger.ports import DueRow, RecordedEvent
from ledger.registry import KINDS
from ledger.verification.declared_rows import DeclaredRows

_CREDITS, _HELD = "Liabilities:Credits:", "Liabilities:Held:"
_WITH_ROWS = tuple(kind for kind in KINDS.values() if kind.rows is not LedgerAggregate.rows)


class BooksInspection:
    """Folds every fact again and compares the result with the stored rows."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._folded = tuple(each.Event for each in KINDS.values() if _is_folded(each))
        self._aggregates: dict[str, LedgerAggregate] = {}
        self._sequences: dict[str, int] = {}
        self._broken: dict[str, str] = {}
        self._accounts: Counter[tuple[str, str, str]] = Counter()
        self._declared = DeclaredRows(report)

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Fold a fact."""
        if isinstance(fact, self._folded):
            self._fold(event, fact)
        if isinstance(fact, Wallet.Event):
            self._post(event, fact)
        self._declared.see(event, fact)

    def lose(self, event: RecordedEvent) -> None:
        """An event that could not be read: what it belongs to cannot be checked."""
        self._broken[f"{event.org}/{event.stream}"] = f"sequence {event.sequence} cannot be read"

    def compare_balances(self, stored: Iterable[BalanceRow]) -> None:
        """Compare the balances rows with the wallets, and their sums with the accounts."""
        right = {
            _wallet_place(row): row
            for wallet in self._of(Wallet)
            for row in [wallet.balance(self._sequences[wallet.id])]
        }
        rows = list(stored)
        named = ((f"{r.org}/wallet/{r.asset}/{r.owner}", _wallet_place(r), r) for r in rows)
        self._compare("balances", BalanceRow._fields, right, named)
        self._compare_accounts(rows)

    def compare_due(self, stored: Iterable[DueRow]) -> None:
        """Compare the moments with those that the aggregates declare."""
        moments = ((split_stream_id(each.id), each.due_us()) for each in self._of(LedgerAggregate))
        right = {
            _due_place(row): row
            for (org, stream), due_us in moments
            if due_us is not None
            for row in [DueRow(org, stream, due_us)]
        }
        named = ((stream_id(row.org, row.stream), _due_place(row), row) for row in stored)
        self._compare("due", DueRow._fields, right, named)

    def compare_snapshots(self, stored: Iterable[SnapshotRow]) -> None:
        """Compare the snapshots with what has ended. Whose is missing must have its events in the
        table, which is checked where archives are read."""
        rows = {_snapshot_place(row): row for row in stored}
        ended = (each for each in self._of(LedgerAggregate) if _has_left(each))
        made = {_snapshot_place(row): row for row in map(snapshot_of, ended)}
        right = {place: row for place, row in made.items() if place in rows}
        named = ((stream_id(row.org, row.stream), place, row) for place, row in rows.items())
        self._compare("snapshots", SnapshotRow._fields, right, named)

    def compare_table(self, table: Table, stored: Iterable[Mapping[str, Any]]) -> None:
        """Compare a look-up table with what aggregates and facts declare of it."""
        self._declared.compare(table, stored, self._of(_WITH_ROWS), self._broken)

    # -- folding -----------------------------------------------------------------------------

    def _fold(self, event: RecordedEvent, fact: Fact) -> None:
        aggregate_id = fact.originator_id
        self._sequences[aggregate_id] = event.sequence
        if aggregate_id in self._broken:
            return
        try:
            aggregate: Any = fact.mutate(self._aggregates.get(aggregate_id))
        except Exception as error:  # facts that were tampered with break in any way
            self._broken[aggregate_id] = f"sequence {event.sequence} does not follow: {error!r}"
            self._aggregates.pop(aggregate_id, None)
        else:
            self._aggregates[aggregate_id] = aggregate

    def _post(self, event: RecordedEvent, fact: Fact) -> None:
        check = self._report["postings"]
        check.checked += 1
        asset = asset_of(fact)
        total = 0
        for posting in postings_of(fact):
            self._accounts[event.org, asset, posting.account] += posting.amount
            total += posting.amount
        if total:
            place = Place(event.org, event.sequence, position=event.position)
            check.find(place, f"the postings sum to {total} {asset}, not to zero")

    # -- comparing ---------------------------------------------------------------------------

    def _of(self, kind: type[Any] | tuple[type[Any], ...]) -> list[Any]:
        """The aggregates of a kind that could be folded to the end."""
        return [
            each
            for name, each in self._aggregates.items()
            if isinstance(each, kind) and name not in self._broken
        ]

    def _compare(
        self,
        kind: str,
        columns: Sequence[str],
        right: Mapping[Place, Any],
        stored: Iterable[tuple[str, Place, Any]],
    ) -> None:
        """Compare rows, but those whose aggregate could not be folded: they are unchecked."""
        check = self._report[kind]
        comparable = []
        for name, place, row in stored:
            if name in self._broken:
                check.pass_over(f"{place}: {self._broken[name]}")
            else:
                comparable.append((place, row))
        for place in compare(check, columns, right, comparable):
            check.find(place, "missing: the events say it exists")

    def _compare_accounts(self, rows: Iterable[BalanceRow]) -> None:
        """What the postings add up to is what the rows hold, for each org and asset."""
        check = self._report["accounts"]
        if self._broken:
            check.pass_over("some wallets could not be folded.")
            return
        sums = {account: Counter[tuple[str, str]]() for account in (_CREDITS, _HELD, RECEIVABLE)}
        for row in rows:
            sums[_CREDITS][row.org, row.asset] += row.credits
            sums[_HELD][row.org, row.asset] += row.held
            sums[RECEIVABLE][row.org, row.asset] += row.debt
        for account, held in sums.items():
            _compare_sums(check, account, _folded(self._accounts, account), held)


def _is_folded(kind: type[LedgerAggregate]) -> bool:
    """Whether something is kept of it: rows, a balance, when time changes it, or how it ended."""
    base = LedgerAggregate
    declared = (kind.rows, kind.balance, kind.due_us) != (base.rows, base.balance, base.due_us)
    return declared or kind.ARCHIVABLE is Archivable.ENDED


def _folded(accounts: Mapping[tuple[str, str, str], int], prefix: str) -> Counter[tuple[str, str]]:
    """The sum of some accounts of each org and asset, as a positive number."""
    folded: Counter[tuple[str, str]] = Counter()
    for (org, asset, account), amount in accounts.items():
        if account.startswith(prefix):
            folded[org, asset] += amount if prefix == RECEIVABLE else -amount
    return folded


def _compare_sums(
    check: Check,
    account: str,
    folded: Mapping[tuple[str, str], int],
    rows: Mapping[tuple[str, str], int],
) -> None:
    for org, asset in sorted(folded.keys() | rows.keys()):
        check.checked += 1
        should, is_ = folded.get((org, asset), 0), rows.get((org, asset), 0)
        if should != is_:
            check.find(
                Place(org, row=f"{account} in {asset}"),
                f"the postings give {should}, the balances rows {is_}",
            )


def _wallet_place(row: BalanceRow) -> Place:
    return Place(row.org, row=f"wallet {row.owner} in {row.asset}")


def _has_left(aggregate: LedgerAggregate) -> bool:
    """Whether its events may have left, and a snapshot be in their place."""
    return aggregate.ARCHIVABLE is Archivable.ENDED and aggregate.has_ended


def _snapshot_place(row: SnapshotRow) -> Place:
    return Place(row.org, row=f"snapshot {row.stream}")


def _due_place(row: DueRow) -> Place:
    return Place(row.org, row=f"due {row.stream}")
