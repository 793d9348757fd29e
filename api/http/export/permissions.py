"""Permissions of the export: who may take the evidence bundle of a range."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

ExportReader = Annotated[Caller, Depends(Requires("audit:read", platform=True))]
