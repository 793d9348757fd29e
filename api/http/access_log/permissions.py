"""Permissions of the access log: who may read which requests were refused."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

AccessLogReader = Annotated[Caller, Depends(Requires("audit:read", platform=True))]
