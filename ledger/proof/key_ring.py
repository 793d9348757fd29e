"""The key ring: the keys that sign checkpoints, and every public key that ever did."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.kernel.errors import LedgerError
from ledger.proof.note import SignerKey, VerifierKey


class KeysUnusable(LedgerError):
    """The keys cannot be read, or are not what they must be."""

    code = "keys_unusable"


@dataclass(frozen=True)
class KeyRing:
    """The keys that sign, the current one first, and every public key that ever did."""

    signers: tuple[SignerKey, ...]
    verifiers: tuple[VerifierKey, ...]
