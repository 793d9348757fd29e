"""The verified state: all that a clean run remembered at its end, signed and kept with the keys, so
that the next run begins there.

It is never in the database: who can write there must not be able to make one. The file is a signed
note, which names the digest of what follows it; nothing of that is read before the signature is
known to be ours.
"""

from __future__ import annotations

import base64
import hashlib
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Protocol

from ledger.kernel.chain import Head
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.shards import number_of
from ledger.kernel.times import format_time
from ledger.proof.note import NOTE_MAX, BadNote, SignerKey, VerifierKey, open_note, sign_note
from ledger.verification.checkpoints import SignedTree

_RULES = ("ledger", "api.verification")
"""The packages whose words a state is in: after a change in them everything is verified again."""

_INSTEAD = "verify everything once, without --since"


@dataclass(frozen=True)
class VerifiedState:
    """What was remembered after the events with those positions, the last of each shard.

    `secret`: what keys were counted with, see KeyTally. `folds`: what each check has added up.
    """

    positions: Mapping[int, int]
    verified_us: int
    secret: bytes
    heads: Mapping[str, Head]
    versions: Mapping[str, dict[bytes, int]]
    trees: Mapping[str, SignedTree]
    folds: Mapping[str, Any]

    def __str__(self) -> str:
        return (
            f"the events up to position {shown(self.positions)} were verified at "
            f"{format_time(self.verified_us)} and not looked at again: what was changed since in "
            "them, their read models, seals and texts, only a run without --since can find."
        )


class StateFile(Protocol):
    """Where a state is kept."""

    def read(self) -> bytes | None:
        """Return what was kept; None: nothing was."""

    def write(self, content: bytes) -> None:
        """Keep this in its stead, whole or not at all."""


@dataclass(frozen=True)
class KeptState:
    """The state of last time: where it is, who signs it and whose signature counts."""

    file: StateFile
    ledger: str
    signers: tuple[SignerKey, ...]
    verifiers: tuple[VerifierKey, ...]

    def keep(self, state: VerifiedState) -> str:
        """Keep a state, if anybody signs here; return in words what became of it."""
        if not self.signers:
            return "no state was left for --since last: there is no private key to sign it."
        content = pickle.dumps(state, pickle.HIGHEST_PROTOCOL)
        note = sign_note(self._text(content), self.signers).encode()
        try:
            self.file.write(len(note).to_bytes(4) + note + content)
        except Invalid as error:
            return f"no state was left for --since last: {error.detail}"
        return f"--since last goes on after position {shown(state.positions)}."

    def load(self) -> VerifiedState:
        """Return the state of last time. Raises NotFound, or Invalid where it is none of ours."""
        kept = self.file.read()
        if kept is None:
            raise NotFound(f"no state of a run before is kept with the keys: {_INSTEAD}.")
        end = 4 + min(int.from_bytes(kept[:4]), NOTE_MAX)
        note, content = kept[4:end], kept[end:]
        try:
            text, _ = open_note(note, self.verifiers)
        except BadNote as error:
            raise Invalid(
                f"the state of last time does not count: {error.detail} Then {_INSTEAD}.",
                field="--since",
            ) from error
        if text != self._text(content):
            raise Invalid(
                "the state of last time is of another ledger or another version of the software, "
                f"or is not whole: {_INSTEAD}.",
                field="--since",
            )
        state: VerifiedState = pickle.loads(content)  # noqa: S301  # we have signed it
        return state

    def _text(self, content: bytes) -> str:
        """Return what is signed; its first line is no checkpoint's origin."""
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        return f"{self.ledger} verified state\nrules {_rules()}\nstate {digest}\n"


def shown(positions: Mapping[int, int]) -> str:
    """Return the positions of shards in words: of each the number within it."""
    several = len(positions) > 1
    return ", ".join(
        f"{number_of(position):,}" + (f" of shard {shard}" if several else "")
        for shard, position in sorted(positions.items())
    )


@cache
def _rules() -> str:
    """Return the digest of the rules that are verified by, as they are written."""
    digest = hashlib.sha256()
    for package in _RULES:
        for content in _sources(files(package)):
            digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterator[bytes]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(".py"):
            yield each.read_bytes()
