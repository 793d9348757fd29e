"""How the ledger's things look in answers: one function for each, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from api.commands.receipts import Receipt
from ledger.credits.balance import Balance
from ledger.credits.lots import OpenLot, Slice
from ledger.credits.transactions import Transaction, transactions_of
from ledger.credits.usage import Line, Rate
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


def transaction_json(
    transaction: Transaction, sequence: int, digest: bytes, texts: Mapping[str, str]
) -> dict[str, Any]:
    """One movement of a wallet. `texts` are the erasable texts by digest: an erased one is null,
    and `erased` tells it from one that never was."""
    asset = transaction.asset
    metadata = texts.get(transaction.metadata) if transaction.metadata else None
    return {
        "id": f"{sequence}-{transaction.line}",
        "sequence": sequence,
        "hash": digest.hex(),
        "user": transaction.user,
        "owner": transaction.owner,
        "asset": asset,
        "category": transaction.category,
        "amount": format_amount(transaction.amount, asset),
        "balance_after": format_amount(transaction.balance_after, asset),
        "lots": slices_json(transaction.lots, asset),
        "occurred_at": format_time(transaction.occurred_us),
        "recorded_at": format_time(transaction.recorded_us),
        "reference": transaction.reference,
        "reason": texts.get(transaction.reason) if transaction.reason else None,
        "metadata": None if metadata is None else msgspec.json.decode(metadata),
        "erased": any(
            digest is not None and digest not in texts
            for digest in (transaction.metadata, transaction.reason)
        ),
        "usage": None if transaction.usage is None else _usage(transaction.usage),
    }


class Receipts:
    """Transactions of receipts; the lines of one event are taken apart once."""

    def __init__(self) -> None:
        self._lines: dict[int, Sequence[Transaction]] = {}

    def transaction(self, receipt: Receipt, text: str | None = None) -> dict[str, Any]:
        """What a command did, with the erasable text that came with it."""
        recording = receipt.recording
        lines = self._lines.get(id(recording.fact))
        if lines is None:
            lines = self._lines[id(recording.fact)] = transactions_of(recording.fact)
        transaction = lines[receipt.line]
        digest = transaction.metadata or transaction.reason
        texts = {digest: text} if digest and text is not None else {}
        return transaction_json(transaction, recording.sequence, recording.hash, texts)


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


def time_or_null(us: int | None) -> str | None:
    """A moment, if there is one."""
    return None if us is None else format_time(us)


def _usd(amount: int, asset: str) -> str | None:
    if asset == CREDIT:
        return format_usd(amount)
    return format_amount(amount, asset) if asset == "usd" else None


def slices_json(slices: Sequence[Slice], asset: str) -> list[dict[str, Any]]:
    """Parts of lots, in burn order."""
    return [
        {
            "lot": part.lot,
            "kind": part.kind,
            "amount": format_amount(part.amount, asset),
            "expires_at": time_or_null(part.expires_us),
        }
        for part in slices
    ]


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


def _usage(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "credential": line.credential,
        "service": line.service,
        "project": line.project,
        "provider": line.provider,
        "model": line.model,
        "quantities": line.quantities,
        "debt": format_amount(line.debt, CREDIT),
        "late": line.late,
        "rate": None if line.rate is None else rate_json(line.rate),
    }


def rate_json(rate: Rate) -> dict[str, Any]:
    """Unit prices as exact dollars for one unit."""
    prices = {meter: exact_usd(price) for meter, price in rate.unit_prices.items()}
    return {"card": rate.card, "version": rate.version, "unit_prices_usd": prices}


@lru_cache(maxsize=4096)
def exact_usd(attodollars: int) -> str:
    """Attodollars as exact dollars, without trailing zeros."""
    whole, atto = divmod(attodollars, 10**18)
    decimals = str(atto).rjust(18, "0").rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
