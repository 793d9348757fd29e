"""The trees that a sealer holds in memory, each checked against what was signed when it came in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from api.container import SealingStore, SigningKeys
from ledger.kernel.chain import GENESIS
from ledger.proof.checkpoint import Checkpoint, open_checkpoint, origin_of
from ledger.proof.note import BadNote
from ledger.proof.sealing import (
    CheckpointRow,
    NotAnExtension,
    Tree,
    TreeRow,
    reads_of_restoring,
    restored,
)
from ledger.proof.tiles import subtree_of

TREES_KEPT = 20_000
"""Trees held in memory, about 2 KB each; others are restored from their tiles."""


class Trees:
    """The trees in use, the least recently used first."""

    def __init__(self, store: SealingStore, keys: SigningKeys) -> None:
        self._store = store
        self._keys = keys
        self._held: OrderedDict[str, Tree] = OrderedDict()

    def held(self, org: str) -> Tree | None:
        """Return the tree of an org that was loaded."""
        return self._held.get(org)

    def load(self, orgs: Iterable[str]) -> dict[str, str]:
        """Have the trees of orgs in memory; return why not, for those that do not extend their last
        checkpoint."""
        wanted = []
        for org in orgs:
            if org in self._held:
                self._held.move_to_end(org)
            else:
                wanted.append(org)
        return self._restore(wanted) if wanted else {}

    def drop(self, org: str) -> None:
        """Drop a tree that is not true in memory any more."""
        self._held.pop(org, None)

    def clear(self) -> None:
        """Clear all: what is in memory is only true while the claim is held."""
        self._held.clear()

    def forget(self) -> None:
        """Keep those used last."""
        while len(self._held) > TREES_KEPT:
            self._held.popitem(last=False)

    def is_ours(self, checkpoint: CheckpointRow) -> bool:
        """Tell whether a key of ours has signed just that."""
        try:
            self._checked(checkpoint)
        except NotAnExtension:
            return False
        return True

    def _restore(self, orgs: list[str]) -> dict[str, str]:
        refusals = {}
        empty = {org: TreeRow(org, 0, GENESIS, 0, 0, None) for org in orgs}
        rows = empty | self._store.trees(orgs)
        lasts = self._store.last_checkpoints(orgs)
        reads = {org: reads_of_restoring(row, lasts.get(org)) for org, row in rows.items()}
        tiles = self._store.tiles((org, tile) for org, each in reads.items() for tile in each)
        for org, row in rows.items():
            try:
                last = lasts.get(org)
                access = self._checked(last).access if last is not None else None
                subtree = subtree_of(tiles.get(org, {}))
                self._held[org] = restored(row, last, subtree, access)
            except NotAnExtension as error:
                refusals[org] = error.detail
        return refusals

    def _checked(self, last: CheckpointRow) -> Checkpoint:
        """Return a stored checkpoint, once its signature is ours and its columns are what was
        signed."""
        origin = origin_of(self._keys.name, last.org)
        try:
            signed = open_checkpoint(last.note, self._keys.ring().verifiers, origin)
        except BadNote as error:
            raise NotAnExtension(
                f"the last checkpoint of {last.org} does not verify: {error.detail}"
            ) from None
        sequence = signed.access.sequence if signed.access else 0
        if (signed.size, signed.root, sequence) != (last.size, last.root, last.access_sequence):
            raise NotAnExtension(f"the last checkpoint of {last.org} is not what was signed.")
        return signed
