"""Permissions of the audit trail: who may read what is recorded, as it is recorded."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

AuditReader = Annotated[Caller, Depends(Requires("audit:read", platform=True))]
