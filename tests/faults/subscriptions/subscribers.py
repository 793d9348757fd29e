"""The subscribers of a campaign: each has a card, and a plan of twenty dollars for 50,000
credits."""

from __future__ import annotations

import asyncio
from contextlib import closing

from tests.faults.purchases.buyers import PAGES
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

CENTS, CREDITS = 2_000, 50_000 * 10**6
"""What a period costs, and the microcredits that come with it."""

PATIENCE_S = 30.0
_SELLER = {"seller": {"name": "Acme Ltd", "country": "US", "city": "Springfield"}}
_PLAN = {
    "id": "monthly",
    "name": "Monthly",
    "price": "20",
    "credits_included": "50000",
    "roll_over_days": 3_650,
}


def subscribe_all(world: World, org: str, count: int) -> None:
    """Have so many subscribe in a new org."""
    account = world.sandbox
    assert account is not None
    with world.operator() as service, closing(SandboxBook(world.sandbox_home)) as book:

        def send(method: str, path: str, body: object) -> dict[str, object]:
            return service.call(method, path, body, org=org, patience_s=PATIENCE_S)

        service.call("POST", "/v1/orgs", {"id": org, "name": "Club"}, patience_s=PATIENCE_S)
        send("PUT", "/v1/billing/invoice-settings", _SELLER)
        send("PUT", "/v1/billing/plans", _PLAN)
        for number in range(count):
            user = f"member-{number:04}"
            asked = {"user": user, "return_url": PAGES["cancel_url"]}
            page = str(send("POST", "/v1/billing/payment-methods", asked)["setup_url"])
            asyncio.run(account.pay(page))
            wanted = {"user": user, "plan": "monthly", "payment_method": book.method_of(page)}
            send("POST", "/v1/billing/subscribe", wanted)
