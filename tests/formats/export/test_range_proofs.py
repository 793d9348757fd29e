"""Range proofs: of every run of every tree, and of nothing else."""

from __future__ import annotations

import hashlib

from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.proof.merkle import Frontier, Subtree, leaf_hash, root_of
from ledger.proof.range_proofs import RangeProof, range_proof, root_over
from schemas import verify

SIZE_MAX = 70
LEAVES = [hashlib.sha256(b"leaf %d" % number).digest() for number in range(SIZE_MAX)]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) < 2:
        data = b"\x00" + leaves[0] if leaves else b""
        return hashlib.sha256(data).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive(leaves: list[bytes]) -> Subtree:
    return lambda start, end: naive_root(leaves[start:end])


@st.composite
def runs(draw: st.DrawFn) -> tuple[int, int, int]:
    size = draw(st.integers(0, SIZE_MAX))
    end = draw(st.integers(0, size))
    return draw(st.integers(0, end)), end, size


def ledgers_root(run: list[bytes], start: int, size: int, proof: RangeProof) -> bytes | None:
    tree = Frontier(start, proof.left)
    for leaf in run:
        tree.add(leaf_hash(leaf))
    return root_over(tree, size, proof.right)


def strangers_root(run: list[bytes], start: int, size: int, proof: RangeProof) -> bytes | None:
    try:
        tree = verify.Tree(start, proof.left)
        for leaf in run:
            tree.add(verify.leaf_hash(leaf))
        return tree.root_within(size, proof.right) if tree.size <= size else None
    except verify.Wrong:
        return None


@given(runs())
def test_a_run_with_its_proof_makes_the_root(run: tuple[int, int, int]) -> None:
    start, end, size = run
    proof = range_proof(start, end, size, naive(LEAVES))
    root = naive_root(LEAVES[:size])
    assert root == root_of(LEAVES[:size])
    assert ledgers_root(LEAVES[start:end], start, size, proof) == root
    assert strangers_root(LEAVES[start:end], start, size, proof) == root


@given(runs())
def test_a_proof_is_as_short_as_can_be(run: tuple[int, int, int]) -> None:
    """One node for each complete subtree outside, at most two for each level of the tree."""
    start, end, size = run
    proof = range_proof(start, end, size, naive(LEAVES))
    assert len(proof.left) == start.bit_count()
    assert len(proof.right) <= max(1, size.bit_length())
    assert (size == end) == (not proof.right)


@given(runs(), st.data())
def test_another_run_does_not_fit_the_proof(run: tuple[int, int, int], data: st.DataObject) -> None:
    """A leaf left out, doubled, changed or moved; a node left out, doubled, changed or moved."""
    start, end, size = run
    proof = range_proof(start, end, size, naive(LEAVES))
    parts = [LEAVES[start:end], list(proof.left), list(proof.right)]
    part = data.draw(st.sampled_from(parts))
    assume(part)
    place = data.draw(st.integers(0, len(part) - 1))
    match data.draw(st.sampled_from(["drop", "double", "change", "move"])):
        case "drop":
            del part[place]
        case "double":
            part.insert(place, part[place])
        case "change":
            part[place] = bytes(32)
        case _:
            assume(len(part) > 1)
            part.insert((place + 1) % len(part), part.pop(place))
    forged = RangeProof(parts[1], parts[2])
    if (parts[0], *forged) == (LEAVES[start:end], *proof):
        return
    root = naive_root(LEAVES[:size])
    assert strangers_root(parts[0], start, size, forged) != root
    if len(forged.left) == start.bit_count() and start + len(parts[0]) <= size:
        assert ledgers_root(parts[0], start, size, forged) != root
