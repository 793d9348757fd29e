"""Checkpoints: checks of what was signed: the tree of each org is grown again from its events and
compared.

The tree at every size that anybody signed is compared with what was signed, so that a difference
lies between two neighbouring checkpoints; where the stored tiles survive it is found to the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.kernel.report import Check, Place, Report
from ledger.kernel.times import format_time
from ledger.proof.checkpoint import SealRow, Signed
from ledger.proof.checkpoint_signatures import NO_KEYS, Signatures
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.tiles import HASH_BYTES, HEIGHT, WIDTH, Run, Tile, grow
from ledger.verification.evidence import Scope, SignedCheckpoints, Snapshot, Span
from ledger.verification.trees import Leaf, TreeInspection

_ALL = 2**63 - 1

_TAIL_MAX = 1_000_000
"""Leaves that nobody has signed yet and that are remembered, of an org."""


@dataclass(frozen=True)
class SignedTree:
    """An org's tree at its newest checkpoint, its last leaf, and the leaves after it."""

    frontier: Frontier
    last: Leaf | None
    tail: Sequence[Leaf] = ()


@dataclass
class _Tree:
    """An org's tree so far. `good`: up to what size all was as it was signed. `signed`: the tree at
    the newest checkpoint, and `tail` the leaves after it."""

    frontier: Frontier
    signed: SignedTree
    recorded_us: int = 0
    good: int = 0
    located: set[str] = field(default_factory=set)
    tail: list[Leaf] = field(default_factory=list)

    def note(self, leaves: Sequence[Leaf], *, is_signed: bool) -> None:
        """Note the leaves that were added, and whether the tree is signed as it is now."""
        self.tail += leaves
        if is_signed or len(self.tail) > _TAIL_MAX:
            last = self.tail[-1] if self.tail else self.signed.last
            self.signed = SignedTree(self.frontier.copy(), last)
            self.tail = []


class SealInspection:
    """Grows the trees page by page. `starts`: the trees that are looked at from a size on.

    `is_restored`: what came last may have been signed after the store was as it is.
    """

    def __init__(
        self,
        report: Report,
        snapshot: Snapshot,
        signed_checkpoints: SignedCheckpoints,
        signatures: Signatures,
        scope: Scope,
        now_us: int,
        starts: Mapping[str, Frontier] | None = None,
        *,
        is_restored: bool = False,
    ) -> None:
        self._report = report
        self._snapshot = snapshot
        self._signed_checkpoints = signed_checkpoints
        self._signatures = signatures
        self._scope = scope
        self._states = {state.org: state for state in snapshot.trees() if scope.has(state.org)}
        self._told = [org for org in signed_checkpoints.orgs() if scope.has(org)]
        self._starts = starts or {}
        self._is_restored = is_restored
        self._trees: dict[str, _Tree] = {}
        self._inspection = TreeInspection(report, self._states, signed_checkpoints, now_us)
        self._signable = bool(self._states or signatures.keys)
        for kind in ("tiles", "checkpoints"):
            if not self._signable:
                report.skip([kind], "nothing is sealed here, and no verifier key is known.")

    def see(self, page: Mapping[str, Sequence[Leaf]]) -> None:
        """Add the events of a page, by org and in their order, and compare."""
        spans = []
        for org, leaves in page.items():
            size = self._tree(org).frontier.size
            self._inspection.see_leaves(org, size, leaves)
            spans.append(Span(org, size, size + len(leaves)))
        stored, told = self._checkpoints(spans), self._signed(spans)
        gained = [
            (org, tile, run)
            for org, leaves in page.items()
            for tile, run in self._grow(org, leaves, stored.get(org, {}), told.get(org, {}))
        ]
        self._compare_tiles(gained)

    def end(self) -> dict[str, tuple[int, Mapping[str, int]]]:
        """Look for what was signed or kept of events that are not there.

        Returns up to which size each org is sealed, and up to which each witness has it.
        """
        witnessed = {}
        orgs = sorted({*self._states, *self._told, *self._trees, *self._starts})
        for org in orgs:
            tree = self._tree(org)
            beyond = [Span(org, tree.frontier.size, _ALL)]
            self._find_cut(tree, self._checkpoints(beyond), self._signed(beyond))
            size = tree.frontier.size
            witnessed[org] = self._inspection.end(org, size, signable=self._signable)
        self._see_tile_counts()
        return {org: (tree.good, witnessed[org]) for org, tree in self._trees.items()}

    def signed(self) -> dict[str, SignedTree]:
        """Return each org's tree at its newest checkpoint, and the leaves after it."""
        return {org: replace(tree.signed, tail=tree.tail) for org, tree in self._trees.items()}

    def go_on(self, trees: Mapping[str, SignedTree]) -> None:
        """Go on from where another has ended. The leaves that nobody had signed then are looked at
        as new ones: somebody may have, since."""
        for org, tree in trees.items():
            if tree.last is not None:
                self._inspection.see_leaves(org, tree.frontier.size - 1, [tree.last])
                self._tree(org).signed = replace(tree, tail=())
        self.see({org: tree.tail for org, tree in trees.items() if tree.tail})

    # -- growing -----------------------------------------------------------------------------

    def _tree(self, org: str) -> _Tree:
        tree = self._trees.get(org)
        if tree is None:
            frontier = self._starts.get(org, Frontier())
            signed = SignedTree(frontier.copy(), None)
            tree = _Tree(frontier, signed, good=frontier.size)
            self._trees[org] = tree
        return tree

    def _grow(
        self,
        org: str,
        leaves: Sequence[Leaf],
        stored: Mapping[int, Sequence[SealRow]],
        told: Mapping[int, Sequence[Signed]],
    ) -> list[tuple[Tile, Run]]:
        tree = self._tree(org)
        first = tree.frontier.size
        gained: list[tuple[Tile, Run]] = []
        done = 0
        for size in sorted({*stored, *told, first + len(leaves)}):
            chunk = leaves[done : size - first]
            done = size - first
            gained += grow(tree.frontier, [leaf_hash(digest) for digest, _ in chunk]).items()
            tree.recorded_us = chunk[-1][1] if chunk else tree.recorded_us
            self._compare_roots(tree, stored.get(size, ()), told.get(size, ()))
            tree.note(chunk, is_signed=size in stored)
        return gained

    # -- checkpoints -------------------------------------------------------------------------

    def _checkpoints(self, spans: Sequence[Span]) -> dict[str, dict[int, list[SealRow]]]:
        """Return the stored checkpoints, each looked at by itself, by org and size."""
        check = self._report["checkpoints"]
        found: dict[str, dict[int, list[SealRow]]] = {}
        asked = [span for span in spans if span.org in self._states]
        for row in self._snapshot.checkpoints(asked) if asked else ():
            found.setdefault(row.org, {}).setdefault(row.size, []).append(row)
            check.checked += 1
            self._inspection.see_checkpoint(row)
            wrong = self._signatures.check(row) if self._signatures.keys else None
            if not self._signatures.keys:
                check.pass_over(NO_KEYS)
            elif wrong:
                check.find(_place(row.org, row.size), wrong)
        return found

    def _signed(self, spans: Sequence[Span]) -> dict[str, dict[int, list[Signed]]]:
        found: dict[str, dict[int, list[Signed]]] = {}
        asked = [span for span in spans if span.org in self._told]
        for each in self._signed_checkpoints.signed(asked) if asked else ():
            found.setdefault(each.org, {}).setdefault(each.size, []).append(each)
        return found

    def _compare_roots(
        self, tree: _Tree, stored: Sequence[SealRow], told: Sequence[Signed]
    ) -> None:
        """Compare the tree as it is now with all that was signed at its size."""
        if not stored and not told:
            return
        root = tree.frontier.root()
        for row in stored:
            self._compare_root("checkpoints", tree, root, Signed(*row[:4], "the store"))
        for each in told:
            self._report["witnesses"].checked += 1
            self._compare_root("witnesses", tree, root, each)
        if told and not stored and not self._is_signed_since(told[0]):
            self._find_gone(told[0])
        if len({each.root for each in told}) > 1:
            self._find_two_histories(told)
        roots = {row.root for row in stored} | {each.root for each in told}
        if roots == {root}:
            tree.good = tree.frontier.size

    def _compare_root(self, kind: str, tree: _Tree, root: bytes, signed: Signed) -> None:
        if signed.root != root:
            self._find_difference(kind, tree, signed, until=signed.size)
        elif signed.recorded_us != tree.recorded_us:
            detail = "the checkpoint's recorded time is not that of its last event"
            self._report[kind].find(_place(signed.org, signed.size), detail)

    def _find_difference(self, kind: str, tree: _Tree, signed: Signed, until: int) -> None:
        """A checkpoint that does not fit: the difference lies after the last that does."""
        check = self._report[kind]
        if kind in tree.located:
            check.wrong += 1  # every later checkpoint differs too: the first one says where
            return
        tree.located.add(kind)
        check.find(
            Place(signed.org, tree.good + 1, until=until),
            f"events {tree.good + 1:,}..{until:,} of org {signed.org} differ from what was signed "
            f"at {format_time(signed.recorded_us)} ({signed.holder})",
        )

    def _find_cut(
        self,
        tree: _Tree,
        stored: Mapping[str, Mapping[int, Sequence[SealRow]]],
        told: Mapping[str, Mapping[int, Sequence[Signed]]],
    ) -> None:
        """Checkpoints of more events than there are."""
        for rows in stored.values():
            for row in (row for each in rows.values() for row in each):
                self._find_end("checkpoints", tree, Signed(*row[:4], "the store"))
        for notes in told.values():
            for each in (each for some in notes.values() for each in some):
                self._report["witnesses"].checked += 1
                self._find_end("witnesses", tree, each)

    def _find_end(self, kind: str, tree: _Tree, signed: Signed) -> None:
        check = self._report[kind]
        if kind in tree.located:
            check.wrong += 1
            return
        tree.located.add(kind)
        end = tree.frontier.size
        check.find(
            Place(signed.org, min(tree.good, end) + 1, until=signed.size),
            f"the events of org {signed.org} end at {end:,}, {signed.size:,} were signed at "
            f"{format_time(signed.recorded_us)} ({signed.holder})",
        )

    def _is_signed_since(self, signed: Signed) -> bool:
        """Tell whether a store that was restored cannot have had a checkpoint yet."""
        state = self._states.get(signed.org)
        return self._is_restored and signed.size > (state.newest if state else 0)

    def _find_gone(self, signed: Signed) -> None:
        self._report["checkpoints"].find(
            _place(signed.org, signed.size),
            f"{signed.holder} holds it, the store does not: its row was removed",
        )

    def _find_two_histories(self, told: Sequence[Signed]) -> None:
        first, other = told[0], next(each for each in told if each.root != told[0].root)
        self._report["witnesses"].find(
            _place(first.org, first.size),
            f"two histories were signed: {first.holder} holds the root {first.root.hex()[:16]}…, "
            f"{other.holder} holds {other.root.hex()[:16]}…",
        )

    # -- tiles -------------------------------------------------------------------------------

    def _compare_tiles(self, gained: Sequence[tuple[str, Tile, Run]]) -> None:
        """Compare hashes with those stored, as far as the store has come."""
        wanted = [
            (org, tile, run.start, expected)
            for org, tile, run in gained
            if (expected := self._expected(org, tile, run))
        ]
        found = self._snapshot.tiles({(org, tile) for org, tile, *_ in wanted}) if wanted else {}
        check = self._report["tiles"]
        for org, tile, start, expected in wanted:
            check.checked += len(expected) // HASH_BYTES
            at = start * HASH_BYTES
            stored = found.get((org, tile), b"")[at : at + len(expected)]
            if stored != expected:
                _find_tile(check, org, tile, start, expected, stored)

    def _expected(self, org: str, tile: Tile, run: Run) -> bytes:
        """Return those hashes of a run that the store must have."""
        state = self._states.get(org)
        if state is None:
            return b""
        complete = (state.size >> HEIGHT * tile.level) - tile.number * WIDTH - run.start
        return run.hashes[: max(0, complete) * HASH_BYTES]

    def _see_tile_counts(self) -> None:
        """Tiles hold as many hashes as their trees need, and none beyond."""
        check = self._report["tiles"]
        held: dict[str, dict[int, int]] = {org: {} for org in self._states}
        for org, level, count in self._snapshot.tile_hashes():
            if self._scope.has(org):
                held.setdefault(org, {})[level] = count
        for org, levels in held.items():
            size = self._states[org].size if org in self._states else 0
            for level in range(max([*levels, -1]) + 1):
                should, is_ = size >> HEIGHT * level, levels.get(level, 0)
                if should != is_:
                    detail = f"the tree of {size:,} needs {should:,} hashes, {is_:,} are stored"
                    check.find(Place(org, row=f"tiles of level {level}"), detail)


def _find_tile(
    check: Check, org: str, tile: Tile, start: int, expected: bytes, stored: bytes
) -> None:
    """The first hash of a tile that is not what the events say: an event, or a run of them."""
    place = next(
        at // HASH_BYTES
        for at in range(0, len(expected), HASH_BYTES)
        if expected[at : at + HASH_BYTES] != stored[at : at + HASH_BYTES]
    )
    span = WIDTH**tile.level
    first = (tile.number * WIDTH + start + place) * span + 1
    row = f"tile {tile.number} of level {tile.level}"
    check.find(
        Place(org, first, row=row, until=None if span == 1 else first + span - 1),
        "the event is not the one that was sealed" if span == 1 else "its hash is another",
    )


def by_org(events: Iterable[tuple[str, bytes, int]]) -> dict[str, list[Leaf]]:
    """Return leaves by org, in their order."""
    page: dict[str, list[Leaf]] = {}
    for org, digest, recorded_us in events:
        page.setdefault(org, []).append((digest, recorded_us))
    return page


def _place(org: str, size: int) -> Place:
    return Place(org, size, row="checkpoint")
