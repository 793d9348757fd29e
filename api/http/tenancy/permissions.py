"""Permissions of tenancy: who may register and move orgs, make keys and define roles."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import RequiresOnPath, RequiresSomewhere

OrgsWriter = Annotated[Caller, Depends(RequiresSomewhere("orgs:write"))]
OrgsReader = Annotated[Caller, Depends(RequiresSomewhere("orgs:read"))]
OrgMover = Annotated[Caller, Depends(RequiresOnPath("orgs:write"))]
OrgReader = Annotated[Caller, Depends(RequiresOnPath("orgs:read"))]
ApiKeysWriter = Annotated[Caller, Depends(RequiresOnPath("api-keys:write"))]
ApiKeysReader = Annotated[Caller, Depends(RequiresOnPath("api-keys:read"))]
RolesWriter = Annotated[Caller, Depends(RequiresOnPath("roles:write"))]
RolesReader = Annotated[Caller, Depends(RequiresOnPath("roles:read"))]
BillingModeWriter = Annotated[Caller, Depends(RequiresOnPath("billing-mode:write"))]
