"""Moving credit: transfers between wallets of an org, and dollars that become credits."""

from __future__ import annotations

import msgspec

from api.commands.credits.transfers import DOLLARS, ConvertMoney, TransferCredits
from api.http.answers import Created
from api.http.auth.caller import IdempotencyKey
from api.http.credits.answers.results import ResultAnswers, transaction_created
from api.http.credits.answers.transactions import ConversionAnswer, TransactionAnswer
from api.http.credits.bodies import Conversion, Transfer
from api.http.credits.permissions import ConversionsWriter, TransfersWriter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from ledger.credits.conversions import MoneyConverted
from ledger.kernel.errors import InsufficientCredits, Suspended, TooManyLots
from ledger.kernel.money import CREDIT, format_amount, parse_amount, scale_of

router = Router(prefix="/v1/billing", tags=["transfers"])


@router.post("/transfers", openapi_extra=may_answer(InsufficientCredits, Suspended, TooManyLots))
async def transfer(
    caller: TransfersWriter, key: IdempotencyKey, body: Transfer
) -> Created[TransactionAnswer]:
    """Move credit, with its kind, expiry and priority; answers the giver's transaction."""
    asset = str(body.asset)
    scale_of(body.asset)
    amount = parse_amount(body.amount, asset, "amount")
    command = TransferCredits(
        **caller.asks(key),
        sent=body.sent() | {"amount": amount},
        from_user=body.from_user,
        to_user=body.to_user,
        amount=amount,
        asset=asset,
    )
    return transaction_created(await caller.service.writer.submit(command))


@router.post("/conversions", openapi_extra=may_answer(InsufficientCredits, Suspended, TooManyLots))
async def convert(
    caller: ConversionsWriter, key: IdempotencyKey, body: Conversion
) -> Created[ConversionAnswer]:
    """Turn dollars of a wallet into credits of the same owner; answers the dollars' transaction
    and the `credits` they became."""
    cents = parse_amount(body.amount, DOLLARS, "amount")
    command = ConvertMoney(
        **caller.asks(key),
        sent=caller.says(body.sent()) | {"amount": cents},
        user=caller.user(body.user),
        cents=cents,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, MoneyConverted)
    transaction = msgspec.structs.asdict(ResultAnswers().transaction(result))
    value = ConversionAnswer(**transaction, credits=format_amount(fact.credits, CREDIT))
    return Created(value, replayed=result.replayed)
