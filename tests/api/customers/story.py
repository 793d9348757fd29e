"""The story of a customer: who says who they are, saves addresses, and orders again."""

from __future__ import annotations

from tests.api.served import Served, done

ME = "/v1/me"
HOME = {"name": "Grace Hopper", "country": "US", "address": ["1 Navy Yard"]}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of customers."""
    acme = service.operator_of("acme")
    grace = service.issue("acme", "member", "grace")
    profile = {"name": "Grace Hopper", "email": "grace@example.com", "phone": "+1 202 555 0143"}
    done(grace.send(f"{ME}/profile", profile, method="PUT"))
    done(grace.get(f"{ME}/profile"))
    address = done(grace.send(f"{ME}/addresses", HOME | {"default": True}))["id"]
    one = f"{ME}/addresses/{address}"
    done(grace.send(one, HOME | {"address": ["2 Navy Yard"]}, method="PUT"))
    done(grace.get(one))
    done(grace.get(f"{ME}/addresses"))
    prices = {"prices": [{"currency": "usd", "amount": "12.50"}]}
    done(acme.send("/v1/prices/skus/MUG-RED", prices, method="PUT"))
    body = {
        "lines": [{"sku": "MUG-RED"}],
        "currency": "usd",
        "expected_total": "12.50",
        "payment": {"provider": "manual"},
        "shipping_address": HOME,
    }
    order = done(grace.send("/v1/checkout", body))["order"]
    done(acme.send(f"/v1/orders/{order}/confirm-transfer", {"reference": "SEPA 2026-0050"}))
    done(grace.get(f"{ME}/orders"))
    done(grace.send(f"{ME}/orders/{order}/reorder"))
    done(acme.get("/v1/customers", limit="1"))
    done(acme.get("/v1/customers/grace"))
    done(grace.send(one, method="DELETE"))
