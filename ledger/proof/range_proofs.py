"""Proofs that a run of leaves is exactly what stands at its place in a tree: none left out.

`left` are the roots of the complete subtrees before the run, largest first; `right` those of the
subtrees after it, from left to right. Whoever adds the leaves of the run to `left` knows the tree
at every size up to the run's end; with `right` that makes the root. No other run fits both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.proof.merkle import Frontier, Subtree, node_hash, range_root, split
from ledger.proof.tiles import frontier_of


class RangeProof(NamedTuple):
    """What a tree has beside a run of its leaves."""

    left: list[bytes]
    right: list[bytes]


def range_proof(start: int, end: int, size: int, subtree: Subtree) -> RangeProof:
    """Return the proof for the leaves [start, end) of the tree of that size; the run may be
    empty."""
    assert 0 <= start <= end <= size
    return RangeProof(frontier_of(start, subtree).roots, list(_after(end, 0, size, subtree)))


def root_over(run: Frontier, size: int, right: Sequence[bytes]) -> bytes | None:
    """Return the root of the tree of that size, whose first leaves are in `run`; None if `right` is
    not what stands behind them."""
    if size == run.size:
        return run.root() if not right else None
    roots, rest = iter(run.roots), iter(right)
    try:
        root = _folded(run.size, 0, size, roots, rest)
    except StopIteration:
        return None
    return root if next(rest, None) is None else None


def _after(end: int, low: int, high: int, subtree: Subtree) -> Iterator[bytes]:
    """Yield the roots of what lies behind `end` in the subtree over [low, high)."""
    if high <= end:
        return
    if low >= end:
        yield range_root(low, high, subtree)
        return
    middle = low + split(high - low)
    yield from _after(end, low, middle, subtree)
    yield from _after(end, middle, high, subtree)


def _folded(end: int, low: int, high: int, roots: Iterator[bytes], right: Iterator[bytes]) -> bytes:
    """Return the root over [low, high). A whole subtree before `end` is one of `roots`: it is
    complete, and the one that holds it ends behind `end`."""
    if low >= end:
        return next(right)
    if high <= end:
        return next(roots)
    middle = low + split(high - low)
    left = _folded(end, low, middle, roots, right)
    return node_hash(left, _folded(end, middle, high, roots, right))
