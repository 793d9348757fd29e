"""The story of a subscription: which plans there are, what one comes to, how it begins, changes and
ends, and what a user's allows."""

from __future__ import annotations

from tests.api.served import Served, done

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
    asked = {"user": "ada", "plan": "starter", "coupon": "WELCOME"}
    done(acme.send(f"{BILLING}/subscribe", asked | {"preview": True}))
    done(acme.send(f"{BILLING}/subscribe", asked))
    done(acme.get(f"{BILLING}/subscription", user="ada"))
    done(acme.get(f"{BILLING}/subscriptions", limit="1"))
    done(acme.get(f"{BILLING}/entitlements", user="ada"))
    done(acme.send(f"{BILLING}/subscribe", {"user": "ada"}, method="DELETE"))
    done(acme.send(f"{BILLING}/subscribe/pause", {"user": "ada"}))
    done(acme.send(f"{BILLING}/subscribe/resume", {"user": "ada"}))
