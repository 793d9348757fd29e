"""The story of a subscription: which plans there are, what one comes to, how it begins, changes and
ends, and what a user's allows."""

from __future__ import annotations

import asyncio
from typing import Any

from api.commands.subscriptions.plans import PublishPlan
from ledger.kernel.actor import Actor
from ledger.subscriptions.plan import Plan
from tests.api.purchases.story import record
from tests.api.served import Api, Served, done
from tests.stripe_account import Account

BILLING = "/v1/billing"
SELLER = {"seller": {"name": "Acme Ltd", "country": "US", "city": "Springfield"}}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of subscriptions."""
    acme = service.operator_of("acme")
    plan = {
        "id": "starter",
        "name": "Starter",
        "price": "9.00",
        "credits_included": "20000",
        "net_days": 14,
        "overage": "pay_as_you_go",
        "entitlements": {"models": "all", "projects": 3, "export": False},
        "limits": {"requests": 30},
    }
    done(acme.send(f"{BILLING}/plans", plan, method="PUT"))
    done(acme.get(f"{BILLING}/plans"))
    done(acme.send(f"{BILLING}/invoice-settings", SELLER, method="PUT"))
    coupon = {"id": "WELCOME", "bps": 2_500, "periods": 3, "redemptions_max": 500}
    done(acme.send(f"{BILLING}/coupons", coupon, method="PUT"))
    done(acme.get(f"{BILLING}/coupons", limit="1"))
    policy = {"credits_at_once": True, "retry_days": [1, 4], "end_days": 10}
    policy["interim_credits"] = "100000"
    done(acme.send(f"{BILLING}/subscription-policy", policy, method="PUT"))
    done(acme.get(f"{BILLING}/subscription-policy"))
    asked = {"user": "ada", "plan": "starter", "coupon": "WELCOME"}
    done(acme.send(f"{BILLING}/subscribe", asked | {"preview": True}))
    done(acme.send(f"{BILLING}/subscribe", asked))
    done(acme.get(f"{BILLING}/subscription", user="ada"))
    done(acme.get(f"{BILLING}/subscriptions", limit="1"))
    done(acme.get(f"{BILLING}/entitlements", user="ada"))
    _tell_page(service, acme)
    done(acme.send(f"{BILLING}/subscribe", {"user": "ada"}, method="DELETE"))
    done(acme.send(f"{BILLING}/subscribe/pause", {"user": "ada"}))
    done(acme.send(f"{BILLING}/subscribe/resume", {"user": "ada"}))


def _tell_page(service: Served, acme: Api) -> None:
    """Ask for the page of a plan that Stripe sells."""
    account = service.ends.stripe
    assert account is not None  # the sandbox is there
    price = asyncio.run(_priced(Account(account.api_key, account.url)))
    plan = Plan(id="sold", name="Sold", price=900, stripe_price_id=price)
    actor = Actor("story", "environment", "")
    record(service, PublishPlan(org="acme", actor=actor, key="sold", sent={}, plan=plan))
    back = {"success_url": "https://shop.example/", "cancel_url": "https://shop.example/"}
    done(acme.send(f"{BILLING}/subscribe/checkout", {"user": "bob", "plan": "sold", **back}))


async def _priced(account: Account) -> str:
    recurring: Any = {"interval": "month"}
    async with account.sdk() as sdk:
        made = await sdk.v1.prices.create_async(
            {
                "currency": "usd",
                "unit_amount": 900,
                "recurring": recurring,
                "product_data": {"name": "Sold"},
            }
        )
    return made.id
