"""Corrections: what a person does by hand, with a reason: reversals, adjustments, zap,
suspension."""

from __future__ import annotations

from api.commands.credits.corrections import (
    AdjustCredits,
    ResumeWallet,
    ReverseTransaction,
    SuspendWallet,
    ZapWallet,
)
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.credits.answers.results import transaction_created
from api.http.credits.answers.transactions import TransactionAnswer
from api.http.credits.answers.wallets import SuspensionAnswer, suspension_answer
from api.http.credits.bodies import Adjustment, ReasonOnly, Reversal, Zap
from api.http.credits.permissions import AdjustmentsWriter, ReversalsWriter, WalletsWriter
from api.http.credits.transaction_ids import parse_transaction_id
from api.http.parameters import User
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from ledger.kernel.errors import Conflict, InsufficientCredits, TooManyLots
from ledger.kernel.ids import POOL, check_user
from ledger.kernel.limits import DECIMALS_MAX
from ledger.kernel.money import CREDIT, parse_decimal, parse_signed

router = Router(prefix="/v1/billing", tags=["corrections"])


@router.post(
    "/transactions/{transaction_id}/reverse", openapi_extra=may_answer(Conflict, TooManyLots)
)
async def reverse(
    caller: ReversalsWriter, key: IdempotencyKey, transaction_id: str, body: Reversal
) -> Created[TransactionAnswer]:
    """Take back a debit, a deposit or a grant, or a part: never more than the original."""
    sequence, line = parse_transaction_id(transaction_id)
    sent: dict[str, object] = {"id": transaction_id}
    if body.amount is not None:
        # Which asset it is in, only the original says: the same number is the same content.
        sent["amount"] = parse_decimal(body.amount, DECIMALS_MAX, "amount", of="an amount")
    command = ReverseTransaction(
        **caller.asks(key),
        sent=sent,
        reason=sealed_reason(caller, body.reason, POOL),
        sequence=sequence,
        line=line,
        amount=body.amount,
    )
    return transaction_created(await caller.service.writer.submit(command), body.reason)


@router.post("/adjustments", openapi_extra=may_answer(InsufficientCredits, TooManyLots))
async def adjust(
    caller: AdjustmentsWriter, key: IdempotencyKey, body: Adjustment
) -> Created[TransactionAnswer]:
    """Add credit by hand, or with a minus take it; taking never makes debt."""
    amount = parse_signed(body.amount, CREDIT, "amount")
    command = AdjustCredits(
        **caller.asks(key),
        sent={"user": body.user, "amount": amount},
        reason=sealed_reason(caller, body.reason, body.user),
        user=body.user,
        amount=amount,
    )
    return transaction_created(await caller.service.writer.submit(command), body.reason)


@router.post("/zap", openapi_extra=may_answer(Conflict))
async def zap(
    caller: AdjustmentsWriter, key: IdempotencyKey, body: Zap
) -> Created[TransactionAnswer]:
    """Clear a wallet: what is left and what is owed. Open holds keep what they have set aside."""
    command = ZapWallet(
        **caller.asks(key),
        sent={"user": body.user},
        reason=sealed_reason(caller, body.reason, body.user),
        user=body.user,
    )
    return transaction_created(await caller.service.writer.submit(command), body.reason)


# A user id may hold slashes, so the path's last part says what is done.
@router.post("/wallets/{user:whole}/suspend", openapi_extra=may_answer(Conflict))
async def suspend(
    caller: WalletsWriter, key: IdempotencyKey, user: User, body: ReasonOnly
) -> Ok[SuspensionAnswer]:
    """Refuse holds, and debits that ask for it; what was done is still charged."""
    return await _switch(SuspendWallet, caller, key, user, body.reason)


@router.post("/wallets/{user:whole}/resume", openapi_extra=may_answer(Conflict))
async def resume(
    caller: WalletsWriter, key: IdempotencyKey, user: User, body: ReasonOnly
) -> Ok[SuspensionAnswer]:
    """Admit again."""
    return await _switch(ResumeWallet, caller, key, user, body.reason)


async def _switch(
    kind: type[SuspendWallet | ResumeWallet], caller: Caller, key: str, user: str, reason: str
) -> Ok[SuspensionAnswer]:
    check_user(user)
    command = kind(
        **caller.asks(key),
        sent={"user": user},
        reason=sealed_reason(caller, reason, user),
        user=user,
    )
    result = await caller.service.writer.submit(command)
    suspended = kind is SuspendWallet
    return Ok(suspension_answer(result, reason, suspended=suspended), replayed=result.replayed)
