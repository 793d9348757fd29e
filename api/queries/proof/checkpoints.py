"""Checkpoints of an org, and proofs from its stored tiles. What is returned has been verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.queries.reader import Reader, Row
from ledger.kernel.errors import Invalid, NotFound
from ledger.proof.merkle import (
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from ledger.proof.sealing import NotAnExtension
from ledger.proof.tiles import Tile, subtree_of, tiles_for, tree_root


@dataclass(frozen=True)
class SealedCheckpoint:
    """A checkpoint of an org: size, root, the recorded time of its last event (µs), the note."""

    size: int
    root: bytes
    recorded_us: int
    note: str


@dataclass(frozen=True)
class Inclusion:
    """That an event is in the log of a checkpoint: its leaf hash and the audit path."""

    sequence: int
    leaf: bytes
    hashes: list[bytes]
    checkpoint: SealedCheckpoint


@dataclass(frozen=True)
class Consistency:
    """That the log of a checkpoint begins with its first `size` events, of this root."""

    size: int
    root: bytes
    hashes: list[bytes]
    checkpoint: SealedCheckpoint


@dataclass(frozen=True)
class WitnessState:
    """A witness: when the oldest checkpoint it has not got was signed (µs), why it failed."""

    name: str
    waiting_us: int | None
    error: str | None


@dataclass(frozen=True)
class SealingState:
    """When the oldest event without a checkpoint was recorded (µs), and what is refused."""

    unsealed_us: int | None
    refused: int
    witnesses: list[WitnessState]


async def find_checkpoint(
    reader: Reader, org: str, size: int | None, field: str = "size"
) -> SealedCheckpoint:
    """Return the newest checkpoint, or the first that covers a size.

    Raises NotFound when nothing is sealed yet, Invalid for a size that is not sealed yet.
    """
    row = await reader.row(org, "proof/checkpoint", {"org": org, "size": size})
    if row is not None:
        return SealedCheckpoint(**row)
    newest = await reader.row(org, "proof/checkpoint", {"org": org, "size": None})
    if newest is None:
        raise NotFound(
            "nothing of this org is sealed yet: a checkpoint is signed about a second after its "
            "first event, while the sealer runs (tally serve, or tally seal)."
        )
    raise _not_sealed(field, newest["size"])


async def prove_inclusion(reader: Reader, org: str, sequence: int, size: int | None) -> Inclusion:
    """Prove that an event is in the newest checkpoint's log, or in the first that covers a size.

    Raises NotFound, Invalid.
    """
    checkpoint = await find_checkpoint(reader, org, size)
    index = sequence - 1
    if index >= checkpoint.size:
        raise _not_sealed("sequence", checkpoint.size)

    def work(subtree: Subtree) -> tuple[bytes, list[bytes]]:
        leaf = subtree(index, index + 1)
        return leaf, inclusion_proof(index, checkpoint.size, subtree)

    tree = await subtree_for(reader, org, work)
    leaf, hashes = work(tree)
    event = await reader.row(org, "proof/event_hash", {"org": org, "sequence": sequence})
    if not verify_inclusion(leaf, index, checkpoint.size, hashes, checkpoint.root) or (
        event is not None and leaf_hash(event["hash"]) != leaf
    ):
        raise _broken()
    return Inclusion(sequence, leaf, hashes, checkpoint)


async def prove_consistency(reader: Reader, org: str, old: int, size: int | None) -> Consistency:
    """Prove that the newest checkpoint's log, or that of the first that covers a size, begins with
    `old` events. Raises NotFound, Invalid."""
    if size is not None and old > size:
        raise Invalid("from must not be more than to.", field="from")
    checkpoint = await find_checkpoint(reader, org, size, "to")
    if old > checkpoint.size:
        raise _not_sealed("from", checkpoint.size)

    def work(subtree: Subtree) -> tuple[bytes, list[bytes]]:
        return tree_root(old, subtree), consistency_proof(old, checkpoint.size, subtree)

    tree = await subtree_for(reader, org, work)
    root, hashes = work(tree)
    if not verify_consistency(old, checkpoint.size, root, checkpoint.root, hashes):
        raise _broken()
    return Consistency(old, root, hashes, checkpoint)


async def sealing_state(reader: Reader) -> SealingState:
    """Return how far sealing and the witnesses are, over all orgs."""
    (state,), witnesses = await reader.all(
        "", ("proof/sealing_state", {}), ("proof/witness_state", {})
    )
    return SealingState(
        state["unsealed_us"], state["refused"], [WitnessState(**row) for row in witnesses]
    )


async def subtree_for(reader: Reader, org: str, work: Callable[[Subtree], object]) -> Subtree:
    """Return the tiles that a proof needs, read at once."""
    wanted = tiles_for(work)
    parameters = {
        "org": org,
        "levels": [tile.level for tile in wanted],
        "numbers": [tile.number for tile in wanted],
    }
    rows: list[Row] = await reader.rows(org, "proof/tiles", parameters)
    return subtree_of({Tile(row["level"], row["tile"]): row["hashes"] for row in rows})


def _not_sealed(field: str, size: int) -> Invalid:
    return Invalid(
        f"{field} is beyond that checkpoint, which covers the sequences 1 to {size}: a newer event "
        "is sealed within about a second.",
        field=field,
    )


def _broken() -> NotAnExtension:
    return NotAnExtension("what is stored is not what was signed: run tally verify.")
