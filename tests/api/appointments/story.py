"""The story of an hour of coaching: slots are published, one is booked, moved and called off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.catalogue.story import CATALOGUE, offer_item
from tests.api.served import Api, Served, done

CALENDARS = "/v1/calendars"


def hours(count: int, capacity: int = 1) -> dict[str, Any]:
    """So many slots of an hour, from noon of a day that is to come."""
    day = (datetime.now(UTC) + timedelta(days=2)).replace(hour=12, minute=0, second=0)
    found = []
    for each in range(count):
        start = day + timedelta(hours=each)
        times = [f"{e:%Y-%m-%dT%H:%M:%SZ}" for e in (start, start + timedelta(hours=1))]
        found.append({"start": times[0], "end": times[1], "capacity": capacity})
    return {"slots": found}


def offer(shop: Api, count: int = 2) -> list[str]:
    """Have a shop sell hours of a coach; return the ids of the slots."""
    done(shop.send(f"{CALENDARS}/coach", {"name": "Coach"}, method="PUT"))
    slots = done(shop.send(f"{CALENDARS}/coach/slots", hours(count)))["data"]
    offer_item(shop, "coaching", "appointment", variants=[{"sku": "HOUR"}])
    prices = {"prices": [{"currency": "usd", "amount": "50"}]}
    done(shop.send("/v1/prices/skus/HOUR", prices, method="PUT"))
    benefit = {"calendar": "coach"}
    done(shop.send(f"{CATALOGUE}/skus/HOUR/benefit", benefit, method="PUT"))
    return [each["id"] for each in slots]


def asked(slot: str, user: str | None = "ada") -> dict[str, Any]:
    """An order of an hour."""
    body: dict[str, Any] = {
        "lines": [{"sku": "HOUR", "slot": slot}],
        "currency": "usd",
        "expected_total": "50.00",
        "payment": {"provider": "manual"},
    }
    return body | ({"user": user} if user else {})


def book(shop: Api, slot: str, user: str | None = "ada") -> str:
    """Have somebody buy an hour; return the id of their appointment."""
    body = asked(slot, user)
    quoted = {"lines": body["lines"], "currency": "usd"}
    total = done(shop.send("/v1/orders/quote", quoted, key=None))["total"]
    order = done(shop.send("/v1/checkout", body | {"expected_total": total}))["order"]
    transfer = {"reference": f"SEPA {order}"}
    done(shop.send(f"/v1/orders/{order}/confirm-transfer", transfer))
    return f"{order}-1"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of appointments."""
    acme = service.operator_of("acme")
    noon, one, two = offer(acme, 3)
    done(acme.get(CALENDARS, limit="1"))
    done(acme.get(f"{CALENDARS}/coach"))
    done(acme.get(f"{CALENDARS}/coach/slots", days="7"))
    appointment = f"/v1/appointments/{book(acme, noon)}"
    done(acme.send(f"{appointment}/move", {"slot": one, "reason": "the train is late"}))
    done(acme.get(appointment))
    done(acme.get("/v1/appointments", calendar="coach", limit="1"))
    done(acme.send(f"{appointment}/cancel", {"reason": "ill"}))
    done(acme.send(f"{CALENDARS}/coach/slots/{two}", method="DELETE"))
