"""Follows an event store and holds every event to its laws: chain, replay, double entry, checks."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import msgspec
from eventsourcing.domain import CanInitAggregate

from api.commands.result import pending_fact_of
from ledger.credits.cap_book import CapBook
from ledger.credits.inspection.caps import CapInspection
from ledger.credits.losses import LOT_LOSSES, REVERSALS
from ledger.credits.postings import postings_of
from ledger.credits.transactions import transactions_of
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.rating.inspection.line_prices import RatingInspection
from ledger.tables import TABLES
from ledger.verification.declared_rows import DeclaredRows
from ledger.verification.keys import keys_of
from tests.properties.faults import FaultyEventStore
from tests.properties.tally import Tally

encode_state = msgspec.json.Encoder().encode


class Follower:
    """Folds positions from the first on; replays wallets from nothing but their events."""

    def __init__(self, event_store: FaultyEventStore) -> None:
        self._event_store = event_store
        self._position = 0
        self._ends: dict[str, tuple[int, bytes, int]] = {}
        self._balances: Counter[str] = Counter()
        self._report = Report()
        self._rating = RatingInspection(self._report)
        self._caps = CapInspection(self._report)
        self._declared = DeclaredRows(self._report)
        self._keys: dict[Key, KeyRow] = {}
        self.alerts: list[tuple[object, ...]] = []
        """What each alert says: cap, user, percent, what was spent, limit."""
        self.wallets: dict[str, Wallet] = {}
        self.accounts: Counter[str] = Counter()
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.numbers: dict[tuple[str, str], int] = {}
        """The place of a lot among those of its wallet."""

    def catch_up(self) -> None:
        """Take in what is new, then compare every touched wallet with its balances row."""
        touched = set()
        for event in self._event_store.select_positions(self._position, 1_000_000):
            assert event.position == self._position + 1
            self._position = event.position
            self._check_link(event)
            fact = pending_fact_of(event).fact
            self._inspect(event, fact)
            if event.stream.startswith("wallet/"):
                touched.add(fact.originator_id)
                self._fold(fact)
        for each in touched:
            self._check_wallet(each)
        if touched:
            self._check_accounts()

    def end(self) -> None:
        """Verification says the same as the event store: keys, prices, and what caps counted."""
        assert self._event_store.every_key() == self._keys
        self._caps.compare(self._event_store.every_counter())
        for table in (REVERSALS, LOT_LOSSES):
            self._declared.compare(TABLES[table], self._event_store.every_declared(table))
        self._rating.meters.compare(self._event_store.every_meter())
        assert self._report.exit_code == 0, self._report.as_dict()

    def _inspect(self, event: RecordedEvent, fact: Fact) -> None:
        self._rating.see(event, fact)
        self._caps.see(event, fact)
        if isinstance(fact, CapBook.AlertRaised):
            user = "".join(json.loads(fact.subject or "[]"))
            self.alerts.append((fact.cap, user, fact.percent, fact.spent, fact.limit))
        self._declared.see(event, fact)
        for row in keys_of(event, fact):
            assert row.key not in self._keys, f"{row.key} was used twice"
            self._keys[row.key] = row

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
            if posting.account.startswith("Expenses:"):
                assert self.accounts[posting.account] >= 0, f"{posting.account} of {fact}"
        for each in transactions_of(fact):
            self._balances[name] += each.amount
            assert each.balance_after == self._balances[name]

    def _tally(self, name: str, fact: Fact) -> None:
        tally = self.tallies[name]
        known = len(tally.lots)
        tally.take(fact)
        for number, lot in enumerate(list(tally.lots)[known:], known):
            self.numbers[name, lot] = number

    def _check_wallet(self, name: str) -> None:
        wallet = self.wallets[name]
        row = self._event_store.balance_rows([name])[name]
        assert row.state.encode() == encode_state(wallet.state()), "replay gives another state"
        assert row.version == wallet.version
        funds = wallet.funds
        assert (row.credits, row.held, row.debt) == (funds.credits, funds.held, funds.debt)
        assert funds.balance == self._balances[name]
        assert funds.held == sum(hold.amount for hold in funds.holds.values())
        self.tallies[name].check(wallet)

    def _check_accounts(self) -> None:
        """What the postings add up to is what the rows hold."""
        rows = self._event_store.balance_rows(self.wallets).values()
        for account, held in (
            ("Liabilities:Credits:", sum(row.credits for row in rows)),
            ("Liabilities:Held:", sum(row.held for row in rows)),
            ("Assets:Receivable", -sum(row.debt for row in rows)),
        ):
            folded = -sum(n for name, n in self.accounts.items() if name.startswith(account))
            assert folded == held, account
        assert sum(self.accounts.values()) == 0
