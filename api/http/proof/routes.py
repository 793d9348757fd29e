"""Signed checkpoints of an org's log, and proofs against them."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import Query, Response

from api.http.answers import answer
from api.http.auth.caller import AuditReader, Caller
from api.http.paging import parse_integer
from api.http.router import Router
from api.queries.proof.checkpoints import (
    SealedCheckpoint,
    find_checkpoint,
    prove_consistency,
    prove_inclusion,
)
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import format_time
from ledger.proof.checkpoint import origin_of

router = Router(prefix="/v1/audit", tags=["audit"])


@router.get("/checkpoint")
async def checkpoint(caller: AuditReader, size: str | None = None) -> Response:
    """The newest checkpoint, or the first that covers a size."""
    found = await find_checkpoint(caller.service.reader, caller.org, _size(size, "size"))
    return answer(_checkpoint(caller, found))


@router.get("/proofs/inclusion")
async def inclusion(
    caller: AuditReader, sequence: str | None = None, size: str | None = None
) -> Response:
    """That an event is in the log of the newest checkpoint, or of the first that covers a size."""
    wanted = _required(sequence, "sequence")
    proof = await prove_inclusion(caller.service.reader, caller.org, wanted, _size(size, "size"))
    return answer(
        {
            "sequence": proof.sequence,
            "index": proof.sequence - 1,
            "size": proof.checkpoint.size,
            "leaf": proof.leaf.hex(),
            "hashes": [_base64(each) for each in proof.hashes],
            "checkpoint": _checkpoint(caller, proof.checkpoint),
        }
    )


@router.get("/proofs/consistency")
async def consistency(
    caller: AuditReader,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
) -> Response:
    """That the log of the newest checkpoint, or of the first that covers `to`, begins with the
    first `from` events."""
    old = _required(from_, "from")
    proof = await prove_consistency(caller.service.reader, caller.org, old, _size(to, "to"))
    return answer(
        {
            "from": proof.size,
            "from_root": _base64(proof.root),
            "to": proof.checkpoint.size,
            "hashes": [_base64(each) for each in proof.hashes],
            "checkpoint": _checkpoint(caller, proof.checkpoint),
        }
    )


def _checkpoint(caller: Caller, found: SealedCheckpoint) -> dict[str, Any]:
    return {
        "origin": origin_of(caller.service.settings.name, caller.org),
        "size": found.size,
        "root": _base64(found.root),
        "recorded_at": format_time(found.recorded_us),
        "note": found.note,
        "verifier_keys": [str(key) for key in caller.service.verifier_keys()],
    }


def _size(value: str | None, field: str) -> int | None:
    return parse_integer(value, field, 1, AMOUNT_MAX)


def _required(value: str | None, field: str) -> int:
    parsed = parse_integer(value, field, 1, AMOUNT_MAX)
    if parsed is None:
        raise Invalid(f"{field} must be given: an integer from 1.", field=field)
    return parsed


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
