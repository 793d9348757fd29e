"""The free monthly allowance: as it was set, and as it is."""

from __future__ import annotations

from api.commands.result import CommandResult
from api.http.answers import Amount, Answer, Hash, Time
from api.queries.credits.allowances import AllowanceRead
from ledger.credits.allowance import Allowance
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time


class AllowanceSetAnswer(Answer):
    """What each user gets a month from now on; null: nothing."""

    free_monthly: Amount | None
    verified_only: bool
    sequence: int
    hash: Hash
    recorded_at: Time


class AllowanceAnswer(Answer):
    """What each user gets a month, and the last month that was given to all of them."""

    free_monthly: Amount | None
    verified_only: bool
    granted_month: str | None
    as_of_sequence: int


def allowance_set_answer(result: CommandResult) -> AllowanceSetAnswer:
    """Return the allowance that a command has set."""
    stored_fact = result.stored_fact
    fact = stored_fact.fact
    assert isinstance(fact, Allowance.AllowanceSet)
    return AllowanceSetAnswer(
        free_monthly=_amount(fact.free_monthly),
        verified_only=fact.verified_only,
        sequence=stored_fact.sequence,
        hash=stored_fact.hash.hex(),
        recorded_at=format_time(fact.recorded_us),
    )


def allowance_answer(found: AllowanceRead) -> AllowanceAnswer:
    """Return the allowance in force."""
    return AllowanceAnswer(
        free_monthly=_amount(found.free_monthly),
        verified_only=found.verified_only,
        granted_month=found.granted_month,
        as_of_sequence=found.as_of_sequence,
    )


def _amount(amount: int | None) -> str | None:
    return None if amount is None else format_amount(amount, CREDIT)
