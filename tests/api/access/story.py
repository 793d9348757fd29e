"""The story of a book and a course: a file is kept, sold and downloaded, access is given and
revoked."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.api.catalogue.story import CATALOGUE, offer_item
from tests.api.served import Api, Served, done

FILE = b"%PDF-1.7 A short book."
DIGEST = hashlib.sha256(FILE).hexdigest()
BENEFITS: dict[str, dict[str, Any]] = {
    "BOOK": {"file": DIGEST, "name": "book.pdf", "downloads": 5, "days": 365},
    "COURSE": {"course": "rust-101", "days": 90},
}
KINDS = {"BOOK": "digital_download", "COURSE": "digital_access", "PACK": "credits", "PRO": "plan"}
MEANS = {"PACK": {"credits": "1000"}, "PRO": {"plan": "pro"}}


def sell(shop: Api, *skus: str, price: str = "10") -> None:
    """Have a shop sell what is no parcel."""
    done(shop.http.put(f"{CATALOGUE}/files/{DIGEST}", content=FILE, headers=shop.headers))
    for sku in skus:
        offer_item(shop, sku.lower(), KINDS[sku], variants=[{"sku": sku} | MEANS.get(sku, {})])
        prices = {"prices": [{"currency": "usd", "amount": price}]}
        done(shop.send(f"/v1/prices/skus/{sku}", prices, method="PUT"))
        if sku in BENEFITS:
            done(shop.send(f"{CATALOGUE}/skus/{sku}/benefit", BENEFITS[sku], method="PUT"))


def buy(
    shop: Api, *skus: str, total: str | None = None, user: str | None = "ada"
) -> dict[str, Any]:
    """Have somebody buy one of each, by a transfer that came; for what it costs, or a total."""
    asked = {"lines": [{"sku": each} for each in skus], "currency": "usd"}
    quoted = total or done(shop.send("/v1/orders/quote", asked, key=None))["total"]
    body = asked | {"expected_total": quoted, "payment": {"provider": "manual"}}
    order = done(shop.send("/v1/checkout", body | ({"user": user} if user else {})))
    transfer = {"reference": f"SEPA {order['order']}"}
    done(shop.send(f"/v1/orders/{order['order']}/confirm-transfer", transfer))
    return order


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of what orders give."""
    acme = service.operator_of("acme")
    sell(acme, "BOOK", "COURSE")
    done(acme.get(f"{CATALOGUE}/skus/BOOK/benefit"))
    order = buy(acme, "BOOK", "COURSE", total="20.00")["order"]
    done(acme.get("/v1/grants", user="ada", limit="1"))
    book, course = (f"{order}-{line}" for line in (1, 2))
    link = done(acme.send(f"/v1/downloads/{book}/link", key=None))["download_url"]
    assert service.http.get(link).content == FILE
    done(acme.get(f"/v1/grants/{book}"))
    done(acme.send(f"/v1/grants/{course}/revoke", {"reason": "it was shared"}))
