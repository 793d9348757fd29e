"""Permissions of the endpoints of access, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

GrantsReader = Annotated[Caller, Depends(Requires("grants:read"))]
GrantsWriter = Annotated[Caller, Depends(Requires("grants:write"))]
Downloader = Annotated[Caller, Depends(Requires("grants:download"))]
