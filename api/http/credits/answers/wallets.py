"""Wallets that were suspended, or admitted again."""

from __future__ import annotations

from api.commands.result import CommandResult
from api.http.answers import Answer, Hash, Time
from ledger.credits.transactions import wallet_of
from ledger.kernel.times import format_time


class SuspensionAnswer(Answer):
    """Whether a wallet refuses; `reason` is an erasable text: an erased one is null."""

    user: str
    asset: str
    suspended: bool
    sequence: int
    hash: Hash
    recorded_at: Time
    reason: str | None


def suspension_answer(result: CommandResult, reason: str, *, suspended: bool) -> SuspensionAnswer:
    """Return what a command did to a wallet, for a reason."""
    stored_fact = result.stored_fact
    owner, asset = wallet_of(stored_fact.fact)
    return SuspensionAnswer(
        user=owner,
        asset=asset,
        suspended=suspended,
        sequence=stored_fact.sequence,
        hash=stored_fact.hash.hex(),
        recorded_at=format_time(stored_fact.fact.recorded_us),
        reason=None if result.erased else reason,
    )
