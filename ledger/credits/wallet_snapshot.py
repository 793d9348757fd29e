"""The wallet snapshot: a wallet as it was after so many events, from which a replay begins.

One stands at every multiple of `EVERY` of a wallet's versions. Each is made of the one before and
the events since, so whoever wants to know what was folds at most `EVERY` events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from ledger.credits.wallet import Wallet, decode_state
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import split_stream_id, wallet_id
from ledger.kernel.times import microseconds, moment

EVERY = 500
"""Events of a wallet between two of its snapshots."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode_sums = decoder(dict[str, tuple[str, int]])


class Movement(NamedTuple):
    """One kind of movement: its category, and whether it came in."""

    category: str
    is_in: bool


class Sum(NamedTuple):
    """What movements add up to, in smallest units, and how many they are."""

    amount: int
    times: int


Totals = Mapping[Movement, Sum]
"""What a wallet's transactions add up to; no kind of which there is none."""


class WalletVersion(NamedTuple):
    """A wallet after so many of its events."""

    org: str
    owner: str
    asset: str
    version: int

    @property
    def wallet_id(self) -> str:
        """The stream id of the wallet."""
        return wallet_id(self.org, self.owner, self.asset)


class WalletSnapshotRow(NamedTuple):
    """A wallet after its event with that version and sequence.

    `state` is all that it remembers, as JSON; `totals` what its transactions add up to.
    """

    org: str
    owner: str
    asset: str
    version: int
    sequence: int
    recorded_us: int
    totals: str
    state: str

    @property
    def wallet_version(self) -> WalletVersion:
        """Whose it is, and when."""
        return WalletVersion(*self[:4])


def snapshot_row(wallet: LedgerAggregate, sequence: int, totals: Totals) -> WalletSnapshotRow:
    """Return the row of a wallet as it is after its event with that sequence."""
    assert isinstance(wallet, Wallet)
    org, _ = split_stream_id(wallet.id)
    return WalletSnapshotRow(
        org,
        wallet.owner,
        wallet.asset,
        wallet.version,
        sequence,
        microseconds(wallet.modified_on),
        totals_text(totals),
        wallet.stored_state(),
    )


def restored_wallet(row: WalletSnapshotRow) -> Wallet:
    """Return the wallet as a row remembers it."""
    at, state = moment(row.recorded_us), decode_state(row.state)
    return Wallet.restore(row.wallet_version.wallet_id, row.version, at, state)


def totals_of(text: str) -> Totals:
    """Return totals from their stored form."""
    sums = _decode_sums(text)
    return {
        Movement(name[:-1], name.endswith("+")): Sum(int(amount), times)
        for name, (amount, times) in sums.items()
    }


def totals_text(totals: Totals) -> str:
    """Return the stored form of totals: by category with a sign, the amount as a text (it may be
    larger than any one) and the number of times."""
    signs = {False: "-", True: "+"}
    sums = {
        f"{kind.category}{signs[kind.is_in]}": (str(each.amount), each.times)
        for kind, each in totals.items()
    }
    return _encode(sums).decode()


def sum_of(*parts: Totals) -> Totals:
    """Return what several totals add up to."""
    sums: dict[Movement, Sum] = {}
    for kind, each in (moved for part in parts for moved in part.items()):
        known = sums.get(kind, Sum(0, 0))
        sums[kind] = Sum(known.amount + each.amount, known.times + each.times)
    return {kind: each for kind, each in sums.items() if each.times}


def difference_of(more: Totals, less: Totals) -> Totals:
    """Return what is in the first totals and not in the second."""
    taken = {kind: Sum(-each.amount, -each.times) for kind, each in less.items()}
    return sum_of(more, taken)


def balance_of(totals: Totals) -> int:
    """Return the balance that movements lead to: each moves it by its amount, and nothing else
    does."""
    return sum(each.amount if kind.is_in else -each.amount for kind, each in totals.items())
