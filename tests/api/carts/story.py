"""The story of a cart: a guest fills it, signs in, and finds it with their own."""

from __future__ import annotations

from tests.api.served import Api, Served, done

CARTS = "/v1/carts"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of carts."""
    acme = service.operator_of("acme")
    opened = done(acme.send(CARTS, {"currency": "usd"}, key=None))
    one = f"{CARTS}/{opened['id']}"
    guest = holding(acme, opened["secret"])
    done(guest.send(f"{one}/items", {"sku": "mug-blue", "units": 2}))
    done(guest.send(f"{one}/items/mug-blue?version=2", {"units": 12}, method="PUT", key=None))
    done(guest.send(f"{one}/codes", {"codes": ["lost"]}, method="PUT", key=None))
    done(guest.get(one))
    merged = done(guest.send(f"{one}/merge", {"user": "ada"}, key=None))
    done(acme.get(f"{CARTS}/active", user="ada", currency="usd"))
    done(acme.send(f"{CARTS}/{merged['id']}", method="DELETE", key=None))


def holding(api: Api, secret: str) -> Api:
    """The same caller, with the secret of a guest."""
    guest = Api(api.http, api.secret, api.org)
    guest.headers = api.headers | {"Guest-Secret": secret}
    return guest
