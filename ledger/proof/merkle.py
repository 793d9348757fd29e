"""Merkle trees as Certificate Transparency hashes them (RFC 6962 section 2.1), and their proofs.

A leaf is the chain hash of an event; the leaf of sequence n has index n - 1. Proofs are worked out
from any function that returns the root of an aligned run of leaves, so that stored tiles, a list
in memory or a database can stand behind it. Checking a proof needs no tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Subtree = Callable[[int, int], bytes]
"""The root over the leaves [start, end) of an aligned, complete subtree."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ leaf): the prefix keeps a leaf from being taken for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees that a growing tree consists of, largest first.

    All that is needed to add leaves and to know the root: at most 64 hashes.
    """

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        assert len(roots) == size.bit_count(), "one root for each bit of the size"
        self.size = size
        self.roots = list(roots)

    def copy(self) -> Frontier:
        """Return another that grows by itself."""
        return Frontier(self.size, self.roots)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return the subtrees that are complete now: (level, index, root)."""
        made = [(0, self.size, leaf)]
        size, root, level = self.size, leaf, 0
        while size & 1:
            root = node_hash(self.roots.pop(), root)
            size, level = size >> 1, level + 1
            made.append((level, size, root))
        self.roots.append(root)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf data."""
    frontier = Frontier()
    for data in leaves:
        frontier.add(leaf_hash(data))
    return frontier.root()


def range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """Return the root over the leaves [start, end), where start is aligned to what follows it."""
    size = end - start
    if size == 1 << (size.bit_length() - 1):
        return subtree(start, end)
    middle = start + split(size)
    return node_hash(subtree(start, middle), range_root(middle, end, subtree))


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the audit path of a leaf in the tree of that size, from the leaf's side up."""
    assert 0 <= index < size
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return what shows that the tree of size `new` begins with the one of size `old`."""
    assert 0 <= old <= new
    if old in (0, new):
        return []
    return _consistency(old, 0, new, whole=True, subtree=subtree)


def _consistency(old: int, start: int, end: int, *, whole: bool, subtree: Subtree) -> list[bytes]:
    """`old` leaves of [start, end) are the old tree's; `whole` while they are all of it."""
    if old == end - start:
        return [] if whole else [range_root(start, end, subtree)]
    middle = start + split(end - start)
    if old <= middle - start:
        rest = range_root(middle, end, subtree)
        return [*_consistency(old, start, middle, whole=whole, subtree=subtree), rest]
    left = range_root(start, middle, subtree)
    right = _consistency(old - (middle - start), middle, end, whole=False, subtree=subtree)
    return [*right, left]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether a leaf hash stands at an index of the tree with this root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the new tree begins with the old one (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return old_root == (new_root if old else EMPTY_ROOT) and not path
    is_complete = old & (old - 1) == 0
    hashes = [old_root, *path] if is_complete else list(path)
    return bool(path) and _roots_are(old, new, old_root, new_root, hashes)


def _roots_are(
    old: int, new: int, old_root: bytes, new_root: bytes, hashes: Sequence[bytes]
) -> bool:
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    from_old = from_new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and from_old == old_root and from_new == new_root


def split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)
