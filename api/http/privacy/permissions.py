"""Permissions of privacy: who may erase."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

PersonsEraser = Annotated[Caller, Depends(Requires("persons:erase"))]
