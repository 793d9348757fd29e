"""The read models of credits: their rows, and where they are written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger.verification.evidence import Scope, Span
from projections.ports import Progress, ProjectionStore


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


class TransactionRows(Protocol):
    """The read model `transactions` as verification reads it, at one moment of the store."""

    def projected(self, name: str) -> int:
        """Return the position of a projection."""

    def transactions(self, spans: Sequence[Span]) -> list[TransactionRow]:
        """Return the rows of the events of these spans, by org, sequence and line."""

    def stray_transactions(self, scope: Scope) -> tuple[str, int, int, int] | None:
        """Return the first row without an event (org, sequence, line), and how many there are."""


class UsageRows(Protocol):
    """The analysts' table as verification reads it."""

    def orgs(self) -> list[str]:
        """Return every org that a row names, in order."""

    def span(self, after: int, until: int, orgs: Iterable[str] | None) -> list[UsageRow]:
        """Return every stored row of the positions after one up to another, also unmerged versions.

        By position and line; of some orgs only, if they are given.
        """

    def beyond(self, position: int, limit: int) -> list[UsageRow]:
        """Return stored rows after a position."""

    def last_position(self) -> int:
        """Return the highest position of a stored row."""

    def at(self, org: str, sequence: int, line: int) -> list[UsageRow]:
        """Return the stored versions of one row."""

    def close(self) -> None:
        """Close what is open."""
