"""Permissions of the endpoints of internal transfers, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

InternalTransfersReader = Annotated[Caller, Depends(Requires("internal-transfers:read"))]
InternalTransfersSender = Annotated[Caller, Depends(Requires("internal-transfers:send"))]
InternalTransfersReceiver = Annotated[Caller, Depends(Requires("internal-transfers:receive"))]
