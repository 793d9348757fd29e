"""The story of returns: a buyer sends two of three back, one of them broken; another is kept."""

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
    done(acme.get(f"{one}/returns"))
    done(acme.get("/v1/returns", limit="1"))
