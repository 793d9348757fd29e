"""Follows a journal and holds every event to the laws: chain, replay, double entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import msgspec
from eventsourcing.domain import CanInitAggregate

from adapters.memory.journal import MemoryJournal
from api.commands.books import recording_of
from ledger.audit.chain import GENESIS, Entry, link_hash
from ledger.credits.postings import postings_of
from ledger.credits.transactions import transactions_of
from ledger.credits.wallet import Wallet
from ledger.kernel.events import Fact
from ledger.ports import RecordedEvent

encode_state = msgspec.json.Encoder().encode


@dataclass
class LotTally:
    """Where the credits of a lot went."""

    granted: int = 0
    spent: int = 0
    expired: int = 0
    repaid: int = 0


class Follower:
    """Folds positions from the first on; replays wallets from nothing but their events."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal
        self._position = 0
        self._ends: dict[str, tuple[int, bytes, int]] = {}
        self.wallets: dict[str, Wallet] = {}
        self.accounts: Counter[str] = Counter()
        self.lots: dict[str, dict[str, LotTally]] = defaultdict(lambda: defaultdict(LotTally))
        self.debts: Counter[str] = Counter()
        self._balances: Counter[str] = Counter()

    def catch_up(self) -> None:
        """Take in what is new, then compare every touched wallet with its balances row."""
        touched = set()
        for event in self._journal.select_positions(self._position, 1_000_000):
            assert event.position == self._position + 1
            self._position = event.position
            self._check_link(event)
            fact = recording_of(event).fact
            if event.stream.startswith("wallet/"):
                touched.add(fact.originator_id)
                self._fold(fact)
        for each in touched:
            self._check_wallet(each)
        if touched:
            self._check_accounts()

    def _check_link(self, event: RecordedEvent) -> None:
        sequence, previous, recorded_us = self._ends.get(event.org, (0, GENESIS, 0))
        entry = Entry(event.org, event.stream, *event[4:10])
        assert event.sequence == sequence + 1
        assert event.recorded_us >= recorded_us, "recorded time ran backwards"
        assert event.hash == link_hash(entry, event.sequence, previous)
        self._ends[event.org] = (event.sequence, event.hash, event.recorded_us)

    def _fold(self, fact: Fact) -> None:
        name = fact.originator_id
        if isinstance(fact, CanInitAggregate):
            wallet = fact.mutate(None)
        else:
            wallet = fact.mutate(self.wallets[name])
        assert isinstance(wallet, Wallet)
        self.wallets[name] = wallet
        self._tally(name, fact)
        postings = postings_of(fact)
        assert sum(posting.amount for posting in postings) == 0
        for posting in postings:
            self.accounts[posting.account] += posting.amount
        for each in transactions_of(fact):
            self._balances[name] += each.amount
            assert each.balance_after == self._balances[name]

    def _tally(self, name: str, fact: Fact) -> None:
        lots = self.lots[name]
        if isinstance(fact, Wallet.CreditsDeposited | Wallet.CreditsGranted):
            lots[fact.lot.id].granted += fact.lot.amount
            lots[fact.lot.id].repaid += fact.repaid
            self.debts[name] -= fact.repaid
        elif isinstance(fact, Wallet.UsageRecorded):
            for line in fact.lines:
                assert sum(part.amount for part in line.lots) + line.debt == line.amount
                self.debts[name] += line.debt
                for part in line.lots:
                    lots[part.lot].spent += part.amount
        elif isinstance(fact, Wallet.LotsExpired):
            for part in fact.lots:
                lots[part.lot].expired += part.amount
        elif isinstance(fact, Wallet.CreditsTookEffect):
            for part in fact.repaid:
                lots[part.lot].repaid += part.amount
                self.debts[name] -= part.amount

    def _check_wallet(self, name: str) -> None:
        wallet = self.wallets[name]
        row = self._journal.balance_rows([name])[name]
        assert row.state.encode() == encode_state(wallet.state()), "replay gives another state"
        assert row.version == wallet.version
        left = {lot.terms.id: lot.left for lot in wallet.funds.lots}
        assert (row.credits, row.debt) == (sum(left.values()), self.debts[name])
        assert row.credits - row.debt == self._balances[name]
        for lot, tally in self.lots[name].items():
            gone = tally.spent + tally.expired + tally.repaid
            assert tally.granted == gone + left.get(lot, 0), f"lot {lot} is not conserved"

    def _check_accounts(self) -> None:
        rows = self._journal.balance_rows(self.wallets).values()
        owed = -sum(n for name, n in self.accounts.items() if name.startswith("Liabilities:"))
        assert owed == sum(row.credits for row in rows)
        assert self.accounts["Assets:Receivable"] == sum(row.debt for row in rows)
        assert sum(self.accounts.values()) == 0
