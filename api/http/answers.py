"""How the ledger's things look in answers: one function for each, whoever asks."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from api.commands.result import CommandResult, StoredFact
from api.http.credits.transaction_answers import TransactionAnswer, time_or_null, transaction_answer
from api.http.fast_path.answers import UsageAnswers
from ledger.credits.balance import Balance
from ledger.credits.lots import OpenLot
from ledger.credits.transactions import transactions_of
from ledger.kernel.money import CREDIT, format_amount, format_usd, scale_of
from ledger.kernel.times import format_time

REPLAYED = "Idempotency-Replayed"
encode = msgspec.json.Encoder().encode
"""A value as JSON."""


def answer(
    value: object, status: HTTPStatus = HTTPStatus.OK, *, replayed: bool = False
) -> Response:
    """A value as JSON; an answer given before says so in a header, its body is the same."""
    headers = {REPLAYED: "true"} if replayed else None
    return Response(encode(value), int(status), headers, "application/json")


class CommandResults:
    """Transactions of command_results; the lines of one event are taken apart once."""

    def __init__(self) -> None:
        self._usage: dict[int, UsageAnswers] = {}

    def transaction(self, result: CommandResult, text: str | None = None) -> TransactionAnswer:
        """What a command did, with the erasable text that came with it, unless it was erased."""
        recorded = result.stored_fact
        text = None if result.erased else text
        if not UsageAnswers.can_read(recorded):
            return _of_fact(recorded, result.line, text)
        found = self._usage.get(recorded.sequence)
        if found is None:
            found = self._usage[recorded.sequence] = UsageAnswers(recorded)
        return found.answer(result.line, text)


def _of_fact(recorded: StoredFact, line: int, text: str | None) -> TransactionAnswer:
    transaction = transactions_of(recorded.fact)[line]
    digest = transaction.metadata or transaction.reason
    texts = {digest: text} if digest and text is not None else {}
    return transaction_answer(transaction, recorded.sequence, recorded.hash, texts)


def balance_json(
    user: str, asset: str, balance: Balance, as_of_sequence: int, *, suspended: bool
) -> dict[str, Any]:
    """A wallet now. Null: what the standard has and this ledger does not know yet."""
    return {
        "user": user,
        "asset": asset,
        "balance": balance.total // 10 ** scale_of(asset),
        "balance_usd": _usd(balance.total, asset),
        "available": format_amount(balance.available, asset),
        "held": format_amount(balance.held, asset),
        "debt": format_amount(balance.debt, asset),
        "pending": format_amount(balance.pending, asset),
        "suspended": suspended,
        "lots": [_open_lot(lot, asset) for lot in balance.lots],
        "as_of_sequence": as_of_sequence,
        "tier": None,
        "credits_included": None,
        "credits_used": None,
        "credits_remaining": None,
        "period_start": None,
        "period_end": None,
        "auto_recharge": None,
    }


def _usd(amount: int, asset: str) -> str | None:
    if asset == CREDIT:
        return format_usd(amount)
    return format_amount(amount, asset) if asset == "usd" else None


def _open_lot(lot: OpenLot, asset: str) -> dict[str, Any]:
    return {
        "lot": lot.terms.id,
        "kind": lot.terms.kind,
        "amount": format_amount(lot.left, asset),
        "held": format_amount(lot.held, asset),
        "granted": format_amount(lot.terms.amount, asset),
        "effective_at": format_time(lot.terms.effective_us),
        "expires_at": time_or_null(lot.terms.expires_us),
        "priority": lot.terms.priority,
    }
