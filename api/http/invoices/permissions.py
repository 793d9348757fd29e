"""Permissions of the endpoints of invoices, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

InvoicesReader = Annotated[Caller, Depends(Requires("invoices:read"))]
InvoicesWriter = Annotated[Caller, Depends(Requires("invoices:write"))]
SettingsReader = Annotated[Caller, Depends(Requires("invoice-settings:read"))]
SettingsWriter = Annotated[Caller, Depends(Requires("invoice-settings:write"))]
TaxRatesReader = Annotated[Caller, Depends(Requires("tax-rates:read", platform=True))]
TaxRatesWriter = Annotated[Caller, Depends(Requires("tax-rates:write", platform=True))]
PayersReader = Annotated[Caller, Depends(Requires("payer-details:read"))]
PayersWriter = Annotated[Caller, Depends(Requires("payer-details:write"))]
