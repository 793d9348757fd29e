"""The story of a gift card and of a user's store credit: how each comes, who spends it, and what
comes back."""

from __future__ import annotations

from tests.api.served import Served, done

CARDS = "/v1/gift-cards"
CREDITS = "/v1/store-credits"
ADA = {"user": "ada", "currency": "usd"}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of stored value."""
    acme = service.operator_of("acme")
    asked = {"amount": "50.00", "currency": "usd", "expires_at": "2999-12-31T00:00:00Z"}
    bought = {"user": "ada", "order": "1001", "note": "Happy birthday, Bob"}
    issued = done(acme.send(CARDS, asked | bought))
    one = f"{CARDS}/{issued['id']}"
    done(acme.send(f"{CARDS}/lookup", {"code": issued["code"]}, key=None))
    added = {"amount": "10.00", "currency": "usd", "reason": "came late"}
    done(acme.send(f"{one}/adjust", added))
    claim = {"order": "1002", "amount": "40.00", "currency": "usd", "expires_in": 600}
    done(acme.send(f"{one}/claims", claim))
    done(acme.send(f"{one}/claims/1002/settle"))
    back = {"amount": "15.00", "currency": "usd"}
    done(acme.send(f"{one}/claims/1002/give-back", back))
    done(acme.send(f"{one}/claims", claim | {"order": "1003", "amount": "5.00"}))
    done(acme.send(f"{one}/claims/1003/release"))
    for step in ("disable", "enable"):
        done(acme.send(f"{one}/{step}"))
    done(acme.get(one))
    done(acme.get(CARDS, order="1001", limit="1"))
    done(acme.get(f"{one}/movements", limit="1"))
    refund = {"amount": "20.00", "order": "1002", "reason": "returned a mug"}
    done(acme.send(f"{CREDITS}/adjust", ADA | refund))
    done(acme.get(CREDITS, user="ada"))
    claims = f"{CREDITS}/claims"
    done(acme.send(claims, ADA | claim | {"amount": "12.00"}))
    done(acme.send(f"{claims}/1002/settle", ADA))
    done(acme.send(f"{claims}/1002/give-back", ADA | {"amount": "2.00"}))
    done(acme.send(claims, ADA | claim | {"order": "1003", "amount": "1.00"}))
    done(acme.send(f"{claims}/1003/release", ADA))
    done(acme.get(f"{CREDITS}/movements", user="ada", currency="usd", limit="1"))
