"""Balances: now, read-your-writes, and at any moment of the past."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.http.answers import answer, balance_json
from api.http.auth.caller import BalanceReader, Caller
from api.queries.as_of import moment_of
from api.queries.credits.balance import Wallets, wallets
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT, scale_of

router = APIRouter(prefix="/v1/billing", tags=["balance"])


@router.get("/balance")
async def balance(
    caller: BalanceReader, user: str | None = None, asset: str = CREDIT, as_of: str | None = None
) -> Response:
    """One wallet now, or as of a sequence or an RFC 3339 time."""
    return answer(await balance_of(caller, user, asset, as_of))


@router.get("/balance/all")
async def balances(
    caller: BalanceReader, user: str | None = None, as_of: str | None = None
) -> Response:
    """A user's wallets in every asset now, or as of a sequence or an RFC 3339 time."""
    found = await _wallets(caller, user, None, as_of)
    data = [_balance(found, asset) for asset in found.balances]
    return answer({"data": data, "as_of_sequence": found.as_of_sequence, "next_cursor": None})


async def balance_of(
    caller: Caller, user: str | None = None, asset: str = CREDIT, as_of: str | None = None
) -> dict[str, Any]:
    """One wallet, as it is answered."""
    scale_of(asset)
    return _balance(await _wallets(caller, user, asset, as_of), asset)


def _balance(found: Wallets, asset: str) -> dict[str, Any]:
    return balance_json(
        found.owner,
        asset,
        found.of(asset),
        found.as_of_sequence,
        suspended=asset in found.suspended,
    )


async def _wallets(
    caller: Caller, user: str | None, asset: str | None, as_of: str | None
) -> Wallets:
    owner = caller.user(None if user is None else check_user(user))
    service = caller.service
    if as_of is not None:
        async with service.reads.read(caller.org):
            moment = await moment_of(service.long_reader, caller.org, as_of, service.clock())
            return await service.replay.wallets(caller.org, owner, asset, moment)
    return await wallets(service.reader, caller.org, owner, asset, service.clock())
