"""Permissions of bookkeeping: who may read the journal of an org."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

JournalReader = Annotated[Caller, Depends(Requires("audit:read", platform=True))]
