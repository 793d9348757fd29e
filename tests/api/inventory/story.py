"""The story of a shop's stock: where it is, how it comes, who has some of it, and how it goes."""

from __future__ import annotations

from tests.api.served import Served, done

STOCK = "/v1/stock"
RESERVATIONS = f"{STOCK}/reservations"
MUG = {"sku": "MUG-BLUE", "location": "berlin"}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of inventory."""
    acme = service.operator_of("acme")
    berlin = {"id": "berlin", "name": "Berlin, Adlershof", "priority": 1}
    done(acme.send("/v1/locations", berlin, method="PUT"))
    done(acme.send("/v1/locations", {"id": "paris", "name": "Paris", "priority": 2}, method="PUT"))
    done(acme.get("/v1/locations"))
    movements = f"{STOCK}/movements"
    paid = {"cost": "25.00", "currency": "eur"}
    done(acme.send(f"{movements}/receipts", MUG | {"quantity": 10, "reference": "PO-7"} | paid))
    done(acme.send(f"{movements}/transfers", MUG | {"to": "paris", "quantity": 4}))
    counted = {"quantity": -1, "reason": "broken when counted"}
    done(acme.send(f"{movements}/adjustments", MUG | counted))
    done(acme.send(STOCK, MUG | {"location": "paris", "allow_oversell": True}, method="PUT"))
    done(acme.get(STOCK, sku="MUG-BLUE", limit="1"))
    cost = {"unit_cost": "2.75", "currency": "eur"}
    done(acme.send(f"{STOCK}/costs", MUG | {"location": "paris"} | cost, method="PUT"))
    done(acme.get(f"{STOCK}/costs", sku="MUG-BLUE", limit="1"))
    order = {"owner": "order-1"}
    wanted = order | {"lines": [{"sku": "MUG-BLUE", "quantity": 7}], "expires_in": 600}
    made = done(acme.send(RESERVATIONS, wanted))
    one = f"{RESERVATIONS}/{made['id']}"
    done(acme.send(f"{one}/confirm", order))
    few = {"lines": [{"sku": "MUG-BLUE", "quantity": 2, "location": "berlin"}]}
    done(acme.send(f"{one}/ship", order | few))
    done(acme.send(f"{one}/release", order))
    done(acme.get(one))
    back = order | few | {"reservation": made["id"], "condition": "damaged"}
    back["lines"] = [{"sku": "MUG-BLUE", "quantity": 1}]
    done(acme.send(f"{movements}/returns", back))
    done(acme.get(movements, owner="order-1", limit="1"))
