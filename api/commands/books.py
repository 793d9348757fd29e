"""The books: aggregates in memory, and what the commands of one group do to them.

Used by one thread. A command that is refused leaves no trace; a group that fails to commit evicts
every aggregate it touched.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec
from eventsourcing.application import AggregateNotFoundError

from api.bounded import Bounded
from api.commands.application import Ledger
from api.commands.flight import Flight, Overtaken
from api.commands.receipts import Claim, Receipt, Recorded, Recording, recording_of
from ledger.audit.actor import Actor
from ledger.audit.chain import EMPTY, Head
from ledger.audit.texts import Text, is_same
from ledger.credits.cap_book import CAPS_STREAM, CapBook
from ledger.credits.caps import Counter, CounterKey
from ledger.credits.debits import lines_of
from ledger.credits.wallet import Wallet, WalletState
from ledger.kernel.errors import Archived, KeyReused, NotFound
from ledger.kernel.events import Fact, LedgerAggregate
from ledger.kernel.ids import PLATFORM, split_stream_id, stream_id, wallet_id
from ledger.kernel.times import moment
from ledger.ports import HOLDS, BalanceRow, Key, KeyRow, RecordedEvent
from ledger.rating.card import CARD_STREAM, RateCard
from ledger.tenancy.org import Org, org_id

AGGREGATES_MAX = 200_000
"""Aggregates kept in memory; the least recently used leave first."""

INTRODUCED_MAX = 100_000
"""Origins remembered as stored; one that is forgotten is stored again, which changes nothing."""

HOLDS_MAX = 20_000
"""Events that placed holds, kept in memory: what is captured soon need not be looked up."""

COUNTERS_MAX = 100_000
"""Counters of caps kept in memory for one org."""

_decode_state = msgspec.json.Decoder(WalletState).decode
A = TypeVar("A", bound=LedgerAggregate)


class _Trusted(NamedTuple):
    """What a group was begun with without asking: orgs nobody else has written to, new keys."""

    orgs: list[str]
    keys: list[Key]


class Books:
    """Aggregates as of the heads, the group being decided, and the one in flight, if any."""

    def __init__(self, ledger: Ledger, aggregates_max: int = AGGREGATES_MAX) -> None:
        self._ledger = ledger
        self._aggregates: OrderedDict[str, LedgerAggregate | None] = OrderedDict()  # None: absent
        self._aggregates_max = aggregates_max
        self._introduced: Bounded[tuple[str, str], bool] = Bounded(INTRODUCED_MAX)
        self._counters: dict[str, dict[CounterKey, Counter]] = {}
        self._holds: Bounded[Key, Recorded] = Bounded(HOLDS_MAX)
        self.heads: dict[str, Head] = {}
        self._flight: Flight | None = None
        self._begin()

    def _begin(self) -> None:
        self.recordings: list[Recording] = []
        self.claims: dict[Key, Claim] = {}
        self.texts: list[tuple[str, Text]] = []
        self._introducing: set[tuple[str, str]] = set()
        self.touched: dict[str, LedgerAggregate] = {}
        self.counted: dict[CounterKey, Counter] = {}
        self._known: dict[Key, KeyRow] = {}
        self._events: dict[tuple[str, int], RecordedEvent] = {}
        self._read: dict[tuple[str, int], Recording] = {}
        self._nows: dict[str, datetime] = {}
        self._clock_us = 0
        self._cards: dict[str, list[RateCard]] = {}
        self._orgs: dict[str, Org] = {}
        self._cap_books: dict[str, CapBook | None] = {}
        self._trusted: _Trusted | None = None

    # -- a group -----------------------------------------------------------------------------

    def open(
        self, orgs: Iterable[str], keys: Iterable[Key], clock_us: int, *, trusting: bool = False
    ) -> None:
        """Begin a group: catch up with other processes and find the keys known already.

        `trusting` that nobody else has written and that the keys are new, it asks for neither, and
        `is_proven` must be, too: whatever was not so is refused by the commit or found there.
        """
        self._begin()
        self._clock_us = clock_us
        orgs = sorted({*orgs, PLATFORM})
        if trusting and self.heads.keys() >= set(orgs):
            self._trusted = _Trusted(orgs, list(keys))
            return
        heads, self._known = self._ledger.journal.look_up(orgs, keys)
        for org in orgs:
            self._catch_up(org, heads.get(org, EMPTY))
        places = {(row.key.org, row.sequence) for row in self._known.values()}
        self._events = self._ledger.journal.events_at(places) if places else {}

    def heads_trusted(self) -> dict[str, Head]:
        """The heads trusted in: they must still be there."""
        return {org: self.heads[org] for org in (self._trusted.orgs if self._trusted else ())}

    def is_proven(self) -> bool:
        """Whether that holds which `open` has trusted in and no commit would refuse: keys that
        nothing claims, as what came with them was refused, are new unless we remember them; and
        when nothing is recorded, heads are where we think."""
        if self._trusted is None:
            return True
        orgs, keys = self._trusted
        keys = [key for key in keys if not self.remembers(key)]
        if self.recordings and not keys:
            return True
        heads, known = self._ledger.journal.look_up(orgs, keys)
        return not known and all(self._is_expected(org, heads.get(org, EMPTY)) for org in orgs)

    def fetch(self, wallet_ids: Iterable[str]) -> None:
        """Have wallets in memory that the group will need, with one question to the store."""
        unseen = [each for each in dict.fromkeys(wallet_ids) if not self._is_in_memory(each)]
        if unseen:
            rows = self._ledger.journal.balance_rows(unseen)
            for aggregate_id in unseen:
                row = rows.get(aggregate_id)
                self._aggregates[aggregate_id] = row and restore_wallet(aggregate_id, row)

    def fail(self) -> None:
        """Forget what the group did: its aggregates are not as the store has them."""
        self._evict(self.touched, self.counted)
        self._begin()

    def keep(self, heads: Mapping[str, Head]) -> None:
        """The group committed: what it did is true now."""
        self._adopt(heads)
        self._remember(self.claims)

    def _adopt(self, heads: Mapping[str, Head]) -> None:
        self.heads.update(heads)
        for aggregate_id, aggregate in self.touched.items():
            self._aggregates[aggregate_id] = aggregate
            self._aggregates.move_to_end(aggregate_id)
        while len(self._aggregates) > self._aggregates_max:
            self._aggregates.popitem(last=False)
        for place in self._introducing:
            self._introduced.put(place, True)

    def _remember(self, claims: Mapping[Key, Claim]) -> None:
        for key, claim in claims.items():
            if key.space == HOLDS:
                self._holds.put(key, claim.receipt.recording)

    # -- a group in flight -------------------------------------------------------------------

    def take_off(self, before: Mapping[str, Head], after: Mapping[str, Head]) -> None:
        """The group is being committed: the next is decided as if it had been."""
        assert self._flight is None
        self._flight = Flight(
            dict(before),
            self.recordings,
            self.claims,
            self.touched,
            self.counted,
            self._introducing,
            self.texts,
        )
        self._adopt(after)

    def land(self) -> None:
        """The group in flight has committed."""
        assert self._flight is not None
        self._remember(self._flight.claims)
        self._flight = None

    def crash(self) -> None:
        """The group in flight did not commit: forget it, and what was decided on top of it."""
        assert self._flight is not None
        flight, self._flight = self._flight, None
        self.fail()
        self._evict(flight.touched, flight.counted)
        for place in flight.introduced:
            self._introduced.forget(place)
        self.heads.update(flight.heads_before)

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

    def counters(self, org: str, keys: Iterable[CounterKey]) -> dict[CounterKey, Counter]:
        """Copies of what caps have counted so far; `count` makes them true."""
        known = self._counters.setdefault(org, {})
        if len(known) > COUNTERS_MAX:
            known.clear()
            known.update((key, c) for key, c in self._in_doubt().items() if key.org == org)
        keys = list(dict.fromkeys(keys))
        unseen = [key for key in keys if key not in known]
        if unseen:
            known.update((key, Counter()) for key in unseen)
            for row in self._ledger.journal.counter_rows(unseen):
                known[CounterKey(*row[:4])] = Counter(row.spent, row.alerted)
        return {key: Counter(known[key].spent, known[key].alerted) for key in keys}

    def counters_since(self, org: str, bucket_us: int) -> dict[CounterKey, int]:
        """What the counters of an org's caps hold, from a day or month on."""
        rows = self._ledger.journal.counters_since(org, bucket_us)
        spent = {CounterKey(*row[:4]): row.spent for row in rows}
        return spent | {key: c.spent for key, c in self._in_doubt().items() if key.org == org}

    def count(self, org: str, counters: Mapping[CounterKey, Counter]) -> None:
        """What the group's usage adds to the counters of caps."""
        changed = {key: c for key, c in counters.items() if c != self._counters[org][key]}
        self._counters[org].update(changed)
        self.counted.update(changed)

    def record(self, aggregate: LedgerAggregate, actor: Actor, key: str = "") -> Recording:
        """Take what an aggregate has decided into the group; answer the last of its facts.

        What had fallen due before it was brought by time, so it carries no key.
        """
        recordings = [
            Recording(fact, actor) for fact in aggregate.collect_events() if isinstance(fact, Fact)
        ]
        recordings[-1].key = key
        self.recordings += recordings
        self.touched[aggregate.id] = aggregate
        if not isinstance(aggregate, Wallet):
            self._take_note(aggregate, recordings[-1].fact.timestamp)
        return recordings[-1]

    def claim(
        self, key: Key, receipt: Receipt, fingerprint: str, sealed: Text | None = None
    ) -> None:
        """Use a key; the text that came with it is stored beside the events."""
        self.claims[key] = Claim(receipt, fingerprint, sealed.content if sealed else None)
        if sealed is not None:
            self.texts.append((key.org, sealed))

    def introduce(self, origin: Text, recordings: Iterable[Recording]) -> None:
        """Store where a caller comes from beside its first event; later ones only name it."""
        for org in {split_stream_id(each.fact.originator_id)[0] for each in recordings}:
            place = (org, origin.digest)
            if place not in self._introducing and not self._introduced.get(place):
                self._introducing.add(place)
                self.texts.append((org, origin))

    def replay(self, key: Key, fingerprint: str, content: str | None) -> Receipt | None:
        """The receipt of a key used before, by anyone; refused if it came with other content."""
        claim = self._claim(key)
        if claim is not None:
            if (claim.fingerprint, claim.content) != (fingerprint, content):
                raise _reused(key)
            return Receipt(claim.receipt.recording, claim.receipt.line, replayed=True)
        row = self._known.get(key)
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            raise _reused(key)
        recording = self._read_back(row)
        if not self._is_same_text(row, recording, content):
            raise _reused(key)
        return Receipt(recording, row.line, replayed=True)

    def find(self, key: Key) -> Recorded | None:
        """The fact that used a key, in this group or before."""
        claim = self._claim(key)
        if claim is not None:
            return claim.receipt.recording
        row = self._known.get(key)
        return self._holds.get(key) if row is None else self._read_back(row)

    def remembers(self, key: Key) -> bool:
        """Whether `find` finds what used a key without its having been looked up."""
        return self._claim(key) is not None or self._holds.get(key) is not None

    def fact_at(self, org: str, sequence: int) -> Fact | None:
        """A committed fact of an org."""
        event = self._ledger.journal.events_at([(org, sequence)]).get((org, sequence))
        if event is None and 0 < sequence <= self.heads.get(org, EMPTY).sequence:
            raise _archived(f"sequence {sequence}")
        return None if event is None else recording_of(event).fact

    def fact_of(self, aggregate_id: str, version: int) -> Fact:
        """A fact of an aggregate, committed or of this group."""
        flying = self._flight.recordings if self._flight else []
        for recording in (*flying, *self.recordings):
            fact = recording.fact
            if (fact.originator_id, fact.originator_version) == (aggregate_id, version):
                return fact
        found = list(self._ledger.events.get(aggregate_id, gt=version - 1, lte=version))
        if not found:
            raise _archived("what this depends on")
        assert isinstance(found[0], Fact)
        return found[0]

    def texts_of(self, org: str, person: str, most: int) -> list[str]:
        """The digests of a person's texts, stored, in flight or of this group, at most so many."""
        stored = self._ledger.journal.texts_of(org, person, most)
        flying = self._flight.texts if self._flight else []
        new = [
            text.digest for of, text in (*flying, *self.texts) if (of, text.person) == (org, person)
        ]
        return list(dict.fromkeys(stored + new))[:most]

    # -- inside ------------------------------------------------------------------------------

    def _take_note(self, aggregate: LedgerAggregate, at: datetime) -> None:
        """What stood for the whole group may stand no longer."""
        org, _ = split_stream_id(aggregate.id)
        self._nows[org] = max(self.now(org), at)  # an org begins at the platform's time
        self._cards.clear()
        self._orgs.clear()
        self._cap_books.clear()

    def _read_back(self, row: KeyRow) -> Recording:
        place = (row.key.org, row.sequence)
        known = self._read.get(place)
        if known is None:
            event = self._events.get(place)
            if event is None:
                raise _archived(f"key {row.key.key}, sequence {row.sequence}")
            known = self._read[place] = recording_of(event)
        return known

    def _is_same_text(self, row: KeyRow, recording: Recording, content: str | None) -> bool:
        """Whether the erasable text is the one sent first; an erased one cannot be compared."""
        fact = recording.fact
        lines = lines_of(fact)
        holder = lines[row.line] if lines else fact
        digest = getattr(holder, "metadata", None) or getattr(holder, "reason", None)
        if digest is None or content is None:
            return digest is None and content is None
        text = self._ledger.journal.texts(row.key.org, [digest]).get(digest)
        return text is None or is_same(content, text)

    def _catch_up(self, org: str, head: Head) -> None:
        """Evict what other processes have changed since our head."""
        known = self.heads.get(org)
        if self._flight is not None and head != known:
            if self._is_expected(org, head):
                return  # not landed yet
            raise Overtaken
        if known is not None and known.sequence < head.sequence:
            self._counters.pop(org, None)
            for event in self._ledger.journal.events_after(org, known.sequence):
                self._aggregates.pop(stream_id(org, event.stream), None)
        elif known is not None and known != head:
            self._evict_org(org)  # history is not what it was: trust nothing in memory
        self.heads[org] = head

    def _is_expected(self, org: str, head: Head) -> bool:
        """Whether a stored head is ours, or was before what is in flight, if anything is."""
        before = self._flight.heads_before.get(org) if self._flight else None
        return head in (self.heads.get(org), before)

    def _evict_org(self, org: str) -> None:
        prefix = stream_id(org, "")
        self._counters.pop(org, None)
        self._holds = Bounded(HOLDS_MAX)
        for aggregate_id in [each for each in self._aggregates if each.startswith(prefix)]:
            del self._aggregates[aggregate_id]

    def _evict(self, touched: Iterable[str], counted: Iterable[CounterKey]) -> None:
        for aggregate_id in touched:
            self._aggregates.pop(aggregate_id, None)
        for key in counted:
            self._counters.pop(key.org, None)

    def _is_in_memory(self, aggregate_id: str) -> bool:
        return (
            aggregate_id in self._aggregates
            or aggregate_id in self.touched
            or (self._flight is not None and aggregate_id in self._flight.touched)
        )

    def _in_memory(self, aggregate_id: str) -> LedgerAggregate | None:
        found = self.touched.get(aggregate_id) or self._aggregates.get(aggregate_id)
        if found is None and self._flight is not None:
            return self._flight.touched.get(aggregate_id)
        return found

    def _claim(self, key: Key) -> Claim | None:
        """The use of a key by this group or the one in flight."""
        found = self.claims.get(key)
        if found is None and self._flight is not None:
            return self._flight.claims.get(key)
        return found

    def _in_doubt(self) -> dict[CounterKey, Counter]:
        """What is counted and not known to be stored."""
        return (self._flight.counted if self._flight else {}) | self.counted


def restore_wallet(aggregate_id: str, row: BalanceRow) -> Wallet:
    """A wallet as its balances row remembers it, without replay."""
    return Wallet.restore(aggregate_id, row.version, moment(0), _decode_state(row.state))


def _archived(what: str) -> Archived:
    return Archived(
        f"{what} was recorded so long ago that its event is in an archive: nothing was done now."
    )


def _reused(key: Key) -> KeyReused:
    field = "Idempotency-Key" if key.space == "command" else "id"
    return KeyReused(
        f"{field} {key.key} was used before with other content: send the same content again, or "
        "a new id.",
        field=field,
    )
