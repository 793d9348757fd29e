"""The story of returns: a buyer sends two of three back, one of them broken; another is kept, and
then exchanged."""

from __future__ import annotations

from tests.api.fulfilment.story import bought
from tests.api.served import Served, done


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of returns."""
    acme = service.operator_of("acme")
    one = bought(acme, "PAN-BLACK", 3)
    sent = done(acme.send(f"{one}/fulfilments", {}))["shipment"]
    done(acme.send(f"{one}/fulfilments/{sent}/ship", {}))
    two = {"lines": [{"line": 1, "units": 2}], "reason": "too heavy"}
    back = done(acme.send(f"{one}/returns", two))["id"]
    came = [{"line": 1, "units": 1}, {"line": 1, "units": 1, "condition": "damaged"}]
    done(acme.send(f"{one}/returns/{back}/receive", {"lines": came}))
    done(acme.send(f"{one}/returns/{back}/refund"))
    kept = done(acme.send(f"{one}/returns", {}))["id"]
    done(acme.send(f"{one}/returns/{kept}/cancel"))
    third = done(acme.send(f"{one}/returns", {}))["id"]
    done(acme.send(f"{one}/returns/{third}/receive", {}))
    prices = {"prices": [{"currency": "usd", "amount": "15.00"}]}
    done(acme.send("/v1/prices/skus/PAN-RED", prices, method="PUT"))
    wanted: dict[str, object] = {"lines": [{"sku": "PAN-RED"}]}
    exchange = f"{one}/returns/{third}/exchange"
    told = done(acme.send(exchange, wanted))
    wanted |= {"expected_value": told["value"], "expected_total": told["total"]}
    done(acme.send(exchange, wanted | {"payment": {"provider": "manual"}}))
    done(acme.get(f"{one}/exchanges"))
    done(acme.get(f"{one}/returns"))
    done(acme.get("/v1/returns", limit="1"))
