"""Signed checkpoints of an org's log, and proofs against them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.http.answers import Ok
from api.http.auth.caller import Caller
from api.http.paging import parse_integer
from api.http.parameters import Size
from api.http.proof.answers import CheckpointAnswer, ConsistencyAnswer, InclusionAnswer, Signed
from api.http.proof.permissions import ProofReader
from api.http.router import Router
from api.queries.proof.checkpoints import (
    find_checkpoint,
    prove_consistency,
    prove_inclusion,
)
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX

router = Router(prefix="/v1/audit", tags=["audit"])


@router.get("/checkpoint")
async def checkpoint(caller: ProofReader, size: Size | None = None) -> Ok[CheckpointAnswer]:
    """The newest checkpoint, or the first that covers a size."""
    found = await find_checkpoint(caller.service.reader, caller.org, _size(size, "size"))
    return Ok(_signed(caller).checkpoint(found))


@router.get("/proofs/inclusion")
async def inclusion(
    caller: ProofReader, sequence: Size | None = None, size: Size | None = None
) -> Ok[InclusionAnswer]:
    """That an event is in the log of the newest checkpoint, or of the first that covers a size."""
    wanted = _required(sequence, "sequence")
    proof = await prove_inclusion(caller.service.reader, caller.org, wanted, _size(size, "size"))
    return Ok(_signed(caller).inclusion(proof))


@router.get("/proofs/consistency")
async def consistency(
    caller: ProofReader,
    from_: Annotated[Size | None, Query(alias="from")] = None,
    to: Size | None = None,
) -> Ok[ConsistencyAnswer]:
    """That the log of the newest checkpoint, or of the first that covers `to`, begins with the
    first `from` events."""
    old = _required(from_, "from")
    proof = await prove_consistency(caller.service.reader, caller.org, old, _size(to, "to"))
    return Ok(_signed(caller).consistency(proof))


def _signed(caller: Caller) -> Signed:
    service = caller.service
    return Signed(service.settings.name, caller.org, service.verifier_keys())


def _size(value: str | None, field: str) -> int | None:
    return parse_integer(value, field, 1, AMOUNT_MAX)


def _required(value: str | None, field: str) -> int:
    parsed = parse_integer(value, field, 1, AMOUNT_MAX)
    if parsed is None:
        raise Invalid(f"{field} must be given: an integer from 1.", field=field)
    return parsed
