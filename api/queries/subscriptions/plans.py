"""Plans as they are published, and those that hold for an org."""

from __future__ import annotations

from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.kernel.ids import PLATFORM
from ledger.subscriptions.default_plans import DEFAULT_PLANS
from ledger.subscriptions.plan import PublishedPlan


async def plans_of(reader: Reader, org: str) -> dict[str, PublishedPlan]:
    """Return the plans that hold for an org, by their ids: its own, else the platform's, else the
    default ones. The default ones come first."""
    found = dict(DEFAULT_PLANS)
    for each in dict.fromkeys((PLATFORM, org)):
        row = await reader.row(each, "subscriptions/plans", {"org": each})
        published = converted(row["plans"] if row else [], list[PublishedPlan])
        found |= {one.plan.id: one for one in published}
    return found
