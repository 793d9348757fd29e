"""Usage debits, one by one or in batches, and what was used."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from api.commands.credits.usage import RecordUsage
from api.commands.result import CommandResult
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller
from api.http.credits.answers.batches import BatchAnswer, ItemAnswer
from api.http.credits.answers.results import ResultAnswers
from api.http.credits.answers.transactions import TransactionAnswer
from api.http.credits.batches import read_batch, uses_of
from api.http.credits.bodies import Batch, Usage
from api.http.credits.permissions import UsageWriter
from api.http.credits.uses import use_of
from api.http.problem_schemas import OF_COMMANDS, may_answer
from api.http.problems import problem_of
from api.http.router import Router
from ledger.credits.usage import Use
from ledger.kernel.errors import (
    CapExceeded,
    InsufficientCredits,
    LedgerError,
    PriceNotFound,
    Refusal,
    Suspended,
)

_CREATED = int(HTTPStatus.CREATED)

router = Router(prefix="/v1/billing", tags=["usage"])


@router.post(
    "/usage",
    openapi_extra=may_answer(
        CapExceeded, InsufficientCredits, PriceNotFound, Suspended, *OF_COMMANDS
    ),
)
async def record_usage(caller: UsageWriter, body: Usage) -> Created[TransactionAnswer]:
    """Debit one use. Its `id` makes it safe to send again, alone or in a batch."""
    transaction, replayed = await record_one(caller, use_of(body, caller))
    return Created(transaction, replayed=replayed)


@router.post(
    "/usage/batch",
    openapi_extra=may_answer(
        CapExceeded, InsufficientCredits, PriceNotFound, Suspended, *OF_COMMANDS
    ),
)
async def record_batch(caller: UsageWriter, text: Batch) -> Ok[BatchAnswer]:
    """Debit 1 to 1,000 uses: `independent`, each for itself, or `atomic`, all or none."""
    return Ok(await charge_batch(caller, text))


async def charge_batch(caller: Caller, text: bytes) -> BatchAnswer:
    """Return the results of a batch, in its org's turn."""
    turns = caller.service.turns
    async with turns.of(caller.org):
        batch = read_batch(text)
        await caller.spend_lines(len(batch.items))
        uses = await turns.in_pieces(batch.items, lambda items: uses_of(items, caller))
        return BatchAnswer(await record_items(caller, uses, atomic=batch.mode == "atomic"))


async def record_one(caller: Caller, use: Use) -> tuple[TransactionAnswer, bool]:
    """Return the transaction of one use, and whether it was recorded before."""
    await caller.spend_lines(1)
    (outcome,) = await _submit(caller, [use], atomic=False)
    if isinstance(outcome, LedgerError):
        raise outcome
    return ResultAnswers().transaction(outcome, use.content), outcome.replayed


async def record_items(
    caller: Caller, uses: Sequence[Use | Refusal], *, atomic: bool
) -> list[ItemAnswer]:
    """Return the result of each item, in order. An invalid one is its own problem; in an atomic
    batch the first problem refuses the whole, with its index."""
    valid = [use for use in uses if isinstance(use, Use)]
    if atomic and len(valid) < len(uses):
        raise _first_refusal(uses)
    command_results = iter(await _submit(caller, valid, atomic=atomic) if valid else [])
    outcomes = [next(command_results) if isinstance(use, Use) else use for use in uses]
    answers, billing_url = ResultAnswers(), caller.service.settings.billing_url
    return await caller.service.turns.in_pieces(
        [*enumerate(zip(uses, outcomes, strict=True))],
        lambda items: [_result(n, *each, answers, billing_url) for n, each in items],
    )


def _first_refusal(uses: Sequence[Use | Refusal]) -> Refusal:
    index, refusal = next((n, use) for n, use in enumerate(uses) if isinstance(use, Refusal))
    refusal.facts["index"] = index
    return refusal


async def _submit(
    caller: Caller, uses: list[Use], *, atomic: bool
) -> list[CommandResult | Refusal]:
    command = RecordUsage(
        org=caller.org, actor=caller.actor, origin=caller.origin, uses=uses, atomic=atomic
    )
    outcomes = await caller.service.writer.submit(command)
    return outcomes


def _result(
    index: int,
    use: Use | Refusal,
    outcome: CommandResult | Refusal,
    answers: ResultAnswers,
    billing_url: str | None,
) -> ItemAnswer:
    if isinstance(outcome, Refusal):
        problem = problem_of(outcome, billing_url)
        return ItemAnswer(index, problem["status"], replayed=False, problem=problem)
    text = use.content if isinstance(use, Use) else None
    return ItemAnswer(index, _CREATED, outcome.replayed, answers.transaction(outcome, text))
