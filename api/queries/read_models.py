"""Read models: how far read models have come, and waiting for them."""

from __future__ import annotations

import asyncio
import time

from api.queries.reader import Reader, Row
from ledger.kernel.errors import Invalid, ReadModelBehind

WAIT_S = 5.0
"""How long a list waits for the sequence that the caller has seen."""

MOMENT_S = 2.0
"""How long it waits, when no sequence is named, for what was recorded before it was asked:
as long as the process that keeps the read models takes to start."""

_PAUSE_S = 0.02


async def applied_sequence(reader: Reader, org: str, name: str, at_least: int | None) -> int:
    """Return the sequence a read model has reached, once that is what the caller has seen.

    None: what is recorded now is waited for a moment, then the answer is what is there; so a list
    after a write, or just after the service started, has it. Raises ReadModelBehind, and Invalid
    for a sequence that nobody can have seen.
    """
    applied, recorded = await _reached(reader, org, name)
    if at_least is not None and at_least > recorded:
        raise Invalid(
            f"min_sequence is in the future: the ledger's last sequence is {recorded}.",
            field="min_sequence",
        )
    wanted = recorded if at_least is None else at_least
    deadline = time.monotonic() + (MOMENT_S if at_least is None else WAIT_S)
    while applied < wanted and time.monotonic() < deadline:
        await asyncio.sleep(_PAUSE_S)
        applied, _ = await _reached(reader, org, name)
    if at_least is not None and applied < at_least:
        raise ReadModelBehind(
            f"the list has reached sequence {applied}: ask again for {at_least}.",
            field="min_sequence",
            as_of_sequence=applied,
        )
    return applied


async def _reached(reader: Reader, org: str, name: str) -> tuple[int, int]:
    """Return what a read model has applied of an org's events, and what is recorded."""
    applied, recorded = await reader.all(
        org, ("projection_head", {"org": org, "name": name}), ("head", {"org": org})
    )
    return _sequence(applied), _sequence(recorded)


def _sequence(rows: list[Row]) -> int:
    return int(rows[0]["sequence"]) if rows else 0
