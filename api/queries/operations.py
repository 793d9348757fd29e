"""Operations: how far the processes of this ledger are, what they have called and cried for."""

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


class FollowerState(msgspec.Struct, frozen=True):
    """A follower: how many events it has before it, since when the oldest of them is recorded (µs),
    and how many orgs it has set aside."""

    name: str
    behind: int
    behind_us: int | None
    parked: int

    def lag_us(self, now_us: int) -> int:
        """Return how long the oldest event that it has not applied waits."""
        return 0 if self.behind_us is None else max(0, now_us - self.behind_us)


class Operations(msgspec.Struct, frozen=True):
    """Over all orgs and processes."""

    effects: list[EffectState]
    followers: list[FollowerState]
    alarms: dict[str, int]
    """How often each was raised, of those that ever were."""


async def operations(reader: Reader) -> Operations:
    """Return what is counted in the database."""
    effects, followers, alarms = await reader.all(
        "", ("effect_state", {}), ("follower_state", {}), ("alarm_counts", {})
    )
    return Operations(
        [EffectState(**row) for row in effects],
        [FollowerState(**row) for row in followers],
        {row["alarm"]: row["times"] for row in alarms},
    )


async def followers(reader: Reader) -> list[FollowerState]:
    """Return how far each follower is."""
    return [FollowerState(**row) for row in await reader.rows("", "follower_state")]
