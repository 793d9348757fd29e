"""Sealing: what the sealer decides, pure: whether events extend a tree, and whether a tree extends
what was signed.

A tree is only sealed further while both hold; what is refused is refused with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.access_log.log import AccessHead
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.kernel.errors import LedgerError
from ledger.ports import RecordedEvent
from ledger.proof.merkle import Frontier, Subtree, leaf_hash, verify_consistency
from ledger.proof.merkle import consistency_proof as prove
from ledger.proof.tiles import (
    Run,
    Tile,
    TileMissing,
    frontier_of,
    grow,
    tiles_for,
    tree_root,
)

SEALER = "sealer"
"""The name of the sealer's position among those of the projections."""


class NotAnExtension(LedgerError):
    """What is stored does not extend what was sealed: nothing is signed."""

    code = "not_an_extension"


class TreeRow(NamedTuple):
    """Where a tree stands: its last event, the size last signed, why it is not sealed further."""

    org: str
    size: int
    hash: bytes
    recorded_us: int
    signed: int
    refused: str | None


class CheckpointRow(NamedTuple):
    """A checkpoint as it is stored; `access_sequence` is 0 when it says nothing of the log."""

    org: str
    size: int
    root: bytes
    recorded_us: int
    note: str
    access_sequence: int = 0


class TileGained(NamedTuple):
    """Hashes to be put at the end of a tile that holds `start` of them."""

    org: str
    level: int
    tile: int
    start: int
    hashes: bytes


@dataclass
class Tree:
    """The growing tree of an org, in memory: its frontier and its last event; and up to where its
    access log was followed."""

    org: str
    frontier: Frontier
    hash: bytes = GENESIS
    recorded_us: int = 0
    access: AccessHead | None = None

    @property
    def size(self) -> int:
        """How many events are in it."""
        return self.frontier.size

    def extend(self, events: Sequence[RecordedEvent]) -> list[TileGained]:
        """Add the org's next events; return what tiles gain. Raises NotAnExtension, and then the
        tree is as it was."""
        hashes = self._linked(events)
        gained = grow(self.frontier, map(leaf_hash, hashes))
        self.hash, self.recorded_us = hashes[-1], events[-1].recorded_us
        return [_gained(self.org, tile, run) for tile, run in gained.items()]

    def _linked(self, events: Sequence[RecordedEvent]) -> list[bytes]:
        """Return the chain hashes of events, each computed from what is stored and its
        predecessor."""
        previous, hashes = self.hash, []
        for sequence, event in enumerate(events, self.size + 1):
            if event.sequence != sequence:
                raise NotAnExtension(f"event {sequence} of {self.org} is not there.")
            previous = link_hash(Entry(event.org, *event[3:10]), sequence, previous)
            if previous != event.hash:
                raise NotAnExtension(f"event {sequence} of {self.org} is not what was recorded.")
            hashes.append(previous)
        return hashes


def restored(
    row: TreeRow, last: CheckpointRow | None, subtree: Subtree, access: AccessHead | None = None
) -> Tree:
    """Return a tree from what is stored, after checking that it extends the last checkpoint.

    `last` is one whose signature was checked, `access` what it says. Raises NotAnExtension.
    """
    try:
        _check_extends(row, last, subtree)
        last_hash = row.hash if row.size else GENESIS
        tree = Tree(row.org, frontier_of(row.size, subtree), last_hash, row.recorded_us, access)
    except TileMissing as error:
        raise NotAnExtension(f"the tree of {row.org} cannot be read: {error.detail}") from None
    return tree


def reads_of_restoring(row: TreeRow, last: CheckpointRow | None) -> list[Tile]:
    """Return the tiles that `restored` reads."""

    def work(subtree: Subtree) -> None:
        frontier_of(row.size, subtree)
        if row.size:
            subtree(row.size - 1, row.size)
        if last is not None and 0 < last.size <= row.size:
            tree_root(last.size, subtree)
            prove(last.size, row.size, subtree)

    return tiles_for(work)


def _check_extends(row: TreeRow, last: CheckpointRow | None, subtree: Subtree) -> None:
    if row.size and subtree(row.size - 1, row.size) != leaf_hash(row.hash):
        raise NotAnExtension(f"the last leaf of {row.org} is not its last event.")
    if last is None:
        if row.signed:
            raise NotAnExtension(f"the checkpoint of size {row.signed} of {row.org} is gone.")
        return
    if row.size < last.size:
        raise NotAnExtension(f"the tree of {row.org} ends at {row.size}, {last.size} were signed.")
    root = frontier_of(row.size, subtree).root()
    proof = prove(last.size, row.size, subtree)
    if tree_root(last.size, subtree) != last.root or not verify_consistency(
        last.size, row.size, last.root, root, proof
    ):
        raise NotAnExtension(
            f"the tree of {row.org} is not the one that was signed at {last.size}."
        )


def _gained(org: str, tile: Tile, run: Run) -> TileGained:
    return TileGained(org, tile.level, tile.number, run.start, run.hashes)
