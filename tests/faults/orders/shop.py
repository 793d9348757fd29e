"""The shop of a campaign: what is sold in it, how much of that there is, and which codes."""

from __future__ import annotations

from tests.faults.world import World

TRACKED = ("mug", "cap")
LAST = "last"
"""Of it there are fewer than are asked for."""

UNTRACKED = "song"
PRICES = {"mug": "20", "cap": "5.50", LAST: "40", UNTRACKED: "0.99"}

PARCEL, PICKUP = "parcel", "pickup"
"""How it is sent; the second costs nothing."""

COUNTRY = "DE"
TAX_PERCENT = "19"

LOCATIONS = ("north", "south")
PLENTY = 100_000

CREDIT_CENTS = 300
"""What a customer is given who pays with store credit, too: less than anything costs."""

FIRST, GIFT = "FIRST", "GIFT"
"""Codes: two dollars off, and all of it; both for some orders only."""


def stock(wanted: int) -> dict[str, int]:
    """Return how many units there are at each location, for so many errands."""
    return {"mug": PLENTY, "cap": PLENTY, LAST: max(3, wanted // 12)}


def limits(wanted: int) -> dict[str, int]:
    """Return for how many orders each code is, of so many errands."""
    return {FIRST: max(1, wanted // 10), GIFT: max(1, wanted // 30)}


def open_shop(world: World, org: str, wanted: int, capture: str) -> None:
    """Have an org sell it, and take the money `now` or `at_shipment`."""
    with world.operator() as service:

        def send(method: str, path: str, body: object) -> None:
            service.call(method, path, body, org=org)

        send("PUT", "/v1/orders/policy", {"capture": capture})
        for location in LOCATIONS:
            send("PUT", "/v1/locations", {"id": location, "name": location})
            for sku, quantity in stock(wanted).items():
                came = {"location": location, "sku": sku, "quantity": quantity}
                send("POST", "/v1/stock/movements/receipts", came)
        for sku, price in PRICES.items():
            prices = {"prices": [{"currency": "usd", "amount": price}]}
            send("PUT", f"/v1/prices/skus/{sku}", prices)
        for method, amount in ((PARCEL, "4.90"), (PICKUP, "0")):
            sent = {"name": method, "currency": "usd", "amount": amount}
            send("PUT", f"/v1/prices/shipping/{method}", sent)
        rate = {"country": COUNTRY, "name": "VAT", "percent": TAX_PERCENT}
        send("PUT", "/v1/billing/tax-rates", {"rates": [rate]})
        off: dict[str, dict[str, object]] = {
            FIRST: {"name": "First", "kind": "amount", "amount": "2", "currency": "usd"},
            GIFT: {"name": "Gift", "kind": "percent", "bps": 10_000},
        }
        for code, promotion in off.items():
            limited = {**promotion, "code": code, "redemptions_max": limits(wanted)[code]}
            send("PUT", f"/v1/promotions/{code.lower()}", limited)
