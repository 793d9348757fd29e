"""Erasures, as they were made."""

from __future__ import annotations

from api.commands.result import CommandResult
from api.http.answers import Answer, Hash, Time
from ledger.kernel.times import format_time
from ledger.privacy.erasure import Erasure


class ErasureAnswer(Answer):
    """How many texts of a person are gone; unless `complete`, more are left."""

    user: str
    texts: int
    complete: bool
    sequence: int
    hash: Hash
    recorded_at: Time
    reason: str | None


def erasure_answer(result: CommandResult, reason: str | None) -> ErasureAnswer:
    """Return what a command erased, with its reason unless that was erased since."""
    stored_fact = result.stored_fact
    fact = stored_fact.fact
    assert isinstance(fact, Erasure.PersonErased)
    return ErasureAnswer(
        user=fact.user,
        texts=len(fact.digests),
        complete=fact.complete,
        sequence=stored_fact.sequence,
        hash=stored_fact.hash.hex(),
        recorded_at=format_time(fact.recorded_us),
        reason=None if result.erased else reason,
    )
