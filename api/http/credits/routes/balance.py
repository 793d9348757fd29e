"""Balances: now, read-your-writes, and at any moment of the past."""

from __future__ import annotations

from api.http.answers import Ok
from api.http.auth.caller import Caller
from api.http.credits.answers.balance import BalanceAnswer, BalancesAnswer, balance_answer
from api.http.credits.permissions import BalanceReader
from api.http.errors import TooManyReads
from api.http.parameters import SequenceOrTime, User
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.as_of import moment_of
from api.queries.credits.balance import Wallets
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT, scale_of

router = Router(prefix="/v1/billing", tags=["balance"])


@router.get("/balance", openapi_extra=may_answer(TooManyReads))
async def balance(
    caller: BalanceReader,
    user: User | None = None,
    asset: str = CREDIT,
    as_of: SequenceOrTime | None = None,
) -> Ok[BalanceAnswer]:
    """One wallet now, or as of a sequence or an RFC 3339 time."""
    return Ok(await balance_of(caller, user, asset, as_of))


@router.get("/balance/all", openapi_extra=may_answer(TooManyReads))
async def balances(
    caller: BalanceReader, user: User | None = None, as_of: SequenceOrTime | None = None
) -> Ok[BalancesAnswer]:
    """A user's wallets in every asset now, or as of a sequence or an RFC 3339 time."""
    found = await _wallets(caller, user, None, as_of)
    data = [_balance(found, asset) for asset in found.balances]
    return Ok(BalancesAnswer(data, found.as_of_sequence, None))


async def balance_of(
    caller: Caller, user: str | None = None, asset: str = CREDIT, as_of: str | None = None
) -> BalanceAnswer:
    """Return one wallet, as it is answered."""
    scale_of(asset)
    return _balance(await _wallets(caller, user, asset, as_of), asset)


def _balance(found: Wallets, asset: str) -> BalanceAnswer:
    return balance_answer(
        found.owner,
        asset,
        found.of(asset),
        found.as_of_sequence,
        suspended=asset in found.suspended,
        subscription=found.subscription if asset == CREDIT else None,
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
    return await service.balances.of(caller.org, owner, asset, service.clock())
