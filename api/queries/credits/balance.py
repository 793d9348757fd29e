"""Balances, read-your-writes: from the row that is written with each event of the wallet."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader
from ledger.credits.balance import Balance, balance_at
from ledger.credits.funds import Funds


class Wallets(msgspec.Struct, frozen=True):
    """An owner's balances by asset, as of a sequence of the org."""

    owner: str
    as_of_sequence: int
    balances: dict[str, Balance]
    suspended: frozenset[str]
    """The assets whose wallet is suspended."""

    def of(self, asset: str) -> Balance:
        """Return one asset's balance; one never written is zero."""
        return self.balances.get(asset) or balance_at(Funds(), 0)


class _State(msgspec.Struct):
    """The part of a wallet's remembered state that a balance is made of."""

    funds: Funds
    suspended: bool = False


_decode = msgspec.json.Decoder(_State).decode


async def wallets(
    reader: Reader, org: str, owner: str, asset: str | None, clock_us: int
) -> Wallets:
    """Return the balances of an owner now; what has fallen due since the last event is taken
    off."""
    rows = await reader.at_once("credits/balance", {"org": org, "owner": owner, "asset": asset})
    now_us = max(clock_us, rows[0]["recorded_us"] or 0)
    states = {row["asset"]: _decode(row["state"]) for row in rows if row["asset"] is not None}
    balances = {asset: balance_at(state.funds, now_us) for asset, state in states.items()}
    suspended = frozenset(asset for asset, state in states.items() if state.suspended)
    return Wallets(owner, rows[0]["sequence"], balances, suspended)
