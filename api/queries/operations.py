"""Operations: what the processes of this ledger have called for, and cried for."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader


class EffectState(msgspec.Struct, frozen=True):
    """An effect: how many calls wait, since when the oldest does (µs), how many ended how."""

    effect: str
    waiting: int
    waiting_us: int | None
    done: int
    failed: int


class Operations(msgspec.Struct, frozen=True):
    """Over all orgs and processes."""

    effects: list[EffectState]
    alarms: dict[str, int]
    """How often each was raised, of those that ever were."""


async def operations(reader: Reader) -> Operations:
    """Return what is counted in the database."""
    effects, alarms = await reader.all("", ("effect_state", {}), ("alarm_counts", {}))
    return Operations(
        [EffectState(**row) for row in effects], {row["alarm"]: row["times"] for row in alarms}
    )
