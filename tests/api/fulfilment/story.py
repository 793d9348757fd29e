"""The story of fulfilment: an order is packed, sent and delivered, in part; a rest is unpacked."""

from __future__ import annotations

from tests.api.ordering.test_checkout import CHECKOUT, ORDERS
from tests.api.served import Api, Served, done


def bought(acme: Api, sku: str, units: int) -> str:
    """The path of an order of a SKU that was paid, of which there is stock."""
    prices = {"prices": [{"currency": "usd", "amount": "12.50"}]}
    done(acme.send(f"/v1/prices/skus/{sku}", prices, method="PUT"))
    done(acme.send("/v1/locations", {"id": "berlin", "name": "Berlin"}, method="PUT"))
    come = {"location": "berlin", "sku": sku, "quantity": units}
    done(acme.send("/v1/stock/movements/receipts", come))
    body: dict[str, object] = {"lines": [{"sku": sku, "units": units}], "currency": "usd"}
    total = done(acme.send(f"{ORDERS}/quote", body, key=None))["total"]
    body |= {"expected_total": total, "payment": {"provider": "manual"}}
    order = done(acme.send(CHECKOUT, body))["order"]
    one = f"{ORDERS}/{order}"
    done(acme.send(f"{one}/confirm-transfer", {"reference": f"SEPA {sku}"}))
    return one


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of fulfilment."""
    acme = service.operator_of("acme")
    shipments = f"{bought(acme, 'POT-RED', 3)}/fulfilments"
    some = {"lines": [{"line": 1, "units": 2}], "location": "berlin"}
    sent = done(acme.send(shipments, some))["shipment"]
    going = {"carrier": "gls", "tracking_number": "30 1234 5678 901"}
    done(acme.send(f"{shipments}/{sent}/ship", going))
    done(acme.send(f"{shipments}/{sent}/deliver"))
    rest = done(acme.send(shipments, {}))["shipment"]
    done(acme.send(f"{shipments}/{rest}/cancel"))
    done(acme.get(shipments))
    done(acme.get("/v1/fulfilments", limit="1"))
    done(acme.get("/v1/carriers"))
