"""The lists of caps that the machine puts in force, for the model and for the service."""

from __future__ import annotations

from ledger.credits.caps import Cap, Period
from tests.properties.model_caps import MCap, MLabels
from tests.properties.model_org import MODEL

ALL = MCap("all", 100, 1, hard=True, thresholds=(50, 100))
EACH = MCap("each", 60, 2, hard=True, each=True, thresholds=(10, 80, 100))
CHAT = MCap("chat", 25, None, hard=True, only=MLabels("", "chat"))
POOL = MCap("pool", 1_000, None, hard=False, only=MLabels("@pool", None, MODEL), thresholds=(1,))

CAPS: list[tuple[MCap, ...]] = [
    (ALL, EACH, POOL),
    (ALL, EACH, CHAT),
    (MCap("all", 30, 1, hard=True, thresholds=(50, 100)), CHAT, POOL),
    (MCap("all", 400, 1, hard=False, thresholds=(5, 50)), EACH),
    (MCap("each", 20, 2, hard=True, each=True, thresholds=(10, 80, 100)),),
    (),
]
"""A limit is raised, cut and comes back; a cap goes, and comes back with what it has counted."""


def cap_of(cap: MCap) -> Cap:
    """A cap as the service takes it."""
    period = Period.MONTH if cap.days is None else Period.ROLLING if cap.each else Period.DAY
    scope = {name: value for name, value in cap.only._asdict().items() if value}
    return Cap(
        cap.id,
        cap.limit,
        period,
        cap.hard,
        cap.days if period is Period.ROLLING else None,
        scope | ({"user": "*"} if cap.each else {}),
        list(cap.thresholds),
    )
