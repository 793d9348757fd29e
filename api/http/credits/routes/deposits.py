"""Credits that come in: deposits (bought) and grants (given)."""

from __future__ import annotations

from api.commands.credits.deposits import DepositCredits, GrantCredits
from api.http.answers import Created
from api.http.auth.caller import IdempotencyKey
from api.http.credits.answers.results import transaction_created
from api.http.credits.answers.transactions import TransactionAnswer
from api.http.credits.bodies import Deposit, Grant, GrantBody, PaidBody
from api.http.credits.permissions import CreditsWriter, DepositsWriter
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from ledger.credits.lots import Kind, Paid, Terms
from ledger.kernel.errors import TooManyLots
from ledger.kernel.limits import PRIORITY_DEFAULT
from ledger.kernel.money import CREDIT, parse_amount, scale_of

router = Router(prefix="/v1/billing", tags=["credits"])


@router.post("/deposits", openapi_extra=may_answer(TooManyLots))
async def deposit(
    caller: DepositsWriter, key: IdempotencyKey, body: Deposit
) -> Created[TransactionAnswer]:
    """Record bought credits: a purchased lot, which pays debt first."""
    asset = str(body.asset)
    scale_of(body.asset)
    amount = parse_amount(body.amount, asset, "amount")
    paid = _paid(body.paid) if body.paid else None
    sent = caller.says(body.sent()) | {"amount": amount}
    if body.paid and paid:
        sent["paid"] = body.paid.sent() | {"amount": paid.amount}
    command = DepositCredits(
        **caller.asks(key),
        sent=sent,
        user=caller.user(body.user),
        asset=asset,
        terms=Terms(Kind.PURCHASED, amount, paid=paid),
        reference=body.reference,
    )
    return transaction_created(await caller.service.writer.submit(command))


@router.post("/credits", openapi_extra=may_answer(TooManyLots))
async def grant(
    caller: CreditsWriter, key: IdempotencyKey, body: Grant
) -> Created[TransactionAnswer]:
    """Give credits: a lot of a kind, with an expiry, an effective time and a priority."""
    amount = parse_amount(body.amount, CREDIT, "amount")
    sent = caller.says(body.sent()) | {"amount": amount}
    sent.pop("reason", None)  # erasable: compared by its digest
    user = caller.user(body.user)
    reason = sealed_reason(caller, body.reason, user)
    command = GrantCredits(
        **caller.asks(key),
        sent=sent,
        user=user,
        asset=CREDIT,
        terms=_terms(body, amount),
        reason=reason,
    )
    return transaction_created(await caller.service.writer.submit(command), body.reason)


def _paid(body: PaidBody) -> Paid:
    currency = str(body.currency)
    scale_of(body.currency, "paid.currency")
    return Paid(parse_amount(body.amount, currency, "paid.amount"), currency)


def _terms(body: GrantBody, amount: int) -> Terms:
    return Terms(
        kind=Kind(body.kind),
        amount=amount,
        effective_us=body.effective_at,
        expires_us=body.expires_at,
        priority=PRIORITY_DEFAULT if body.priority is None else body.priority,
        period_end_us=body.period_end,
    )
