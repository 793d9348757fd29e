"""Wallet snapshots: states of long streams, kept in memory on the way through them: where a later
replay begins.

The past does not change, so what was folded once stays right for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import NamedTuple

import msgspec

from api.bounded import Bounded
from ledger.credits.wallet import Wallet, WalletState

EVERY = 2_000
"""Events between two snapshots of a stream."""

STREAMS_MAX = 200
SNAPSHOTS_MAX = 500
"""Of one stream; beyond them a replay begins at the last."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(WalletState).decode


class _Snapshot(NamedTuple):
    sequence: int
    version: int
    at: datetime
    state: bytes


class WalletSnapshots:
    """The snapshots of recently replayed streams."""

    def __init__(self, every: int = EVERY) -> None:
        self._every = every
        self._streams: Bounded[str, list[_Snapshot]] = Bounded(STREAMS_MAX)

    def nearest(self, aggregate_id: str, until: int) -> Wallet | None:
        """Return a copy of the wallet as it was at or before a sequence, if there is a landmark."""
        known = self._streams.get(aggregate_id) or []
        place = bisect_right(known, until, key=lambda each: each.sequence)
        if place == 0:
            return None
        _, version, at, state = known[place - 1]
        return Wallet.restore(aggregate_id, version, at, _decode(state))

    def pass_by(self, wallet: Wallet, sequence: int) -> None:
        """Pass an event of a replay: remember it if the last snapshot is far behind."""
        known = self._streams.get(wallet.id) or []
        last = known[-1].version if known else 0
        if wallet.version >= last + self._every and len(known) < SNAPSHOTS_MAX:
            state = _encode(wallet.state())
            known = [*known, _Snapshot(sequence, wallet.version, wallet.modified_on, state)]
            self._streams.put(wallet.id, known)
