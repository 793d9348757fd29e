"""Checkpoint signatures: whose count, and what is signed by them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.access_log.log import AccessHead
from ledger.proof.checkpoint import SealRow, Signed, open_checkpoint, origin_of, parse_checkpoint
from ledger.proof.note import BadNote, VerifierKey

NO_KEYS = "no verifier key is known: give them with --keys."


@dataclass(frozen=True)
class Signatures:
    """Whose signatures count: the keys, and the ledger's name in the origins of its logs."""

    ledger: str
    keys: tuple[VerifierKey, ...] = ()

    def check(self, row: SealRow) -> str | None:
        """Return what is wrong with a stored checkpoint by itself."""
        try:
            signed = open_checkpoint(row.note, self.keys, origin_of(self.ledger, row.org))
        except BadNote as error:
            return error.detail
        sequence = signed.access.sequence if signed.access else 0
        columns = (row.size, row.root, row.recorded_us, row.access_sequence)
        if (signed.size, signed.root, signed.recorded_us, sequence) != columns:
            return "its columns are not what was signed"
        return None

    def access_of(self, row: SealRow) -> AccessHead | None:
        """Return where a stored checkpoint says that the access log ends, if its signature
        counts."""
        try:
            return open_checkpoint(row.note, self.keys, origin_of(self.ledger, row.org)).access
        except BadNote:
            return None  # `check` says so


def signed_text(note_text: str, ledger: str, holder: str) -> Signed:
    """Return what a checked checkpoint's text says of an org of this ledger. Raises BadNote."""
    checkpoint = parse_checkpoint(note_text)
    prefix = origin_of(ledger, "")
    org = checkpoint.origin.removeprefix(prefix)
    if not checkpoint.origin.startswith(prefix) or not org:
        raise BadNote(f"{checkpoint.origin} is not a log of {ledger}.", field="origin")
    return Signed(org, checkpoint.size, checkpoint.root, checkpoint.recorded_us, holder)
