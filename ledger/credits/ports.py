"""The rows that wallets and caps are decided from, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from ledger.credits.caps import CounterKey


class BalanceRow(NamedTuple):
    """A wallet after a commit; `state` is its full state as JSON."""

    org: str
    owner: str
    asset: str
    version: int
    sequence: int
    credits: int
    held: int
    debt: int
    state: str


class CounterRow(NamedTuple):
    """What a spend cap has counted in one day or month; see `ledger/credits/caps.py`."""

    org: str
    cap: str
    subject: str
    bucket_us: int
    spent: int
    held: int
    alerted: str


class ReversedRow(NamedTuple):
    """How much of a transaction is reversed, up to the event with that sequence."""

    org: str
    original: str
    amount: int
    sequence: int


class LotLossRow(NamedTuple):
    """What a lot has lost other than by use, up to the event with that sequence.

    See `ledger/credits/losses.py`.
    """

    org: str
    owner: str
    asset: str
    lot: str
    expired: int
    withdrawn: int
    sent: int
    owed: int
    sequence: int


class LotName(NamedTuple):
    """A lot of a wallet."""

    org: str
    owner: str
    asset: str
    lot: str


class CreditRows(Protocol):
    """Rows of balances, counters, reversals and losses, read by the one thread that decides."""

    def balance_rows(self, wallet_ids: Iterable[str]) -> dict[str, BalanceRow]:
        """The balances rows of wallets that have one, by stream id."""

    def counter_rows(self, keys: Iterable[CounterKey]) -> list[CounterRow]:
        """The counters of spend caps that have counted something."""

    def reversed_rows(self, org: str, originals: Iterable[str]) -> list[ReversedRow]:
        """How much of transactions is reversed, of those of which something is."""

    def loss_rows(self, lots: Iterable[LotName]) -> list[LotLossRow]:
        """What lots have lost, of those that have lost something."""


class WalletOwners(Protocol):
    """Who has a wallet, asked by the scheduler. Raises Unavailable as `DueWork`."""

    def owners_after(self, org: str, owner: str, limit: int) -> list[str]:
        """Users of an org with a wallet in credits, in order, after one."""


class KeptCredits(Protocol):
    """What verification reads of credits, at one moment of the store."""

    def balances(self) -> Iterable[BalanceRow]:
        """Every balances row."""

    def counters(self) -> Iterable[CounterRow]:
        """What spend caps have counted."""
