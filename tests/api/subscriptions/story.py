"""The story of a subscription: which plans there are, and what a user's allows."""

from __future__ import annotations

from tests.api.served import Served, done

BILLING = "/v1/billing"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of subscriptions."""
    acme = service.operator_of("acme")
    plan = {
        "id": "starter",
        "name": "Starter",
        "price": "9.00",
        "credits_included": "20000",
        "overage": "pay_as_you_go",
        "entitlements": {"models": "all", "projects": 3, "export": False},
        "limits": {"requests": 30},
    }
    done(acme.send(f"{BILLING}/plans", plan, method="PUT"))
    done(acme.get(f"{BILLING}/plans"))
    done(acme.get(f"{BILLING}/entitlements", user="ada"))
