"""Checkpoints of an org's log, and proofs against them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Annotated

import msgspec

from api.http.answers import Answer, Hash, Time
from api.queries.proof.checkpoints import Consistency, Inclusion, SealedCheckpoint
from ledger.kernel.times import format_time
from ledger.proof.checkpoint import origin_of
from ledger.proof.note import VerifierKey

TreeHash = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9+/]{43}=$")]
"""A hash of the tree: a SHA-256 in base64, as checkpoints have it."""


class CheckpointAnswer(Answer):
    """A signed checkpoint: its `note` is what was signed, by a key of `verifier_keys`."""

    origin: str
    size: int
    root: TreeHash
    recorded_at: Time
    note: str
    verifier_keys: list[str]


class InclusionAnswer(Answer):
    """That an event is in the log of a checkpoint: `leaf` and `hashes` lead to its root."""

    sequence: int
    index: int
    size: int
    leaf: Hash
    hashes: list[TreeHash]
    checkpoint: CheckpointAnswer


class ConsistencyAnswer(Answer, rename={"from_": "from"}):
    """That the log of a checkpoint begins with the first `from` events."""

    from_: int
    from_root: TreeHash
    to: int
    hashes: list[TreeHash]
    checkpoint: CheckpointAnswer


class Signed:
    """Answers about one org's log, which name the ledger and the keys that sign for it."""

    def __init__(self, name: str, org: str, keys: Sequence[VerifierKey]) -> None:
        self._origin = origin_of(name, org)
        self._keys = list(map(str, keys))

    def checkpoint(self, found: SealedCheckpoint) -> CheckpointAnswer:
        """Return a checkpoint."""
        return CheckpointAnswer(
            origin=self._origin,
            size=found.size,
            root=_base64(found.root),
            recorded_at=format_time(found.recorded_us),
            note=found.note,
            verifier_keys=self._keys,
        )

    def inclusion(self, proof: Inclusion) -> InclusionAnswer:
        """Return a proof that an event is in the log."""
        return InclusionAnswer(
            sequence=proof.sequence,
            index=proof.sequence - 1,
            size=proof.checkpoint.size,
            leaf=proof.leaf.hex(),
            hashes=list(map(_base64, proof.hashes)),
            checkpoint=self.checkpoint(proof.checkpoint),
        )

    def consistency(self, proof: Consistency) -> ConsistencyAnswer:
        """Return a proof that the log begins with what it was."""
        return ConsistencyAnswer(
            from_=proof.size,
            from_root=_base64(proof.root),
            to=proof.checkpoint.size,
            hashes=list(map(_base64, proof.hashes)),
            checkpoint=self.checkpoint(proof.checkpoint),
        )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
