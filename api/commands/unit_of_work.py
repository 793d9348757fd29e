"""The unit of work: aggregates in memory, and what the commands of one group do to them.

Used by one thread. A command that is refused leaves no trace; a group that fails to commit evicts
every aggregate it touched.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec
from eventsourcing.application import AggregateNotFoundError

from api.bounded import Bounded
from api.commands.application import Ledger
from api.commands.counters import Counters
from api.commands.credits.cap_counters import CapCounters
from api.commands.credits.originals import Originals
from api.commands.in_flight import InFlightGroup, Overtaken
from api.commands.result import CommandResult, PendingFact, pending_fact_of
from api.commands.used_keys import UsedKeys, archived
from ledger.credits.cap_book import CAPS_STREAM, CapBook
from ledger.credits.cap_entries import entries_of, is_counted
from ledger.credits.caps import Cap
from ledger.credits.ports import BalanceRow
from ledger.credits.wallet import Wallet, WalletState
from ledger.kernel.actor import Actor
from ledger.kernel.aggregate import Fact, LedgerAggregate
from ledger.kernel.chain import EMPTY, Head
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import PLATFORM, split_stream_id, stream_id, wallet_id
from ledger.kernel.texts import Text
from ledger.kernel.times import moment
from ledger.ports import Key
from ledger.rating.card import CARD_STREAM, RateCard
from ledger.rating.months import MeterKey
from ledger.tenancy.org import Org, org_id

AGGREGATES_MAX = 200_000
"""Aggregates kept in memory; the least recently used leave first."""

INTRODUCED_MAX = 100_000
"""Origins remembered as stored; one that is forgotten is stored again, which changes nothing."""

_decode_state = msgspec.json.Decoder(WalletState).decode
A = TypeVar("A", bound=LedgerAggregate)


class _Assumed(NamedTuple):
    """What a group was begun with without asking: orgs nobody else has written to, new keys."""

    orgs: list[str]
    keys: list[Key]


class UnitOfWork:
    """Aggregates as of the heads, the group being decided, and the one in flight, if any."""

    def __init__(self, ledger: Ledger, aggregates_max: int = AGGREGATES_MAX) -> None:
        self._ledger = ledger
        self._aggregates: OrderedDict[str, LedgerAggregate | None] = OrderedDict()  # None: absent
        self._aggregates_max = aggregates_max
        self._introduced: Bounded[tuple[str, str], bool] = Bounded(INTRODUCED_MAX)
        self.keys = UsedKeys(ledger.event_store)
        self.counters = CapCounters(ledger.event_store)
        self.originals = Originals(ledger, self.in_doubt)
        self.meters: Counters[MeterKey, int] = Counters(ledger.event_store.meters_used, int)
        self._beside = (self.keys, self.counters, self.meters)
        self.heads: dict[str, Head] = {}
        self._in_flight: InFlightGroup | None = None
        self._begin()

    def _begin(self) -> None:
        for each in self._beside:
            each.begin()
        self.pending_facts: list[PendingFact] = []
        self.texts: list[tuple[str, Text]] = []
        self._introducing: set[tuple[str, str]] = set()
        self.touched: dict[str, LedgerAggregate] = {}
        self._nows: dict[str, datetime] = {}
        self._clock_us = 0
        self._cards: dict[str, list[RateCard]] = {}
        self._orgs: dict[str, Org] = {}
        self._cap_books: dict[str, CapBook | None] = {}
        self._earlier_caps: dict[tuple[str, int], list[Cap]] = {}
        self._assumed: _Assumed | None = None

    # -- a group -----------------------------------------------------------------------------

    def open(
        self, orgs: Iterable[str], keys: Iterable[Key], clock_us: int, *, optimistic: bool = False
    ) -> None:
        """Begin a group: catch up with other processes and find the keys known already.

        `optimistic` that nobody else has written and the keys are new, it asks for neither, and
        `is_confirmed` must be, too: whatever was not so is refused by the commit or found there.
        """
        self._begin()
        self._clock_us = clock_us
        orgs = sorted({*orgs, PLATFORM})
        if optimistic and self.heads.keys() >= set(orgs):
            self._assumed = _Assumed(orgs, list(keys))
            return
        heads, known = self._ledger.event_store.look_up(orgs, keys)
        for org in orgs:
            self._catch_up(org, heads.get(org, EMPTY))
        self.keys.know(known)

    def heads_assumed(self) -> dict[str, Head]:
        """The heads trusted in: they must still be there."""
        return {org: self.heads[org] for org in (self._assumed.orgs if self._assumed else ())}

    def is_confirmed(self) -> bool:
        """Whether that holds which `open` has trusted in and no commit would refuse: keys that
        nothing claims, as what came with them was refused, are new unless we remember them; and
        when nothing is recorded, heads are where we think."""
        if self._assumed is None:
            return True
        orgs, keys = self._assumed
        keys = [key for key in keys if not self.keys.remembers(key)]
        if self.pending_facts and not keys:
            return True
        heads, known = self._ledger.event_store.look_up(orgs, keys)
        return not known and all(self._is_expected(org, heads.get(org, EMPTY)) for org in orgs)

    def fetch(self, wallet_ids: Iterable[str]) -> None:
        """Have wallets in memory that the group will need, with one question to the store."""
        unseen = [each for each in dict.fromkeys(wallet_ids) if not self._is_in_memory(each)]
        if unseen:
            rows = self._ledger.event_store.balance_rows(unseen)
            for aggregate_id in unseen:
                row = rows.get(aggregate_id)
                self._aggregates[aggregate_id] = row and restore_wallet(aggregate_id, row)

    def fail(self) -> None:
        """Forget what the group did: its aggregates are not as the store has them."""
        self._evict(self.touched)
        self.counters.fail()
        self.meters.fail()
        self._begin()

    def keep(self, heads: Mapping[str, Head]) -> None:
        """The group committed: what it did is true now."""
        self._adopt(heads)
        self.keys.keep()

    def _adopt(self, heads: Mapping[str, Head]) -> None:
        self.heads.update(heads)
        for aggregate_id, aggregate in self.touched.items():
            self._aggregates[aggregate_id] = aggregate
            self._aggregates.move_to_end(aggregate_id)
        while len(self._aggregates) > self._aggregates_max:
            self._aggregates.popitem(last=False)
        for place in self._introducing:
            self._introduced.put(place, True)

    # -- a group in flight -----------------------------------------------------------------------

    def commit_started(self, before: Mapping[str, Head], after: Mapping[str, Head]) -> None:
        """The group is being committed: the next is decided as if it had been."""
        assert self._in_flight is None
        self._in_flight = InFlightGroup(
            dict(before),
            self.pending_facts,
            self.touched,
            self._introducing,
            self.texts,
        )
        for each in self._beside:
            each.commit_started()
        self._adopt(after)

    def commit_succeeded(self) -> None:
        """The group in flight has committed."""
        assert self._in_flight is not None
        for each in self._beside:
            each.commit_succeeded()
        self._in_flight = None

    def commit_failed(self) -> None:
        """The group in flight did not commit: forget it, and what was decided on top of it."""
        assert self._in_flight is not None
        in_flight, self._in_flight = self._in_flight, None
        self.fail()
        self._evict(in_flight.touched)
        for each in self._beside:
            each.commit_failed()
        for place in in_flight.introduced:
            self._introduced.forget(place)
        self.heads.update(in_flight.heads_before)

    # -- what commands use -------------------------------------------------------------------

    def now(self, org: str) -> datetime:
        """The moment of decisions in an org: never before what it recorded last."""
        at = self._nows.get(org)
        if at is None:
            last_us = self.heads.get(org, EMPTY).recorded_us
            at = self._nows[org] = moment(max(self._clock_us, last_us))
        return at

    def get(self, kind: type[A], aggregate_id: str) -> A | None:
        """An aggregate, or None when it has no history."""
        if not self._is_in_memory(aggregate_id):
            try:
                self._aggregates[aggregate_id] = self._ledger.repository.get(aggregate_id)
            except AggregateNotFoundError:
                self._aggregates[aggregate_id] = None
        found = self._in_memory(aggregate_id)
        assert found is None or isinstance(found, kind)
        return found

    def org(self, org: str) -> Org:
        """An org's own decisions."""
        found = self._orgs.get(org) or self.get(Org, org_id(org))
        if found is None:
            raise NotFound(f"there is no org {org}.", field="X-Org")
        self._orgs[org] = found
        return found

    def wallet(self, org: str, owner: str, asset: str) -> Wallet:
        """A wallet; one without history is opened, and recorded with its first transaction."""
        aggregate_id = wallet_id(org, owner, asset)
        found = self._in_memory(aggregate_id)
        if found is None:
            self.fetch([aggregate_id])
            found = self._in_memory(aggregate_id)
        if found is None:
            return Wallet.open(org, owner, asset, self.now(org))
        assert isinstance(found, Wallet)
        return found

    def cards(self, org: str) -> list[RateCard]:
        """The rate cards of an org, the first to be asked first: its own, then the default."""
        known = self._cards.get(org)
        if known is None:
            found = (self.get(RateCard, stream_id(each, CARD_STREAM)) for each in (org, PLATFORM))
            known = self._cards[org] = [card for card in found if card is not None]
        return known

    def caps(self, org: str) -> CapBook | None:
        """The spend caps of an org, if it has any."""
        if org not in self._cap_books:
            self._cap_books[org] = self.get(CapBook, stream_id(org, CAPS_STREAM))
        book = self._cap_books[org]
        return book if book is not None and book.caps else None

    def caps_at(self, org: str, version: int) -> list[Cap]:
        """The caps that a version of an org's cap book has put in force; there is no version 0."""
        if not version:
            return []
        book = self.get(CapBook, stream_id(org, CAPS_STREAM))
        assert book is not None
        if book.caps_version == version:
            return book.caps
        if (org, version) not in self._earlier_caps:
            fact = self.originals.fact_of(book.id, version)
            assert isinstance(fact, CapBook.CapsSet)
            self._earlier_caps[org, version] = fact.caps
        return self._earlier_caps[org, version]

    def record(self, aggregate: LedgerAggregate, actor: Actor, key: str = "") -> PendingFact:
        """Take what an aggregate has decided into the group; answer the last of its facts.

        What had fallen due before it was brought by time, so it carries no key.
        """
        pending_facts = [
            PendingFact(fact, actor)
            for fact in aggregate.collect_events()
            if isinstance(fact, Fact)
        ]
        pending_facts[-1].key = key
        self.pending_facts += pending_facts
        self.touched[aggregate.id] = aggregate
        if not isinstance(aggregate, Wallet):
            self._take_note(aggregate, pending_facts[-1].fact.timestamp)
        for stored_fact in pending_facts:
            if is_counted(stored_fact.fact):
                self._count(stored_fact)
        return pending_facts[-1]

    def claim(
        self, key: Key, result: CommandResult, fingerprint: str, sealed: Text | None = None
    ) -> None:
        """Use a key; the text that came with it is stored beside the events."""
        self.keys.use(key, result, fingerprint, sealed.content if sealed else None)
        if sealed is not None:
            self.texts.append((key.org, sealed))

    def introduce(self, origin: Text, pending_facts: Iterable[PendingFact]) -> None:
        """Store where a caller comes from beside its first event; later ones only name it."""
        for org in {split_stream_id(each.fact.originator_id)[0] for each in pending_facts}:
            place = (org, origin.digest)
            if place not in self._introducing and not self._introduced.get(place):
                self._introducing.add(place)
                self.texts.append((org, origin))

    def fact_at(self, org: str, sequence: int) -> Fact | None:
        """A committed fact of an org."""
        event = self._ledger.event_store.events_at([(org, sequence)]).get((org, sequence))
        if event is None and 0 < sequence <= self.heads.get(org, EMPTY).sequence:
            raise archived(f"sequence {sequence}")
        return None if event is None else pending_fact_of(event).fact

    def in_doubt(self) -> Iterator[PendingFact]:
        """What was recorded and is not known to be stored: in flight and by this group, in order.

        Those of this group have no sequence yet.
        """
        if self._in_flight is not None:
            yield from self._in_flight.pending_facts
        yield from self.pending_facts

    def texts_of(self, org: str, person: str, most: int) -> list[str]:
        """The digests of a person's texts, stored, in flight or of this group, at most so many."""
        stored = self._ledger.event_store.texts_of(org, person, most)
        in_flight = self._in_flight.texts if self._in_flight else []
        new = [
            text.digest
            for of, text in (*in_flight, *self.texts)
            if (of, text.person) == (org, person)
        ]
        return list(dict.fromkeys(stored + new))[:most]

    # -- inside ------------------------------------------------------------------------------

    def _count(self, stored_fact: PendingFact) -> None:
        """Add a fact to what caps have counted; the alerts come right after it."""
        fact = stored_fact.fact
        org, _ = split_stream_id(fact.originator_id)
        entries = list(entries_of(org, fact, lambda version: self.caps_at(org, version)))
        alerts = self.counters.add(org, entries) if entries else []
        book = self.caps(org) if alerts else None
        if book is not None:
            for alert in alerts:
                book.raise_alert(alert, fact.timestamp)
            self.record(book, stored_fact.actor)

    def _take_note(self, aggregate: LedgerAggregate, at: datetime) -> None:
        """What stood for the whole group may stand no longer."""
        org, _ = split_stream_id(aggregate.id)
        self._nows[org] = max(self.now(org), at)  # an org begins at the platform's time
        self._cards.clear()
        self._orgs.clear()
        self._cap_books.clear()

    def _catch_up(self, org: str, head: Head) -> None:
        """Evict what other processes have changed since our head."""
        known = self.heads.get(org)
        if self._in_flight is not None and head != known:
            if self._is_expected(org, head):
                return  # not landed yet
            raise Overtaken
        if known is not None and known.sequence < head.sequence:
            self._forget_counted(org)
            for event in self._ledger.event_store.events_after(org, known.sequence):
                self._aggregates.pop(stream_id(org, event.stream), None)
        elif known is not None and known != head:
            self._evict_org(org)  # history is not what it was: trust nothing in memory
        self.heads[org] = head

    def _is_expected(self, org: str, head: Head) -> bool:
        """Whether a stored head is ours, or was before what is in flight, if anything is."""
        before = self._in_flight.heads_before.get(org) if self._in_flight else None
        return head in (self.heads.get(org), before)

    def _evict_org(self, org: str) -> None:
        prefix = stream_id(org, "")
        self._forget_counted(org)
        self.keys.forget()
        for aggregate_id in [each for each in self._aggregates if each.startswith(prefix)]:
            del self._aggregates[aggregate_id]

    def _forget_counted(self, org: str) -> None:
        self.counters.forget(org)
        self.meters.forget(org)

    def _evict(self, touched: Iterable[str]) -> None:
        for aggregate_id in touched:
            self._aggregates.pop(aggregate_id, None)

    def _is_in_memory(self, aggregate_id: str) -> bool:
        return (
            aggregate_id in self._aggregates
            or aggregate_id in self.touched
            or (self._in_flight is not None and aggregate_id in self._in_flight.touched)
        )

    def _in_memory(self, aggregate_id: str) -> LedgerAggregate | None:
        found = self.touched.get(aggregate_id) or self._aggregates.get(aggregate_id)
        if found is None and self._in_flight is not None:
            return self._in_flight.touched.get(aggregate_id)
        return found


def restore_wallet(aggregate_id: str, row: BalanceRow) -> Wallet:
    """A wallet as its balances row remembers it, without replay."""
    return Wallet.restore(aggregate_id, row.version, moment(0), _decode_state(row.state))
