"""Plan: what a verification looks at, how much of it, and which kinds of checks there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from api.verification.documents import KIND as DOCUMENTS
from api.verification.verified_state import VerifiedState
from ledger.checks import CHECKED, WHOLE_KINDS
from ledger.kernel.chain import Head
from ledger.kernel.report import CHAIN, FACTS, SEALS, Report
from ledger.proof.checkpoint_signatures import Signatures
from ledger.proof.merkle import Frontier
from ledger.tables import TABLES
from ledger.verification.evidence import WHOLE, Scope, SignedCheckpoints, Snapshot
from ledger.verification.progress import KIND as PROGRESS
from projections.credits.wallet_snapshots import WalletSnapshotRows, WalletSnapshots
from projections.followers import FOLLOWERS
from projections.ports import AnalystsRows, StoredRows
from projections.read_models import SUMMARIES

MEANT = (*FACTS, *CHECKED, DOCUMENTS, *TABLES, *FOLLOWERS)
"""Kinds of what the events mean: shared ones, and those of every context."""

KINDS = (*CHAIN, *SEALS, *MEANT)
"""Every kind of check, in the order of the report."""

WHOLE_ONLY = (
    *("due", "snapshots", WalletSnapshots.name, *SUMMARIES, *WHOLE_KINDS, DOCUMENTS, *TABLES),
)
"""Kinds that need every event of an org."""

ACROSS = ("positions", PROGRESS)
"""Kinds that run through all orgs."""


class Only(StrEnum):
    """How much is checked."""

    CHAIN = "chain"
    """What the events say about themselves: hashes, links, gaps, forks, heads."""

    SEALS = "seals"
    """The chain, and everything that was signed about it."""

    ALL = "all"


class Aspect(StrEnum):
    """What one pass over the events looks at: all of it in one, or each in a process of its own."""

    CHAIN = "chain"
    """What the events say about themselves, and what was signed about them."""

    MEANING = "meaning"
    """What they mean, and what is kept beside them."""

    MODELS = "models"
    """The rows of the read models."""


class ReadModelSnapshot(Snapshot, StoredRows, WalletSnapshotRows, Protocol):
    """A moment of the store with what read models have made of it."""


@dataclass(frozen=True)
class Evidence:
    """What is looked at: the store, its read models at a later moment, those for analysts by name,
    and what was signed.

    `last_positions`: asks for the position of the last event of each shard now.
    """

    store: Snapshot
    models: ReadModelSnapshot
    analysts: Mapping[str, AnalystsRows]
    signed_checkpoints: SignedCheckpoints
    last_positions: Callable[[], Mapping[int, int]]


@dataclass(frozen=True)
class Plan:
    """What of it is looked at. `heads` and `trees`: where orgs are looked at from.

    `secret`: drawn for each run, see KeyTally. `now_us`: when the store was looked at. `gap`: by
    shard, the last position that is archived and not at hand; orgs are looked at from there.
    `is_restored`: the store is what it was then, and more was signed since.
    """

    signatures: Signatures
    secret: bytes
    now_us: int
    scope: Scope = WHOLE
    only: Only = Only.ALL
    heads: Mapping[str, Head] = field(default_factory=dict)
    trees: Mapping[str, Frontier] = field(default_factory=dict)
    gap: Mapping[int, int] = field(default_factory=dict)
    aspects: frozenset[Aspect] = frozenset(Aspect)
    is_restored: bool = False
    last: VerifiedState | None = None
    """What another run remembered at its end: this one goes on from there."""

    @property
    def after(self) -> Mapping[int, int]:
        """The position that events are looked at from, by shard."""
        return self.gap if self.last is None else self.last.positions


def skip_unasked(report: Report, plan: Plan) -> None:
    """Say of each kind that was not asked for why it is not checked."""
    if plan.only is not Only.ALL:
        report.skip(MEANT, f"only {plan.only} was asked for.")
    if plan.only is Only.CHAIN:
        report.skip(SEALS, "only chain was asked for.")
    if plan.scope.after:
        report.skip(WHOLE_ONLY, "they need every event: not checked with --since.")
    if not plan.scope.is_whole:
        report.skip(ACROSS, "this runs through all orgs: not checked in a part.")
