"""Balances, read-your-writes: from the row that is written with each event of the wallet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from api.queries.gathered import Gathered
from api.queries.reader import Reader, Row
from ledger.credits.balance import Balance, balance_at
from ledger.credits.funds import Funds
from ledger.credits.wallet_base import is_suspended
from ledger.kernel.decoding import converted, decoder
from ledger.subscriptions.subscription_base import SubscriptionState


class Wallets(msgspec.Struct, frozen=True):
    """An owner's balances by asset, as of a sequence of the org."""

    owner: str
    as_of_sequence: int
    balances: dict[str, Balance]
    suspended: frozenset[str]
    """The assets whose wallet is suspended."""

    subscription: SubscriptionState | None = None
    """What the owner holds of a plan now."""

    def of(self, asset: str) -> Balance:
        """Return one asset's balance; one never written is zero."""
        return self.balances.get(asset) or balance_at(Funds(), 0)


class _State(msgspec.Struct):
    """The part of a wallet's remembered state that a balance is made of."""

    funds: Funds
    suspended: bool = False
    disputes: list[str] = []
    credit_line: int = 0

    @property
    def is_suspended(self) -> bool:
        """Whether anything suspends the wallet."""
        return is_suspended(self.suspended, self.disputes, self.funds)


_decode = decoder(_State)


class _Question(NamedTuple):
    org: str
    owner: str
    asset: str | None


class Balances:
    """Balances now: what has fallen due since the last event of a wallet is taken off."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rows: Gathered[_Question, list[Row]] = Gathered(self._ask, reader.limit_s)

    async def of(self, org: str, owner: str, asset: str | None, clock_us: int) -> Wallets:
        """Return the balances of an owner, in one asset or in all."""
        rows = await self._rows.of(_Question(org, owner, asset))
        now_us = max(clock_us, rows[0]["recorded_us"] or 0)
        states = {row["asset"]: _decode(row["state"]) for row in rows if row["asset"] is not None}
        balances = {
            asset: balance_at(state.funds, now_us, state.credit_line)
            for asset, state in states.items()
        }
        suspended = frozenset(asset for asset, state in states.items() if state.is_suspended)
        held = rows[0]["subscription"]
        subscription = None if held is None else converted(held, SubscriptionState)
        return Wallets(owner, rows[0]["sequence"], balances, suspended, subscription)

    async def _ask(self, questions: Sequence[_Question]) -> Mapping[_Question, list[Row]]:
        """Return the rows of each question; a row says whose it is."""
        orgs, owners, assets = map(list, zip(*questions, strict=True))
        asked = {"orgs": orgs, "owners": owners, "assets": assets}
        found: dict[_Question, list[Row]] = {each: [] for each in questions}
        for row in await self._reader.at_once("credits/balance", asked):
            found[_Question(row["org"], row["owner"], row["asked"])].append(row)
        return found
