"""Checkpoints: that an org's log had this size and this root (C2SP tlog-checkpoint).

https://c2sp.org/tlog-checkpoint. The leaves are the chain hashes of the org's events: the leaf of
sequence n has index n - 1. An extension line, `recorded-us N`, is the recorded time of the last; a
second one, where the org has an access log, says where that ends: `access N HASH`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ledger.access_log.log import AccessHead
from ledger.proof.note import BadNote, SignerKey, VerifierKey, open_note, sign_note

HASH_BYTES = 32
_RECORDED, _ACCESS = "recorded-us ", "access "


def origin_of(ledger: str, org: str) -> str:
    """Return what a log is called in its checkpoints: the ledger's own name, and the org."""
    return f"{ledger}/{org}"


@dataclass(frozen=True)
class Checkpoint:
    """The size of a log, its Merkle root, when its last event was recorded (µs), and where the
    org's access log ends (None: not said)."""

    origin: str
    size: int
    root: bytes
    recorded_us: int
    access: AccessHead | None = None

    @property
    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        text = f"{self.origin}\n{self.size}\n{root}\n{_RECORDED}{self.recorded_us}\n"
        if self.access is None:
            return text
        digest = base64.b64encode(self.access.hash).decode()
        return f"{text}{_ACCESS}{self.access.sequence} {digest}\n"

    def sign(self, signers: Sequence[SignerKey]) -> str:
        """Return the checkpoint as a signed note."""
        return sign_note(self.text, signers)


class SealRow(NamedTuple):
    """A checkpoint as the store keeps it: the signed note, its columns for looking it up, and when
    it was signed."""

    org: str
    size: int
    root: bytes
    recorded_us: int
    note: str
    sealed_us: int
    access_sequence: int = 0


class Signed(NamedTuple):
    """A checkpoint whose signature was checked, and who holds it."""

    org: str
    size: int
    root: bytes
    recorded_us: int
    holder: str


def open_checkpoint(
    note: str | bytes, keys: Iterable[VerifierKey], origin: str | None = None
) -> Checkpoint:
    """Return a checkpoint that one of the keys signed, of that log. Raises BadNote."""
    text, _ = open_note(note, keys)
    checkpoint = parse_checkpoint(text)
    if origin is not None and checkpoint.origin != origin:
        raise BadNote(f"the checkpoint is of {checkpoint.origin}, not of {origin}.", field="origin")
    return checkpoint


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint a text says, whoever signed it. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) not in (5, 6) or lines[-1]:
        raise BadNote("a checkpoint has four lines, or five.", field="note")
    origin, size, root, recorded = lines[:4]
    try:
        decoded = base64.b64decode(root.encode("ascii"), validate=True)
        read = Checkpoint(origin, int(size), decoded, int(recorded.removeprefix(_RECORDED)))
        if len(lines) == 6:
            read = replace(read, access=_access(lines[4]))
    except ValueError:
        raise BadNote("a checkpoint's size, root or time cannot be read.", field="note") from None
    # One spelling for one checkpoint: no leading zeros, signs or other base64.
    if (
        read.text != text
        or len(decoded) != HASH_BYTES
        or read.size < 0
        or not _is_head(read.access)
    ):
        raise BadNote("a checkpoint is not written as it must be.", field="note")
    return read


def _access(line: str) -> AccessHead:
    sequence, digest = line.removeprefix(_ACCESS).split(" ")
    return AccessHead(int(sequence), base64.b64decode(digest.encode("ascii"), validate=True))


def _is_head(head: AccessHead | None) -> bool:
    return head is None or (head.sequence > 0 and len(head.hash) == HASH_BYTES)
