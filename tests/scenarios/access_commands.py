"""What orders give, as terms of them, and what was given."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.access.grants import RevokeGrant, UseDownload
from api.commands.due import FallDue
from ledger.access.inspection import GrantInspection
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Report
from ledger.kernel.texts import REASON
from ledger.ordering.order_terms import OrderTerms
from ledger.purchases.inspection import PurchaseInspection
from ledger.registry import fact_of
from ledger.subscriptions.inspection import SubscriptionInspection
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.order_commands import order_id, terms
from tests.scenarios.world import World

CREDITS = 1_000_000
FILE = "ab" * 32
BENEFITS = {
    "PACK": (Kind.CREDITS, Benefit(credits=1_000 * CREDITS)),
    "YEAR": (Kind.CREDITS, Benefit(version=1, credits=1_000 * CREDITS, days=365)),
    "PRO": (Kind.PLAN, Benefit(plan="pro")),
    "TEAM": (Kind.PLAN, Benefit(plan="team")),
    "BOOK": (Kind.DIGITAL_DOWNLOAD, Benefit(version=1, file=FILE, name="book.pdf", downloads=2)),
    "COURSE": (Kind.DIGITAL_ACCESS, Benefit(version=2, course="rust", days=30)),
}
"""What SKUs give."""


def selling(*lines: tuple[str, int, int], **more: Any) -> OrderTerms:
    """Terms of lines of SKUs that give something."""
    agreed = terms(*lines, **more)
    given = [
        msgspec.structs.replace(each, kind=BENEFITS[each.sku][0], benefit=BENEFITS[each.sku][1])
        if each.sku in BENEFITS
        else each
        for each in agreed.lines
    ]
    return msgspec.structs.replace(agreed, lines=given)


def download(number: int = 1, line: int = 1) -> UseDownload:
    """Somebody follows a link."""
    return UseDownload(ORG, ACTOR, f"{order_id(number)}-{line}")


def revoke(number: int = 1, line: int = 1, reason: str | None = None) -> RevokeGrant:
    """A person takes it back."""
    return RevokeGrant(
        ORG,
        ACTOR,
        key=f"revoke {number} {line}",
        sent={"grant": number},
        grant=f"{order_id(number)}-{line}",
        reason=sealed(reason, REASON, USER),
    )


def grow_old(number: int = 1, line: int = 1) -> FallDue:
    """Time brings what it brings."""
    return FallDue(ORG, ACTOR, f"order-grant/{order_id(number)}-{line}")


def grant_row(world: World, number: int = 1, line: int = 1) -> dict[str, Any]:
    """What a line has given, as its row says it."""
    place = (ORG, f"{order_id(number)}-{line}")
    (row,) = world.event_store.kept_rows("order_grants", [place])
    return dict(row)


def states(world: World, number: int = 1, lines: int = 1) -> list[str]:
    """Where what an order has given is."""
    return [grant_row(world, number, line)["state"] for line in range(1, lines + 1)]


def verify_access(world: World, without: type[Fact] | None = None) -> Report:
    """What the checks of what orders give find, and of the wallets and subscriptions it is in;
    `without`: the facts of a kind."""
    report = Report()
    checks = [
        kind(report) for kind in (GrantInspection, PurchaseInspection, SubscriptionInspection)
    ]
    for event in world.event_store.select_positions(0, 100_000):
        fact = fact_of(event)
        for check in checks if without is None or not isinstance(fact, without) else ():
            check.see(event, fact)
    for check in checks:
        check.end(None, None, lambda org: True)  # type: ignore[arg-type]  # none asks
    return report
