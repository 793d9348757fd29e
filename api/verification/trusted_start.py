"""The trusted start of a part: a signed checkpoint, taken as given.

The tree of that size is read from stored tiles; it counts only if its root is the signed one and
the last event before the part stands in it. Otherwise the org is verified from its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from api.verification.options import Options
from ledger.kernel.chain import Head
from ledger.kernel.report import Place, Report
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from ledger.proof.checkpoint import Signed
from ledger.proof.checkpoint_signatures import Signatures
from ledger.proof.merkle import Frontier, inclusion_proof, leaf_hash, verify_inclusion
from ledger.proof.tiles import TileMissing, frontier_of, subtree_of, tiles_for
from ledger.verification.evidence import Scope, SignedCheckpoints, Snapshot, Span


@dataclass
class TrustedStarts:
    """The head and the tree that each org is looked at from; others from their beginning."""

    heads: dict[str, Head] = field(default_factory=dict)
    trees: dict[str, Frontier] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    """Of the event that each org begins after; 0 for one that is looked at from its beginning."""
    several: bool = False
    """Whether the store has several shards."""

    def scope(self, orgs: frozenset[str] | None) -> Scope:
        """Return the events after the starts."""
        after = {org: head.sequence for org, head in self.heads.items()}
        return Scope(orgs, after, self._positions(), after)

    def _positions(self) -> dict[int, int]:
        """All begins after them where there is one shard; an org that moves knows no position of
        another one."""
        shards = {shard_of(position) for position in self.positions}
        return {1: min(self.positions)} if shards == {1} and not self.several else {}


def find_starts(
    report: Report,
    snapshot: Snapshot,
    signed_checkpoints: SignedCheckpoints,
    signatures: Signatures,
    options: Options,
) -> TrustedStarts:
    """Return a start of each org that has a signed checkpoint at or before what was asked for."""
    starts = TrustedStarts(several=len(snapshot.shards()) > 1)
    orgs = [options.org] if options.org is not None else snapshot.orgs()
    for org in orgs:
        newest = _newest(snapshot, signed_checkpoints, signatures, options, org)
        last = None if newest is None else _start_at(report, snapshot, newest, starts)
        starts.positions.append(last.position if last is not None else 0)
    return starts


def _newest(
    snapshot: Snapshot,
    signed_checkpoints: SignedCheckpoints,
    signatures: Signatures,
    options: Options,
    org: str,
) -> Signed | None:
    until = 2**63 - 1 if options.since_sequence is None else options.since_sequence
    span = [Span(org, 0, until)]
    found = signed_checkpoints.signed(span)
    if signatures.keys:
        found += [
            Signed(*row[:4], "the store")
            for row in snapshot.checkpoints(span)
            if signatures.check(row) is None
        ]
    fitting = [
        each for each in found if options.since_us is None or each.recorded_us <= options.since_us
    ]
    return max(fitting, key=lambda each: each.size, default=None)


def _start_at(
    report: Report, snapshot: Snapshot, signed: Signed, starts: TrustedStarts
) -> RecordedEvent | None:
    """Begin after a checkpoint; return its last event, or None when it cannot be begun there."""
    org, size = signed.org, signed.size
    place = Place(org, size, row="checkpoint")
    if size == 0:
        return None
    wanted = tiles_for(
        lambda subtree: (frontier_of(size, subtree), inclusion_proof(size - 1, size, subtree))
    )
    stored = snapshot.tiles((org, tile) for tile in wanted)
    subtree = subtree_of({tile: hashes for (_, tile), hashes in stored.items()})
    try:
        frontier, path = frontier_of(size, subtree), inclusion_proof(size - 1, size, subtree)
    except TileMissing as error:
        report["tiles"].find(place, f"{error.detail} {org} is verified from its beginning")
        return None
    if frontier.root() != signed.root:
        detail = f"the stored tiles do not give the root that {signed.holder} holds"
        report["tiles"].find(place, f"{detail}: {org} is verified from its beginning")
        return None
    for last in snapshot.events_of(org, size):
        if verify_inclusion(leaf_hash(last.hash), size - 1, size, path, signed.root):
            break
    else:
        report["checkpoints"].find(place, "the event that it ends with is not the stored one")
        return None
    starts.heads[org] = Head(size, last.hash, last.recorded_us)
    starts.trees[org] = frontier
    return last
