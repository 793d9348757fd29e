"""Permissions of proof: who may read checkpoints and proofs."""

from typing import Annotated

from fastapi import Depends

from api.http.auth.caller import Caller
from api.http.auth.needs import Requires

ProofReader = Annotated[Caller, Depends(Requires("audit:read", platform=True))]
