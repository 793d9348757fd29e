"""The story of assets that go from one department to another: some arrive, one is refused."""

from __future__ import annotations

from typing import Any

from tests.api.catalogue.story import offer_item
from tests.api.served import Api, Served, done

TRANSFERS = "/v1/internal-transfers"


def offer(shop: Api, units: int = 20) -> None:
    """Have an org have laptops at one department, which another can have for nothing."""
    for name in ("it", "sales"):
        done(shop.send("/v1/locations", {"id": name, "name": name.upper()}, method="PUT"))
    come = {"location": "it", "sku": "LAPTOP", "quantity": units}
    done(shop.send("/v1/stock/movements/receipts", come))
    offer_item(shop, "laptops", "internal_transfer", variants=[{"sku": "LAPTOP"}])
    prices = {"prices": [{"currency": "usd", "amount": "0"}]}
    done(shop.send("/v1/prices/skus/LAPTOP", prices, method="PUT"))


def asked(units: int, user: str | None = "ada") -> dict[str, Any]:
    """An order of laptops."""
    line = {"sku": "LAPTOP", "units": units, "from_location": "it", "to_location": "sales"}
    body: dict[str, Any] = {"lines": [line], "currency": "usd", "expected_total": "0.00"}
    return body | ({"user": user} if user else {})


def ask_for(shop: Api, units: int, user: str | None = "ada") -> str:
    """Have somebody order laptops; return the id of the internal transfer."""
    return f"{done(shop.send('/v1/checkout', asked(units, user)))['order']}-1"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of internal transfers."""
    acme = service.operator_of("acme")
    offer(acme)
    one = f"{TRANSFERS}/{ask_for(acme, 5)}"
    done(acme.send(f"{one}/send", {"units": 3}))
    done(acme.send(f"{one}/receive", {"units": 2}))
    done(acme.send(f"{one}/refuse", {"reason": "the screen is broken"}))
    done(acme.get(one))
    done(acme.get(TRANSFERS, status="requested", limit="1"))
