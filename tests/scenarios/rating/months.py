"""Months: cards that count over one, calls that are counted, and what is stored of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.credits.usage import UsageLine
from ledger.rating.ports import MeterRow
from ledger.rating.rate_card_prices import Mode, Price, TierOver, TierScope
from ledger.rating.unit_prices import tiers_of, unit_price
from tests.scenarios.commands import (
    USER,
    usage,
    use,
)
from tests.scenarios.world import World

MODEL, CALLS, INPUT = "m", "requests", "input_tokens"
DOLLAR = 10**9


STEPS = ((10, "3"), (20, "2"), (None, "1"))
"""Three dollars each up to ten, two up to twenty, then one."""


def monthly(
    mode: str,
    *steps: tuple[int | None, str],
    meter: str = CALLS,
    over: str = "payer",
    model: str = MODEL,
) -> Price:
    tiers = tiers_of(steps, 1, "usd", "p")
    return Price(
        model, meter, "", 1, "usd", 0, Mode(mode), tiers,
        tier_scope=TierScope.MONTH, tier_over=TierOver(over),
    )  # fmt: skip


def packages(dollars: str, per: int) -> Price:
    """So many dollars for each package of calls."""
    unit = unit_price(dollars, per, "usd", "p", Mode.PACKAGE)
    return Price(
        MODEL, CALLS, dollars, per, "usd", unit, Mode.PACKAGE, tier_scope=TierScope.MONTH
    )  # fmt: skip


def calls(number: int, *, id: str, user: str = USER, **given: Any) -> Any:
    return use(id=id, user=user, model=MODEL, quantities={CALLS: number}, **given)


def charged(world: World, *uses: Any, **given: Any) -> list[int]:
    """Dollars that uses cost, sent one after another."""
    world.when(*(usage([each], **given) for each in uses))
    assert not world.refusals, world.refusals
    return [line.amount // DOLLAR for line in world.lines]


def said_before(lines: Sequence[UsageLine]) -> list[dict[str, int] | None]:
    return [line.rate.used_before if line.rate else None for line in lines]


def counted(world: World) -> dict[tuple[str, str, str], int]:
    """What the rows hold: payer, meter and month."""
    rows: list[MeterRow] = world.event_store.stored_rows()["meters"]
    return {(row.payer, row.meter, row.month): row.used for row in rows}
