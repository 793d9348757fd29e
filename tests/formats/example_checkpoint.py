"""The worked example of `schemas/checkpoint.md`: real values, from the events of `chain.md`."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from api.sealing.witness_delivery import content_of, file_name
from ledger.proof.checkpoint import Checkpoint, origin_of
from ledger.proof.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from ledger.proof.note import SignerKey
from ledger.proof.tiles import grow, subtree_of
from ledger.proof.witnesses import Pending
from tests.formats.example import BEGIN, END, events
from tests.scenarios.commands import ORG

PAGE = Path(__file__).parents[2] / "schemas" / "checkpoint.md"
SIGNER = SignerKey("tallystick", bytes(range(32)))
"""An example's key: its private half is printed here, so it signs nothing else."""

SEALED_US = 1_769_947_201_000_000


def checkpoint() -> Checkpoint:
    """The checkpoint of the example's two events."""
    recorded = events()
    frontier = Frontier()
    grow(frontier, (leaf_hash(event.hash) for event in recorded))
    origin = origin_of("tallystick", ORG)
    return Checkpoint(origin, frontier.size, frontier.root(), recorded[-1].recorded_us)


def page_part() -> str:
    """The example as it stands on the page."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    leaves = [leaf_hash(event.hash) for event in events()]
    tiles = {tile: run.hashes for tile, run in grow(Frontier(), leaves).items()}
    tree, signed = subtree_of(tiles), checkpoint()
    note = signed.sign([SIGNER])
    yield "The two events of the example in `chain.md`:\n\n```\n"
    for event, leaf in zip(events(), leaves, strict=True):
        yield f"chain hash {event.sequence}    {event.hash.hex()}\n"
        yield f"leaf hash {event.sequence - 1}     {leaf.hex()}\n"
    for tile, hashes in tiles.items():
        held = f"{len(hashes)} bytes: leaf hash 0, leaf hash 1"
        yield f"tile {tile.level}/{tile.number}        {held}\n"
    yield f"root of 2       {signed.root.hex()}\n"
    yield f"  in base64     {base64.b64encode(signed.root).decode()}\n"
    (sibling,) = inclusion_proof(0, 2, tree)
    yield f"proof of 1 in 2 {sibling.hex()}\n"
    (added,) = consistency_proof(1, 2, tree)
    yield f"proof of 1 to 2 {added.hex()}\n```\n\n"
    yield "The key that signs, as `verifier-keys` lists it (its private half is the 32 bytes "
    yield f"00 01 … 1f):\n\n```\n{SIGNER.verifier}\n```\n\n"
    yield f"The note:\n\n```\n{note}```\n\n"
    pending = [Pending(ORG, note, SEALED_US)]
    yield f"The file that witnesses get, `{file_name(SEALED_US)}`:\n\n"
    yield f"```\n{content_of(pending).decode()}```\n"


def write() -> None:
    """Put the example on the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{page_part()}{END}{after}", "utf-8")


if __name__ == "__main__":
    write()
