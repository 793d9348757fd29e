"""The story of a shirt: its type, its categories, its sizes; published, found, and archived."""

from __future__ import annotations

from typing import Any

from tests.api.served import Api, Served, done

CATALOGUE = "/v1/catalogue"
TYPE = {
    "kind": "physical",
    "field_schema": {
        "type": "object",
        "properties": {"fabric": {"type": "string"}},
        "additionalProperties": False,
    },
}
SHIRT = {
    "type": "clothes",
    "slug": "linen-shirt",
    "texts": {
        "en": {"title": "Linen shirt", "description": "Light, for warm days."},
        "de": {"title": "Leinenhemd"},
    },
    "fields": {"fabric": "linen"},
    "categories": ["shirts"],
    "media": [{"source": "https://cdn.example/shirt.png", "alt": {"en": "A white shirt"}}],
}
SIZES = {
    "options": [{"id": "size", "labels": {"en": "Size"}, "values": [{"id": "m"}, {"id": "l"}]}],
    "variants": [
        {"sku": "SHIRT-M", "values": {"size": "m"}, "weight": 200},
        {"sku": "SHIRT-L", "values": {"size": "l"}, "weight": 220, "oversell": True},
    ],
}


def offer_item(shop: Api, slug: str, kind: str, **variants: Any) -> None:
    """Have a shop offer an item of a type of its own, which is called the same."""
    done(shop.send(f"{CATALOGUE}/item-types/{slug}", {"kind": kind}, method="PUT"))
    item = {"type": slug, "slug": slug, "texts": {"en": {"title": slug.title()}}}
    one = f"{CATALOGUE}/items/{done(shop.send(f'{CATALOGUE}/items', item))['id']}"
    done(shop.send(f"{one}/variants", variants, method="PUT"))
    done(shop.send(f"{one}/publish"))


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of the catalogue."""
    acme = service.operator_of("acme")
    done(acme.send(f"{CATALOGUE}/item-types/clothes", TYPE, method="PUT"))
    done(acme.get(f"{CATALOGUE}/item-types", limit="1"))
    done(acme.get(f"{CATALOGUE}/item-types/clothes"))
    for slug, parent in (("clothing", None), ("shirts", "clothing"), ("hats", "clothing")):
        body = {"texts": {"en": {"title": slug.title()}}, "parent": parent}
        done(acme.send(f"{CATALOGUE}/categories/{slug}", body, method="PUT"))
    done(acme.send(f"{CATALOGUE}/categories/hats/archive"))
    done(acme.get(f"{CATALOGUE}/categories", parent="clothing"))
    done(acme.get(f"{CATALOGUE}/categories/shirts"))
    made = done(acme.send(f"{CATALOGUE}/items", SHIRT))
    one = f"{CATALOGUE}/items/{made['id']}"
    done(acme.send(f"{one}/variants", SIZES, method="PUT"))
    said = {name: each for name, each in SHIRT.items() if name not in ("type", "slug")}
    done(acme.send(one, {**said, "tax_category": "clothing"}, method="PUT"))
    done(acme.send(f"{one}/publish"))
    done(acme.get(one))
    done(acme.get(f"{one}/variants"))
    done(acme.get(f"{CATALOGUE}/items", state="published"))
    done(acme.get(f"{CATALOGUE}/slugs/linen-shirt"))
    done(acme.get(f"{CATALOGUE}/skus/SHIRT-M"))
    done(acme.get(f"{CATALOGUE}/search", q="shirts", category="clothing", option="size=m"))
    done(acme.send(f"{one}/archive"))
