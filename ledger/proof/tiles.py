"""Merkle trees in tiles of height 8 (https://c2sp.org/tlog-tiles): up to 256 hashes each.

Level 0 holds the hashes of leaves; each hash of a level above is the root of a complete tile of the
level below. A tile only grows at its end. A proof for a million leaves reads about six tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ledger.kernel.errors import LedgerError
from ledger.proof.merkle import Frontier, Subtree, node_hash, range_root

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32


class TileMissing(LedgerError):
    """A stored tile is absent or too short for the tree it belongs to."""

    code = "tile_missing"


class Tile(NamedTuple):
    """Which tile: its level of height 8, and its number in it."""

    level: int
    number: int


class Run(NamedTuple):
    """Hashes to be put at the end of a tile that holds `start` of them."""

    start: int
    hashes: bytes


def subtree_of(tiles: Mapping[Tile, bytes]) -> Subtree:
    """Return the roots of aligned subtrees, from tiles. What is returned raises TileMissing."""

    def subtree(start: int, end: int) -> bytes:
        tile, place, count = _hashes_of(start, end)
        hashes = tiles.get(tile, b"")[place * HASH_BYTES : (place + count) * HASH_BYTES]
        if len(hashes) != count * HASH_BYTES:
            raise TileMissing(f"tile {tile.number} of level {tile.level} is absent or too short.")
        return _complete_root(hashes)

    return subtree


def tiles_for(work: Callable[[Subtree], object]) -> list[Tile]:
    """Return the tiles that some work on subtrees is going to read: found by a rehearsal without
    any."""
    wanted: set[Tile] = set()

    def rehearsed(start: int, end: int) -> bytes:
        wanted.add(_hashes_of(start, end)[0])
        return bytes(HASH_BYTES)

    work(rehearsed)
    return sorted(wanted)


def tree_root(size: int, subtree: Subtree) -> bytes:
    """Return the root over the first `size` leaves, at least one."""
    return range_root(0, size, subtree)


def frontier_of(size: int, subtree: Subtree) -> Frontier:
    """Return the growing tree of that size, to which leaves can be added."""
    roots, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            roots.append(subtree(start, start + (1 << level)))
            start += 1 << level
    return Frontier(size, roots)


def grow(frontier: Frontier, leaves: Iterable[bytes]) -> dict[Tile, Run]:
    """Add leaf hashes to a tree; return what its tiles gain."""
    starts: dict[Tile, int] = {}
    gained: dict[Tile, list[bytes]] = {}
    for leaf in leaves:
        for height, index, root in frontier.add(leaf):
            if height % HEIGHT:
                continue
            tile = Tile(height // HEIGHT, index // WIDTH)
            if tile not in starts:
                starts[tile] = index % WIDTH
                gained[tile] = []
            gained[tile].append(root)
    return {tile: Run(start, b"".join(gained[tile])) for tile, start in starts.items()}


def _hashes_of(start: int, end: int) -> tuple[Tile, int, int]:
    """Return where the hashes stand that an aligned subtree is made of: tile, first place,
    count."""
    height = (end - start).bit_length() - 1
    level = height // HEIGHT
    first = start >> level * HEIGHT
    return Tile(level, first // WIDTH), first % WIDTH, 1 << height % HEIGHT


def _complete_root(hashes: bytes) -> bytes:
    """Return the root over as many hashes as a power of two."""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]
