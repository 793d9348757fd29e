"""Permissions of the endpoints of appointments, as handlers name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

CalendarsReader = Annotated[Caller, Depends(Requires("calendars:read"))]
CalendarsWriter = Annotated[Caller, Depends(Requires("calendars:write"))]
AppointmentsReader = Annotated[Caller, Depends(Requires("appointments:read"))]
AppointmentsWriter = Annotated[Caller, Depends(Requires("appointments:write"))]
