"""Replay: wallets folded again from their events, as they were at any moment of the past.

Only the events of the wallet's own stream are read, in pages by version, and folded beside the
event loop; a long stream is gone through from its start only once. Nothing here looks at a balances
row but for the names of wallets.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple, cast

from api.queries.as_of import Moment, archived
from api.queries.credits.balance import Wallets
from api.queries.reader import Reader
from api.time_travel.wallet_snapshots import WalletSnapshots
from ledger.credits.balance import balance_at
from ledger.credits.wallet import Wallet
from ledger.kernel.ids import split_stream_id, wallet_id
from ledger.ports import RecordedEvent
from ledger.replay import Move, move_of
from ledger.replay import Replay as FastReplay

PAGE_EVENTS = 200
PAGE_BYTES = 500_000
"""Bodies read at once, in bytes: an event may hold a thousand usage lines."""

PAGE_WALLETS = 500


class WalletName(NamedTuple):
    """A wallet of an org."""

    owner: str
    asset: str


class Replay:
    """Answers what was."""

    def __init__(self, reader: Reader, snapshots: WalletSnapshots | None = None) -> None:
        self._reader = reader
        self._snapshots = snapshots or WalletSnapshots()

    async def wallets(self, org: str, owner: str, asset: str | None, moment: Moment) -> Wallets:
        """Return an owner's balances at a moment, in the form in which they are answered now."""
        found = [each async for each in self.all_wallets(org, owner, asset, moment)]
        return Wallets(
            owner,
            moment.sequence,
            {each.asset: balance_at(each.funds, moment.at_us) for each in found},
            frozenset(each.asset for each in found if each.suspended),
        )

    async def all_wallets(
        self, org: str, owner: str | None, asset: str | None, moment: Moment
    ) -> AsyncIterator[Wallet]:
        """Yield the wallets that were open at a moment, of one owner and asset or of all, by
        name."""
        async for name in self._names(org, owner, asset):
            wallet = await self._fold(wallet_id(org, name.owner, name.asset), moment.sequence)
            if wallet is not None:
                yield wallet

    async def _names(
        self, org: str, owner: str | None, asset: str | None
    ) -> AsyncIterator[WalletName]:
        last = WalletName("", "")
        while True:
            parameters = {
                "org": org,
                "owner": owner,
                "asset": asset,
                "after_owner": last.owner,
                "after_asset": last.asset,
                "limit": PAGE_WALLETS,
            }
            rows = await self._reader.rows(org, "credits/wallets", parameters)
            for row in rows:
                last = WalletName(row["owner"], row["asset"])
                yield last
            if len(rows) < PAGE_WALLETS:
                return

    async def _fold(self, aggregate_id: str, until: int) -> Wallet | None:
        """Return a wallet after the events up to a sequence; None before its first."""
        org, stream = split_stream_id(aggregate_id)
        wallet = self._snapshots.nearest(aggregate_id, until)
        while True:
            after = wallet.version if wallet is not None else 0
            page = {"after": after, "limit": PAGE_EVENTS, "bytes": PAGE_BYTES}
            parameters = {"org": org, "stream": stream, **page}
            rows = await self._reader.rows(org, "stream_events", parameters)
            if [row["version"] for row in rows[:1]] != [after + 1] and (rows or not after):
                raise archived()
            past = [RecordedEvent(**row) for row in rows if row["sequence"] <= until]
            wallet = await asyncio.to_thread(_mutate, aggregate_id, wallet, past)
            if wallet is not None and past:
                self._snapshots.pass_by(wallet, past[-1].sequence)
            if len(past) < len(rows) or not rows:
                return wallet


def wallets_at(moves: Iterable[Move]) -> list[Wallet]:
    """Return every wallet that the moves of an org's wallets open, by name."""
    replay = FastReplay()
    for move in moves:
        replay.apply(move)
    wallets = [each for each in replay.aggregates.values() if isinstance(each, Wallet)]
    return sorted(wallets, key=lambda each: (each.owner, each.asset))


def _mutate(
    aggregate_id: str, wallet: Wallet | None, events: Sequence[RecordedEvent]
) -> Wallet | None:
    replay = FastReplay({} if wallet is None else {aggregate_id: wallet})
    for event in events:
        replay.apply(move_of(event))
    return cast("Wallet | None", replay.aggregates.get(aggregate_id))
