"""Commands on subscriptions as the API would make them of checked input, in a line each."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.subscriptions.plans import PublishPlan
from ledger.kernel.ids import PLATFORM
from ledger.subscriptions.plan import Plan
from tests.scenarios.commands import ACTOR


def plan(id: str = "basic", price: int | None = 1_000, **fields: Any) -> Plan:
    """A plan of ten dollars a month."""
    return Plan(id=id, name=id.title(), price=price, **fields)


def publish_plan(
    id: str = "basic", price: int | None = 1_000, *, key: str, org: str = PLATFORM, **fields: Any
) -> PublishPlan:
    """A plan that is offered."""
    published = plan(id, price, **fields)
    sent = msgspec.to_builtins(published)
    return PublishPlan(org=org, actor=ACTOR, key=key, sent=sent, plan=published)
