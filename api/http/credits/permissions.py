"""Permissions of credits: who may move them, and who may see where they went."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

DepositsWriter = Annotated[Caller, Depends(Requires("deposits:write"))]
CreditsWriter = Annotated[Caller, Depends(Requires("credits:write"))]
UsageWriter = Annotated[Caller, Depends(Requires("usage:write"))]
UsageReader = Annotated[Caller, Depends(Requires("usage:read"))]
BalanceReader = Annotated[Caller, Depends(Requires("balance:read"))]
TransactionsReader = Annotated[Caller, Depends(Requires("transactions:read"))]
HoldsWriter = Annotated[Caller, Depends(Requires("holds:write"))]
HoldsReader = Annotated[Caller, Depends(Requires("holds:read"))]
ReversalsWriter = Annotated[Caller, Depends(Requires("reversals:write"))]
AdjustmentsWriter = Annotated[Caller, Depends(Requires("adjustments:write"))]
WalletsWriter = Annotated[Caller, Depends(Requires("wallets:write"))]
TransfersWriter = Annotated[Caller, Depends(Requires("transfers:write"))]
ConversionsWriter = Annotated[Caller, Depends(Requires("conversions:write"))]
StatementReader = Annotated[Caller, Depends(Requires("statement:read"))]
CapsWriter = Annotated[Caller, Depends(Requires("caps:write"))]
CapsReader = Annotated[Caller, Depends(Requires("caps:read"))]
AllowanceReader = Annotated[Caller, Depends(Requires("orgs:read"))]
