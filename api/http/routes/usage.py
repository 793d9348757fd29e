"""Usage debits, one by one or in batches, and what was used."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from api.commands.books import Receipt
from api.commands.usage import RecordUsage
from api.http import bodies
from api.http.answers import Receipts, answer
from api.http.caller import Caller, UsageWriter
from api.http.fields import parse
from api.http.problems import problem_of
from api.http.requests import Batch, Usage, takes
from api.http.uses import use_of
from ledger.credits.usage import Use
from ledger.kernel.errors import LedgerError, Refusal

router = APIRouter(prefix="/v1/billing", tags=["usage"])


@router.post("/usage", status_code=201, openapi_extra=takes(bodies.UsageBody))
async def record_usage(caller: UsageWriter, body: Usage) -> Response:
    """Charge one use. Its `id` makes it safe to send again, alone or in a batch."""
    use = use_of(body, caller)
    (outcome,) = await _submit(caller, [use], atomic=False)
    if isinstance(outcome, LedgerError):
        raise outcome
    transaction = Receipts().transaction(outcome, use.content)
    return answer(transaction, HTTPStatus.CREATED, replayed=outcome.replayed)


@router.post("/usage/batch", openapi_extra=takes(bodies.BatchBody))
async def record_batch(caller: UsageWriter, body: Batch) -> Response:
    """Charge 1 to 1,000 uses: `independent`, each for itself, or `atomic`, all or none."""
    if body.mode == "atomic":
        return await _atomic(caller, body.items)
    return await _independent(caller, body.items)


async def _atomic(caller: Caller, items: list[Any]) -> Response:
    """The first problem refuses the whole, with its index."""
    uses = []
    for index, item in enumerate(items):
        use = _use(item, caller)
        if isinstance(use, Refusal):
            use.facts["index"] = index
            raise use
        uses.append(use)
    receipts = await _submit(caller, uses, atomic=True)
    return _results(caller, uses, receipts)


async def _independent(caller: Caller, items: list[Any]) -> Response:
    """An invalid item is that item's problem; the others are charged."""
    uses = [_use(item, caller) for item in items]
    valid = [use for use in uses if isinstance(use, Use)]
    receipts = iter(await _submit(caller, valid, atomic=False) if valid else [])
    outcomes = [next(receipts) if isinstance(use, Use) else use for use in uses]
    return _results(caller, uses, outcomes)


def _use(item: object, caller: Caller) -> Use | Refusal:
    try:
        return use_of(parse(bodies.UsageBody, item), caller)
    except Refusal as refusal:
        return refusal


async def _submit(caller: Caller, uses: list[Use], *, atomic: bool) -> list[Receipt | Refusal]:
    command = RecordUsage(
        org=caller.org, actor=caller.actor, origin=caller.origin, uses=uses, atomic=atomic
    )
    outcomes: list[Receipt | Refusal] = await caller.service.sequencer.submit(command)
    return outcomes


def _results(
    caller: Caller, uses: list[Use] | list[Use | Refusal], outcomes: list[Receipt | Refusal]
) -> Response:
    receipts = Receipts()
    results = []
    for index, (use, outcome) in enumerate(zip(uses, outcomes, strict=True)):
        if isinstance(outcome, Refusal):
            problem = problem_of(outcome, caller.service.settings.billing_url)
            result = {"status": problem["status"], "replayed": False, "problem": problem}
        else:
            text = use.content if isinstance(use, Use) else None
            result = {
                "status": int(HTTPStatus.CREATED),
                "replayed": outcome.replayed,
                "transaction": receipts.transaction(outcome, text),
            }
        results.append({"index": index, **result})
    return answer({"results": results})
