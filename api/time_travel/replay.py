"""Replay: wallets folded again from their events, as they were at any moment of the past.

It begins at the last snapshot of the wallet before that moment, so that a long stream costs no more
than a short one. Only the events of the wallet's own stream are read, in pages by version, and
folded beside the event loop. Nothing here looks at a balances row but for the names of wallets, and
how far they have come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import cast

from api.queries.as_of import Moment, archived
from api.queries.credits.balance import Wallets
from api.queries.reader import Reader, Row
from ledger.credits.balance import balance_at
from ledger.credits.wallet import Wallet
from ledger.credits.wallet_snapshot import (
    EVERY,
    WalletSnapshotRow,
    WalletVersion,
    restored_wallet,
)
from ledger.kernel.ids import split_stream_id
from ledger.replay import Move, moved_on
from ledger.replay import Replay as FastReplay

PAGE_EVENTS = EVERY
PAGE_BYTES = 2_000_000
"""Bodies read at once, in bytes: an event may hold a thousand usage lines."""

PAGE_WALLETS = 500


class Replay:
    """Reads what was."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def wallets(self, org: str, owner: str, asset: str | None, moment: Moment) -> Wallets:
        """Return an owner's balances at a moment, in the form in which they are answered now."""
        found = [each async for each in self.all_wallets(org, owner, asset, moment)]
        return Wallets(
            owner,
            moment.sequence,
            {each.asset: balance_at(each.funds, moment.at_us, each.credit_line) for each in found},
            frozenset(each.asset for each in found if each.is_suspended),
        )

    async def all_wallets(
        self, org: str, owner: str | None, asset: str | None, moment: Moment
    ) -> AsyncIterator[Wallet]:
        """Yield the wallets that were open at a moment, of one owner and asset or of all, by
        name."""
        async for now in self._now(org, owner, asset):
            wallet = await self._fold(now, moment.sequence)
            if wallet is not None:
                yield wallet

    async def _now(
        self, org: str, owner: str | None, asset: str | None
    ) -> AsyncIterator[WalletVersion]:
        """Yield the wallets that there are, and the versions that they have come to."""
        last = WalletVersion(org, "", "", 0)
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
                last = WalletVersion(org, **row)
                yield last
            if len(rows) < PAGE_WALLETS:
                return

    async def _fold(self, now: WalletVersion, until: int) -> Wallet | None:
        """Return a wallet after the events up to a sequence; None before its first."""
        _, stream = split_stream_id(now.wallet_id)
        wallet = await self._snapshot(now, until)
        while True:
            after = wallet.version if wallet is not None else 0
            page = {"after": after, "limit": PAGE_EVENTS, "bytes": PAGE_BYTES}
            parameters = {"org": now.org, "stream": stream, **page}
            rows = await self._reader.rows(now.org, "credits/wallet_moves", parameters)
            if rows[0]["version"] != after + 1 if rows else now.version > after:
                raise archived()
            past = [row for row in rows if row["sequence"] <= until]
            wallet = await asyncio.to_thread(_moved, now, wallet, past)
            if len(past) < len(rows) or not rows:
                return wallet

    async def _snapshot(self, now: WalletVersion, until: int) -> Wallet | None:
        """Return a wallet as its last snapshot up to a sequence has it."""
        place = {"org": now.org, "owner": now.owner, "asset": now.asset, "until": until}
        row = await self._reader.row(now.org, "credits/wallet_snapshot", place)
        if row is None:
            return None
        return await asyncio.to_thread(restored_wallet, WalletSnapshotRow(**row))


def wallets_at(moves: Iterable[Move]) -> list[Wallet]:
    """Return every wallet that the moves of an org's wallets open, by name."""
    replay = FastReplay()
    for move in moves:
        replay.apply(move)
    wallets = [each for each in replay.aggregates.values() if isinstance(each, Wallet)]
    return sorted(wallets, key=lambda each: (each.owner, each.asset))


def _moved(now: WalletVersion, wallet: Wallet | None, rows: Sequence[Row]) -> Wallet | None:
    """Return a wallet after what moves it."""
    name = now.wallet_id
    moves = (
        Move(name, row["type"], row["version"], row["recorded_us"], row["body"]) for row in rows
    )
    return cast("Wallet | None", moved_on(name, wallet, moves))
