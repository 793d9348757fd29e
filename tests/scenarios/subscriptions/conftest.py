"""A shop that sells plans, and a payer of one."""

from __future__ import annotations

import pytest

from tests.scenarios.invoice_commands import settings
from tests.scenarios.subscription_commands import (
    publish_plan,
    subscribe,
)
from tests.scenarios.subscriptions.folding import (
    pay,
)
from tests.scenarios.world import World, at

MILLION = 10**6
FEB = "2026-02-01T12:00:00Z"


@pytest.fixture
def shop(world: World) -> World:
    """An org that has said who it is on its invoices."""
    return world.given(
        settings(),
        publish_plan("big", 5_000, key="big", credits_included=200_000 * MILLION),
        publish_plan("small", 500, key="small", credits_included=7_000 * MILLION),
        publish_plan("tried", 1_000, key="tried", trial_days=14, credits_included=9 * MILLION),
        at(FEB),
    )


@pytest.fixture
def paid(shop: World) -> World:
    """A payer of the plan pro: 20.00 a month, since the 1st of February at noon."""
    shop.given(subscribe())
    pay(shop)
    return shop
