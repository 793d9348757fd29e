"""The story of a price: published, changed by a modifier, quoted for a basket that is sent."""

from __future__ import annotations

from tests.api.served import Served, done

PRICES = "/v1/prices"
TIERS = [
    {"currency": "usd", "amount": "18.00", "until_units": 11},
    {"currency": "usd", "amount": "15.00", "from_units": 12},
    {"currency": "usd", "amount": "12.50", "group": "trade", "starts_at": "2026-01-01T00:00:00Z"},
]


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of prices."""
    acme = service.operator_of("acme")
    done(acme.send(f"{PRICES}/skus/mug-blue", {"prices": TIERS}, method="PUT"))
    done(acme.get(f"{PRICES}/skus/mug-blue"))
    item = {"prices": [{"currency": "usd", "amount": "25.00", "price_list": "spring"}]}
    done(acme.send(f"{PRICES}/items/shirt", item, method="PUT"))
    done(acme.get(f"{PRICES}/items/shirt"))
    done(acme.get(PRICES, limit="1"))
    winter = {"name": "Winter sale", "kind": "percent", "bps": 1_000, "skus": ["mug-blue"]}
    done(acme.send(f"{PRICES}/modifiers/winter", winter, method="PUT"))
    done(acme.get(f"{PRICES}/modifiers"))
    done(acme.send(f"{PRICES}/policy", {"stacking": "sequential"}, method="PUT"))
    done(acme.get(f"{PRICES}/policy"))
    lines = [{"sku": "mug-blue", "units": 12}, {"sku": "shirt-red", "item": "shirt"}]
    automatic = {"name": "A dozen", "kind": "amount", "amount": "5", "currency": "usd"}
    done(acme.send("/v1/promotions/dozen", automatic | {"skus": ["mug-blue"]}, method="PUT"))
    parcel = {"name": "Parcel", "currency": "usd", "amount": "5.95", "countries": ["DE", "FR"]}
    done(acme.send(f"{PRICES}/shipping/parcel", parcel, method="PUT"))
    done(acme.get(f"{PRICES}/shipping"))
    sent = {"ship_to": {"country": "DE"}, "shipping": "parcel"}
    asked = {"currency": "usd", "price_list": "spring", "lines": lines, "codes": ["lost"]} | sent
    done(acme.send("/v1/orders/quote", asked, key=None))
    done(acme.send(f"{PRICES}/modifiers/winter", method="DELETE"))
    done(acme.send(f"{PRICES}/shipping/parcel", method="DELETE"))
