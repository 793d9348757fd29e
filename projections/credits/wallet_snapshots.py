"""Wallet snapshots: each wallet as it was after every so many events, kept by a follower.

A snapshot is made of the one before it and the events since, so each event is folded once, and
only those of wallets that have many. One that cannot be made, as those events are archived or do
not follow, is left out, and so are those after it; verification says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger.credits.wallet_snapshot import (
    EVERY,
    Totals,
    WalletSnapshotRow,
    WalletVersion,
    restored_wallet,
    snapshot_row,
    sum_of,
    totals_of,
)
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import WALLETS, stream_id, wallet_names
from ledger.ports import RecordedEvent
from ledger.replay import Move, moved_on
from ledger.verification.evidence import Scope
from projections.engine import Lingering
from projections.ports import P, Progress, ProjectionStore

PAGE_POSITIONS = 20_000
LINGER_S = 1.0
"""Nobody waits for a snapshot, as a replay begins at the one before: pages are few and large, and
after one that was not full the next comes so much later."""


class WalletSpan(NamedTuple):
    """What a wallet did after one sequence of its org, up to and including another."""

    org: str
    owner: str
    asset: str
    after: int
    until: int


class WalletSnapshotStore(ProjectionStore, Protocol):
    """The wallet snapshots in the store itself.

    Its pages are of the events after which a snapshot stands, and of the last event of each page,
    whatever it is. They do not go beyond the read model `transactions`, of which totals are made.
    """

    def wallet_snapshots(self, places: Sequence[WalletVersion]) -> list[WalletSnapshotRow]:
        """Return the rows of wallets and versions that have one."""

    def moves(self, after: WalletVersion, until: int) -> Iterator[Move]:
        """Yield what moves a wallet after a version, up to and including another."""

    def sums(self, spans: Sequence[WalletSpan]) -> list[Totals]:
        """Return what the transactions of each span add up to."""

    def parked_elsewhere(self) -> list[str]:
        """Return the orgs whose transactions are set aside."""

    def apply(self, before: P, until: int, rows: Sequence[WalletSnapshotRow]) -> P:
        """Write rows and move the position, whole or not at all. Raises Superseded."""


class WalletSnapshotRows(Protocol):
    """The wallet snapshots as verification reads them, at one moment of the store."""

    def projected(self, name: str) -> Mapping[int, int]:
        """Return the position of a follower in each shard that it follows."""

    def parked(self, name: str) -> Mapping[str, int]:
        """Return the orgs that a follower has set aside, and the last sequence applied of each."""

    def wallet_snapshots(self, places: Sequence[WalletVersion]) -> list[WalletSnapshotRow]:
        """Return the rows of wallets and versions that have one."""

    def sums(self, spans: Sequence[WalletSpan]) -> list[Totals]:
        """Return what the transactions of each span add up to."""

    def stray_wallet_snapshots(self, scope: Scope, every: int) -> tuple[WalletVersion, int] | None:
        """Return the first row that stands beside those of every so many versions, or of a version
        that its wallet has not come to, and how many there are."""


class Unfounded(LedgerError):
    """A snapshot of which the totals are not known yet."""

    code = "unfounded"


class Place(NamedTuple):
    """Where a snapshot stands: after a wallet's event of that version and sequence."""

    wallet: WalletVersion
    sequence: int

    def before(self, every: int) -> WalletVersion:
        """Return the version of the snapshot before it; 0 where there is none."""
        return self.wallet._replace(version=self.wallet.version - every)


class WalletSnapshots(Lingering):
    """Folds wallets from snapshot to snapshot, and writes each page with its position."""

    name = "wallet_snapshots"

    def __init__(
        self, store: WalletSnapshotStore, *, linger_s: float | None = None, every: int = EVERY
    ) -> None:
        self.store = self._rows = store
        self._linger_s = LINGER_S if linger_s is None else linger_s
        self._every = every

    def take(self, at: P, until: int, events: Sequence[RecordedEvent]) -> P:
        if isinstance(at, Progress) and until - at.position < PAGE_POSITIONS:
            self.rest(self._linger_s)
        places = [place_of(event) for event in events if has_snapshot(event, self._every)]
        if places and not {place.wallet.org for place in places}.isdisjoint(
            self._rows.parked_elsewhere()
        ):
            raise Unfounded("the transactions that its totals are made of are set aside.")
        return self._rows.apply(at, until, self._made(places) if places else [])

    def _made(self, places: Sequence[Place]) -> list[WalletSnapshotRow]:
        """Return the snapshots at these places, in order."""
        before = self._rows.wallet_snapshots([each.before(self._every) for each in places])
        rows = {row.wallet_version: row for row in before}
        made = []
        for place in places:
            base = rows.get(place.before(self._every))
            wallet = self._folded(place, base)
            if wallet is not None:
                totals = self._totals(place, base)
                rows[place.wallet] = snapshot_row(wallet, place.sequence, totals)
                made.append(rows[place.wallet])
        return made

    def _folded(self, place: Place, base: WalletSnapshotRow | None) -> LedgerAggregate | None:
        """Return a wallet after the events since the snapshot before; None if they do not lead
        there."""
        before, until = place.before(self._every), place.wallet
        if base is None and before.version:
            return None
        begun = restored_wallet(base) if base else None
        try:
            moves = self._rows.moves(before, until.version)
            wallet = moved_on(until.wallet_id, begun, moves)
        except LedgerError:
            raise
        except Exception:  # what does not follow breaks in any way
            return None
        return wallet if wallet is not None and wallet.version == until.version else None

    def _totals(self, place: Place, base: WalletSnapshotRow | None) -> Totals:
        span = WalletSpan(*place.wallet[:3], base.sequence if base else 0, place.sequence)
        (since,) = self._rows.sums([span])
        return sum_of(totals_of(base.totals), since) if base else since


def has_snapshot(event: RecordedEvent, every: int = EVERY) -> bool:
    """Tell whether a snapshot stands after an event."""
    return event.version % every == 0 and event.stream.startswith(WALLETS)


def place_of(event: RecordedEvent) -> Place:
    """Return where the snapshot after an event of a wallet stands."""
    owner, asset = wallet_names(stream_id(event.org, event.stream))
    return Place(WalletVersion(event.org, owner, asset, event.version), event.sequence)
