"""Balances, read-your-writes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.http.answers import answer, balance_json
from api.http.caller import BalanceReader, Caller
from api.queries.balance import Wallets, wallets
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT, scale_of

router = APIRouter(prefix="/v1/billing", tags=["balance"])


@router.get("/balance")
async def balance(caller: BalanceReader, user: str | None = None, asset: str = CREDIT) -> Response:
    """One wallet now."""
    scale_of(asset)
    found = await _wallets(caller, user, asset)
    return answer(_balance(found, asset))


@router.get("/balance/all")
async def balances(caller: BalanceReader, user: str | None = None) -> Response:
    """A user's wallets in every asset."""
    found = await _wallets(caller, user, None)
    data = [_balance(found, asset) for asset in found.balances]
    return answer({"data": data, "as_of_sequence": found.as_of_sequence, "next_cursor": None})


def _balance(found: Wallets, asset: str) -> dict[str, Any]:
    return balance_json(
        found.owner,
        asset,
        found.of(asset),
        found.as_of_sequence,
        suspended=asset in found.suspended,
    )


async def _wallets(caller: Caller, user: str | None, asset: str | None) -> Wallets:
    owner = caller.user(None if user is None else check_user(user))
    service = caller.service
    return await wallets(service.reader, caller.org, owner, asset, service.clock())
