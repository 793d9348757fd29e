"""Every door to the outside, as Protocols with the promise each must keep.

The store is also an `ApplicationRecorder` of the eventsourcing library; `EventStore` is what this
ledger needs beyond it. Each port has one contract suite in `tests/contracts`, run on every adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ledger.access_log.log import AccessLink
from ledger.credits.caps import CounterKey
from ledger.kernel.chain import Head, Link
from ledger.kernel.errors import LedgerError, Unavailable
from ledger.kernel.texts import Text
from ledger.rating.months import MeterKey

COMMANDS = "command"
"""The key space of the `Idempotency-Key` header."""

LINES = "usage"
"""The key space of usage line ids."""

HOLDS = "hold"
"""The key space of hold ids: a hold is found from its id alone."""

STARTER = "starter"
"""The key space of starter credits: one for each user, for ever."""

ALLOWANCE = "allowance"
"""The key space of monthly allowances: one for each user and month."""


class RaceLost(LedgerError):
    """Another process moved the head of an org: catch up and decide again."""

    code = "race_lost"


class OutcomeUnknown(LedgerError):
    """The connection was lost while committing: ask `EventStore.holds` before deciding again."""

    code = "outcome_unknown"


class StoreFailed(LedgerError):
    """The store did not take it, for a reason other than a lost race; nothing was written."""

    code = "store_failed"


class StoreFull(Unavailable):
    """The store has no room for anything now; nothing was written."""

    code = "store_full"


class NotStorable(LedgerError):
    """The store can never take it: a value is out of its range."""

    code = "not_storable"


class Key(NamedTuple):
    """An idempotency key, unique per org and space."""

    org: str
    space: str
    key: str


class KeyRow(NamedTuple):
    """A key and the line of the event that used it."""

    key: Key
    sequence: int
    line: int
    fingerprint: str


class BalanceRow(NamedTuple):
    """A wallet after a commit; `state` is its full state as JSON.

    `due_us`: when time brings something to record in it; None: nothing, until something is done.
    """

    org: str
    owner: str
    asset: str
    version: int
    sequence: int
    credits: int
    held: int
    debt: int
    state: str
    due_us: int | None = None


class CounterRow(NamedTuple):
    """What a spend cap has counted in one day or month; see `ledger/credits/caps.py`."""

    org: str
    cap: str
    subject: str
    bucket_us: int
    spent: int
    held: int
    alerted: str


class MeterRow(NamedTuple):
    """What was used of a meter in one month; see `ledger/rating/months.py`."""

    org: str
    payer: str
    provider: str
    model: str
    meter: str
    month: str
    used: int


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


class RecordedEvent(NamedTuple):
    """An event as it is stored."""

    position: int
    org: str
    sequence: int
    stream: str
    version: int
    type: str
    recorded_us: int
    actor: str
    idempotency_key: str
    body: bytes
    hash: bytes


@dataclass
class Batch:
    """One commit: whole or not at all."""

    clock_us: int
    heads_before: Mapping[str, Head]
    heads_after: Mapping[str, Head]
    links: Sequence[Link]
    keys: Sequence[KeyRow] = ()
    balances: Sequence[BalanceRow] = ()
    texts: Sequence[tuple[str, Text]] = ()
    counters: Sequence[CounterRow] = ()
    meters: Sequence[MeterRow] = ()
    reversals: Sequence[ReversedRow] = ()
    """What its events add to the rows of `reversals`, each row once."""
    losses: Sequence[LotLossRow] = ()
    """What its events add to the rows of `lot_losses`, each row once."""
    heads_seen: Mapping[str, Head] = field(default_factory=dict)
    """Heads that it was decided on without asking: they must still be what they were."""
    directories: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    """Rows of `orgs` and `api_keys`; as `erasures`, the digests of texts to erase."""


class EventStore(Protocol):
    """The write side of the store. Used by one thread at a time."""

    def look_up(
        self, orgs: Iterable[str], keys: Iterable[Key]
    ) -> tuple[dict[str, Head], dict[Key, KeyRow]]:
        """The heads of orgs and the known keys, from one moment."""

    def exclusively(self, orgs: Iterable[str]) -> AbstractContextManager[None]:
        """Be the only one to commit to these orgs, after waiting for others that are.

        For whoever has lost a race: what is decided inside cannot lose another. `append` inside is
        durable when the context ends, which may raise OutcomeUnknown.
        """

    def append(self, batch: Batch) -> int:
        """Commit a batch and answer the position of its first event; the rest follow it.

        Durable when it returns. Raises RaceLost, OutcomeUnknown, ClockSkewed, StoreFailed or
        NotStorable.
        """

    def holds(self, batch: Batch) -> bool:
        """Whether a batch whose outcome was unknown has committed. Exact: waits for its locks."""

    def balance_rows(self, wallet_ids: Iterable[str]) -> dict[str, BalanceRow]:
        """The balances rows of wallets that have one, by stream id."""

    def counter_rows(self, keys: Iterable[CounterKey]) -> list[CounterRow]:
        """The counters of spend caps that have counted something."""

    def meters_used(self, keys: Iterable[MeterKey]) -> dict[MeterKey, int]:
        """What was used of meters of which something was."""

    def reversed_rows(self, org: str, originals: Iterable[str]) -> list[ReversedRow]:
        """How much of transactions is reversed, of those of which something is."""

    def loss_rows(self, lots: Iterable[LotName]) -> list[LotLossRow]:
        """What lots have lost, of those that have lost something."""

    def events_after(self, org: str, sequence: int) -> list[RecordedEvent]:
        """An org's events after a sequence, in order."""

    def events_at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], RecordedEvent]:
        """Events by org and sequence."""

    def texts(self, org: str, digests: Iterable[str]) -> dict[str, Text]:
        """Texts that were not erased, by digest."""

    def texts_of(self, org: str, person: str, most: int) -> list[str]:
        """The digests of a person's texts that were not erased, at most so many."""


class DueWork(Protocol):
    """What the scheduler looks for. Raises Unavailable when the store does not answer."""

    def due_wallets(self, now_us: int, most: int) -> list[str]:
        """Wallets in which something has fallen due by a moment, by stream id, the oldest first."""

    def allowances_before(self, month: str) -> list[str]:
        """Orgs that give an allowance and have not given all of this month's, as 2026-02."""

    def owners_after(self, org: str, owner: str, most: int) -> list[str]:
        """Users of an org with a wallet in credits, in order, after one."""


class Clock(Protocol):
    """Time."""

    def __call__(self) -> int:
        """Microseconds since 1970-01-01 UTC."""


class Superseded(LedgerError):
    """Another runner moved the projection: its rows stand, ours were not written."""

    code = "superseded"


class Progress(NamedTuple):
    """How far a projection is.

    Everything up to `position` is applied. `planned` is the end of a range that is being written
    outside the store: a crash repeats exactly that range.
    """

    position: int
    planned: int | None


class TransactionRow(NamedTuple):
    """A row of the read model `transactions`; `detail` is the Transaction as JSON."""

    org: str
    sequence: int
    line: int
    owner: str
    user_id: str
    asset: str
    category: str
    amount: int
    balance_after: int
    occurred_us: int
    recorded_us: int
    hash: bytes
    detail: str


class UsageRow(NamedTuple):
    """A row of the analysts' table `usage`: a usage line. Texts are empty when absent.

    Amounts in microcredits, times in microseconds. `quantities` are the meters without a column
    of their own.
    """

    org: str
    sequence: int
    line: int
    position: int
    owner: str
    user: str
    credential: str
    id: str
    service: str
    project: str
    provider: str
    model: str
    occurred_at: int
    recorded_at: int
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    quantities: dict[str, int]
    amount: int
    debt: int
    balance_after: int
    rate_card: str
    rate_version: int
    late: bool
    hash: bytes


class ProjectionStore(Protocol):
    """The progress of one projection and the events it follows. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer; after it, `claim` again.
    """

    def claim(self) -> bool:
        """Become the one active runner, until `close` or the end of the connection."""

    def close(self) -> None:
        """Give up the claim."""

    def progress(self) -> Progress:
        """How far it is; nothing applied when it never ran."""

    def page(self, after: int) -> list[RecordedEvent]:
        """The next events by position: a page bounded in events and in bytes."""

    def span(self, after: int, until: int) -> list[RecordedEvent]:
        """All events of a range of positions."""

    def plan(self, before: Progress, until: int) -> Progress:
        """Persist that the range up to `until` is about to be written elsewhere.

        Raises Superseded when the projection is not where `before` says.
        """

    def confirm(self, before: Progress, until: int, heads: Mapping[str, int]) -> Progress:
        """Move the position, and the last sequence applied of each org. Raises Superseded."""


class TransactionStore(ProjectionStore, Protocol):
    """The read model `transactions`, in the store itself."""

    def apply(
        self,
        before: Progress,
        until: int,
        heads: Mapping[str, int],
        rows: Sequence[TransactionRow],
    ) -> Progress:
        """Write rows and `confirm`, whole or not at all. Raises Superseded."""


class UsageTable(Protocol):
    """The analysts' table of usage lines. Raises Unavailable when it does not answer."""

    def insert(self, rows: Sequence[UsageRow], token: str) -> None:
        """Write rows, durably. The same rows written again with the same token count once."""


class KnownSecret(NamedTuple):
    """Whose a secret is, open or revoked."""

    org: str
    key_id: str
    subject: str


class AccessLogStore(Protocol):
    """The access logs, written. Used by one thread; each method raises Unavailable."""

    def close(self) -> None:
        """Close the connection; the next use opens another."""

    def heads(self, orgs: Iterable[str]) -> dict[str, Head]:
        """The ends of orgs' logs."""

    def owners_of(self, secret_hashes: Iterable[str]) -> dict[str, KnownSecret]:
        """Whose secrets with these hashes are or were."""

    def append(
        self,
        before: Mapping[str, Head],
        after: Mapping[str, Head],
        links: Sequence[AccessLink],
        texts: Sequence[tuple[str, Text]],
    ) -> None:
        """Commit links whose heads move from `before` to `after`. Durable when it returns.

        Raises RaceLost or OutcomeUnknown.
        """

    def holds(self, link: AccessLink) -> bool:
        """Whether a link whose outcome was unknown has committed. Exact: waits for its locks."""
