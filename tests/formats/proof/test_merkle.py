"""Trees and proofs are those of RFC 6962: published vectors, and pymerkle both ways; from a list in
memory and from tiles alike."""

from __future__ import annotations

import random

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from ledger.proof.tiles import (
    HASH_BYTES,
    WIDTH,
    Tile,
    TileMissing,
    frontier_of,
    grow,
    subtree_of,
    tiles_for,
    tree_root,
)

# The vectors of Certificate Transparency's reference implementation.
LEAVES = [
    bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
] + [bytes.fromhex("606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def in_memory(leaves: list[bytes]) -> Subtree:
    """Subtrees computed from all leaves, without any tile."""

    def subtree(start: int, end: int) -> bytes:
        return root_of(leaves[start:end])

    return subtree


def tiled(leaves: list[bytes], *cuts: int) -> dict[Tile, bytes]:
    """The tiles of a tree that has grown in several runs."""
    frontier, tiles = Frontier(), dict[Tile, bytes]()
    for start, end in zip((0, *cuts), (*cuts, len(leaves)), strict=True):
        for tile, run in grow(frontier, map(leaf_hash, leaves[start:end])).items():
            held = tiles.get(tile, b"")
            assert len(held) == run.start * HASH_BYTES
            tiles[tile] = held + run.hashes
    return tiles


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]
    assert tree_root(size, subtree_of(tiled(LEAVES))).hex() == ROOTS[size - 1]


def test_the_published_hashes() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]) == EMPTY_ROOT
    assert (
        leaf_hash(b"L123456").hex()
        == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    assert (
        node_hash(b"N123", b"N456").hex()
        == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    proof = [bytes.fromhex(each) for each in path]
    root = bytes.fromhex(ROOTS[size - 1])
    assert inclusion_proof(index, size, in_memory(LEAVES)) == proof
    assert verify_inclusion(leaf_hash(LEAVES[index]), index, size, proof, root)


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_the_published_consistency_proofs(old: int, new: int, path: list[str]) -> None:
    proof = [bytes.fromhex(each) for each in path]
    assert consistency_proof(old, new, in_memory(LEAVES)) == proof
    old_root, new_root = (bytes.fromhex(ROOTS[size - 1]) for size in (old, new))
    assert verify_consistency(old, new, old_root, new_root, proof)


def rfc_path(old: int, theirs: pymerkle.MerkleProof) -> list[bytes]:
    """pymerkle's consistency proof in the form of RFC 6962.

    Its path is that of the first new leaf; what is below the first node of the old tree is one
    node there. That node is left out when it is the whole old tree: the verifier has it.
    """
    computed, place = theirs.path[0], 1
    while theirs.rule[place - 1] == 0:
        computed = node_hash(computed, theirs.path[place])
        place += 1
    rest = [computed, *theirs.path[place + 1 :]]
    return rest if old & (old - 1) == 0 else [theirs.path[place], *rest]


def pymerkle_proof(old: int, new: int, path: list[bytes]) -> pymerkle.MerkleProof:
    """A proof of ours as pymerkle reads one: on which side each hash stands, and which of them the
    old tree consists of."""
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    sides: list[int] = []
    for _ in path[1:]:
        is_left = bool(node & 1 or node == last)
        sides.append(int(is_left))
        while is_left and not node & 1 and node:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    return pymerkle.MerkleProof("sha256", True, new, [*sides, 0], [1, *sides], path)


@pytest.fixture(scope="module")
def random_leaves() -> list[bytes]:
    return [random.Random(each).randbytes(32) for each in range(700)]


@pytest.fixture(scope="module")
def theirs(random_leaves: list[bytes]) -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for each in random_leaves:
        tree.append_entry(each)
    return tree


def test_inclusion_proofs_agree_with_pymerkle_both_ways(
    random_leaves: list[bytes], theirs: pymerkle.InmemoryTree
) -> None:
    chosen, ours = random.Random(6962), subtree_of(tiled(random_leaves, 1, 255, 256, 300))
    for _ in range(1_000):
        size = chosen.randint(1, len(random_leaves))
        root, index = tree_root(size, ours), chosen.randrange(size)
        assert root == theirs.get_state(size)
        leaf, proof = leaf_hash(random_leaves[index]), theirs.prove_inclusion(index + 1, size)
        assert verify_inclusion(leaf, index, size, proof.path[1:], root)
        proof.path = [leaf, *inclusion_proof(index, size, ours)]
        pymerkle.verify_inclusion(leaf, root, proof)


def test_consistency_proofs_agree_with_pymerkle_both_ways(
    random_leaves: list[bytes], theirs: pymerkle.InmemoryTree
) -> None:
    chosen, ours = random.Random(6962), subtree_of(tiled(random_leaves, 1, 255, 256, 300))
    for _ in range(1_000):
        new = chosen.randint(2, len(random_leaves))
        old = chosen.randint(1, new - 1)
        roots = tree_root(old, ours), tree_root(new, ours)
        proof = theirs.prove_consistency(old, new)
        pymerkle.verify_consistency(*roots, proof)
        assert verify_consistency(old, new, *roots, rfc_path(old, proof))
        path = consistency_proof(old, new, ours)
        whole = [roots[0], *path] if old & (old - 1) == 0 else path
        pymerkle.verify_consistency(*roots, pymerkle_proof(old, new, whole))
        with pytest.raises(pymerkle.InvalidProof):
            pymerkle.verify_consistency(roots[1], roots[0], pymerkle_proof(old, new, whole))


@given(st.integers(1, 1_300), st.lists(st.integers(0, 1_300), max_size=4), st.data())
def test_tiles_answer_what_a_tree_in_memory_does(
    size: int, cuts: list[int], data: st.DataObject
) -> None:
    leaves = [number.to_bytes(32) for number in range(size)]
    tiles = tiled(leaves, *sorted(min(cut, size) for cut in cuts))
    subtree = subtree_of(tiles)
    assert all(len(hashes) <= WIDTH * HASH_BYTES for hashes in tiles.values())
    assert tree_root(size, subtree) == root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    memory = in_memory(leaves)
    assert inclusion_proof(index, size, subtree) == inclusion_proof(index, size, memory)
    assert consistency_proof(old, size, subtree) == consistency_proof(old, size, memory)
    grown = frontier_of(old, subtree)
    assert grown.root() == root_of(leaves[:old])
    grow(grown, map(leaf_hash, leaves[old:]))
    assert grown.root() == root_of(leaves)


@given(st.data())
def test_a_changed_proof_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 40))
    leaves = [number.to_bytes(32) for number in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    root, old_root, subtree = root_of(leaves), root_of(leaves[:old]), in_memory(leaves)
    leaf = leaf_hash(leaves[index])

    def includes(path: list[bytes]) -> bool:
        return verify_inclusion(leaf, index, size, path, root)

    def extends(path: list[bytes]) -> bool:
        return verify_consistency(old, size, old_root, root, path)

    for path, holds in (
        (inclusion_proof(index, size, subtree), includes),
        (consistency_proof(old, size, subtree), extends),
    ):
        assert holds(path)
        place = data.draw(st.integers(0, len(path) - 1))
        assert not holds(path[:place] + path[place + 1 :])
        assert not holds([*path, bytes(32)])
        assert not holds([*path[:place], bytes(32), *path[place + 1 :]])


def test_a_proof_for_a_million_events_needs_twenty_hashes_and_seven_tiles() -> None:
    size = 1_000_000

    def proofs(subtree: Subtree) -> list[int]:
        return [
            len(inclusion_proof(123_456, size, subtree)),
            len(consistency_proof(123_456, size, subtree)),
        ]

    assert max(proofs(lambda start, end: bytes(32))) <= 22
    assert len(tiles_for(lambda each: inclusion_proof(123_456, size, each))) <= 7
    assert len(tiles_for(lambda each: consistency_proof(123_456, size, each))) <= 7


def test_a_tile_that_is_absent_or_short_is_said() -> None:
    tiles = tiled([number.to_bytes(32) for number in range(300)])
    cut = dict(tiles)
    cut[Tile(0, 1)] = cut[Tile(0, 1)][:-1]
    del tiles[Tile(1, 0)]
    for each, index in ((tiles, 299), (cut, 0)):
        with pytest.raises(TileMissing):
            inclusion_proof(index, 300, subtree_of(each))
