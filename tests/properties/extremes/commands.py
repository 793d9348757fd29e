"""Every command of the contract, taken from its document, as the requests that ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from api.http.openapi import document
from tests.properties.extremes.values import ORDERS, PROMOTIONS, SKUS, USERS, Json, body_of

COMMANDS = ("post", "put", "patch", "delete")
WITHOUT_EFFECT = {
    *("/v1/billing/rate-cards/quote", "/v1/orders/quote", "/v1/gift-cards/lookup"),
}
TIERS = [{"up_to": 1, "price": "0.000000000001"}, {"up_to": 10**15 - 1, "price": 7}, {"price": 9}]
PLACE = re.compile(r"\{(\w+)\}")
NUMBERS = ["1", "2", "3", "9223372036854775807"]
"""What stands in a path for anything else."""

DEAREST = "9" * 40
"""A price that a card takes; a line that costs so much is refused."""


class Command(NamedTuple):
    """A request that changes something; `route`: its path in the contract, `key`: with an
    Idempotency-Key."""

    method: str
    route: str
    path: str
    body: Any
    key: bool


@dataclass
class Known:
    """What there is to be named by the next command."""

    org: str
    holds: list[str] = field(default_factory=lambda: ["hold_" + "0" * 24])
    transactions: list[str] = field(default_factory=lambda: ["1-0"])
    keys: list[str] = field(default_factory=lambda: ["key_none"])
    invoices: list[str] = field(default_factory=lambda: ["inv_none"])
    reservations: list[str] = field(default_factory=lambda: ["rsv_none"])
    gift_cards: list[str] = field(default_factory=lambda: ["gc_none"])
    orders: list[str] = field(default_factory=lambda: ["ord_none"])
    shipments: list[str] = field(default_factory=lambda: ["shp_none"])
    returns: list[str] = field(default_factory=lambda: ["ret_none"])

    @property
    def met(self) -> dict[str, list[str]]:
        """What was met, by how paths name it; the first of each is none."""
        return {
            "hold_id": self.holds,
            "transaction_id": self.transactions,
            "reservation": self.reservations,
            "gift_card": self.gift_cards,
            "order": self.orders,
            "shipment": self.shipments,
            "return_id": self.returns,
        }

    def learn(self, answer: Any) -> None:
        """Remember the ids in an answer."""
        for each in _objects(answer):
            name = each.get("id")
            if self._learns_of_orders(each):
                continue
            if "placed_at" in each:
                self.holds.append(str(name))
            elif "oversold" in each and "expires_at" in each:
                self.reservations.append(str(name))
            elif str(name).startswith("gc_") and name not in self.gift_cards:
                self.gift_cards.append(str(name))
            elif "balance_after" in each:
                self.transactions.append(str(name))
            elif "secret" in each:
                self.keys.append(str(name))
            elif "lines" in each and each.get("invoice") not in self.invoices:
                self.invoices.append(str(each["invoice"]))

    def _learns_of_orders(self, told: Json) -> bool:
        for sign, name, known in (
            ("checkout_url", "order", self.orders),
            ("tracking_url", "shipment", self.shipments),
            ("restocked", "id", self.returns),
        ):
            if sign in told and name in told:
                known.append(str(told[name]))
                return True
        return False

    def named(self, route: str, chance: Random) -> str:
        """The path of a route with ids of what there is."""
        ids = {
            "org": [self.org],
            **{name: found[-8:] for name, found in self.met.items()},
            "key_id": self.keys[-3:],
            "invoice": self.invoices[-4:],
            "user": USERS[:3],
            "sku": SKUS,
            "item": SKUS,
            "modifier": ["m1", "m2"],
            "promotion": PROMOTIONS,
            "order": [*ORDERS, *self.orders[-4:]],
        }
        return PLACE.sub(lambda found: chance.choice(ids.get(found[1], NUMBERS)), route)


def _objects(value: Any) -> list[Json]:
    if isinstance(value, dict):
        return [value, *(found for each in value.values() for found in _objects(each))]
    if isinstance(value, list):
        return [found for each in value for found in _objects(each)]
    return []


def command_of(known: Known, chance: Random) -> Command:
    """Any command of the contract, about what is known of."""
    path, method, operation = chance.choice(OPERATIONS)
    body = _body(operation, chance)
    key = any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
    return Command(method.upper(), path, known.named(path, chance), body, key)


def _operations() -> list[tuple[str, str, Json]]:
    return [
        (path, method, methods[method])
        for path, methods in document()["paths"].items()
        for method in COMMANDS
        if method in methods
        for _ in range(WEIGHTS.get(path, 1))
    ]


def _body(operation: Json, chance: Random) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None
    model = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    body = body_of(document(), model, chance)
    if model == "OrgBody":
        return body | {"id": f"extreme-{chance.getrandbits(32)}"}
    uses = body.get("items", [body]) if model in USES else []
    for use in uses if isinstance(uses, list) else []:
        _use(use, chance)
    return MENDED[model](body) if model in MENDED else body


def _use(body: Any, chance: Random) -> None:
    if not isinstance(body, dict):
        return
    if isinstance(body.get("id"), str) and 0 < len(body["id"]) <= 255:
        body["id"] = f"{chance.randrange(1000)}{body['id']}"[:255]
    if chance.randrange(10):
        for part in ("cached_tokens", "cache_write_tokens"):
            if part in body:
                body |= {part: 5 * 10**14, "input_tokens": 10**15}
        body.pop("occurred_at", None) if chance.randrange(3) else None


def _grant(body: Json) -> Json:
    """With one end at most, of the kind that has it."""
    ends = "expires_at" if body.get("kind") != "included" else "period_end"
    other = {"expires_at", "period_end"} - {ends}
    return {name: each for name, each in body.items() if name not in other}


def _cap(body: Json) -> Json:
    rolling = body.get("period") == "rolling"
    rest = {name: each for name, each in body.items() if name != "days"}
    return rest | ({"days": body.get("days") or 366} if rolling else {})


def _caps(body: Json) -> Json:
    if not isinstance(body.get("caps"), list):
        return body
    caps = [_cap(each) for each in body["caps"]]
    return body | {"caps": [cap | {"id": f"{place}"} for place, cap in enumerate(caps)]}


def _price(body: Json) -> Json:
    rest = {name: each for name, each in body.items() if name not in ("price", "tiers")}
    tiered = body.get("mode") in ("graduated", "volume")
    given = {"tiers": TIERS} if tiered else {"price": body.get("price", DEAREST)}
    return rest | {"currency": "usd"} | given


def _coupon(body: Json) -> Json:
    """With an amount or basis points, not both."""
    rest = {name: each for name, each in body.items() if name not in ("bps", "currency")}
    if "amount" in rest:
        return rest | {"currency": "usd"}
    return rest | {"bps": body.get("bps", 10_000)}


def _modifier(body: Json) -> Json:
    """With what its kind says, and nothing else."""
    rest = {name: each for name, each in body.items() if name not in ("bps", "amount")}
    if body.get("kind") in ("percent", "markup"):
        return rest | {"bps": 10_000}
    return rest | {"amount": body.get("amount") or 1, "currency": "usd"}


def _promotion(body: Json) -> Json:
    """With what its kind says, and nothing else."""
    of_kinds = ("bps", "amount", "buy", "get", "got_skus", "scope", "code")
    rest = {name: each for name, each in body.items() if name not in of_kinds}
    rest |= {"currency": "usd"}
    match body.get("kind"):
        case "percent":
            return rest | {"bps": 10_000}
        case "amount":
            return rest | {"amount": body.get("amount") or 1}
        case "buy_get":
            return rest | {"buy": body.get("buy") or 1, "get": 10**9}
    return rest


def _invoice(body: Json) -> Json:
    """With items that have an amount, or a quantity and a price."""
    if isinstance(body.get("items"), list):
        body |= {"items": [_item(each) for each in body["items"] if isinstance(each, dict)]}
    return body | {"currency": "usd"}


def _item(body: Json) -> Json:
    rest = {name: each for name, each in body.items() if name not in ("starts_at", "ends_at")}
    if "quantity" in rest and "unit_price" in rest:
        rest.pop("amount", None)
        return rest
    return rest | {"quantity": None, "unit_price": None, "amount": body.get("amount", 1)}


def _card(body: Json) -> Json:
    if not isinstance(body.get("prices"), list):
        return body
    prices = {str((p.get("model"), p.get("meter"))): _price(p) for p in body["prices"]}
    return body | {"prices": [*prices.values(), *CARD]}


CARD: list[Json] = [
    {"model": "cheap", "meter": "requests", "per": 1_000_000, "price": "0.000000000001"},
    {"model": "cheap", "meter": "input_tokens", "per": 1, "price": "0.000000001"},
    {"model": "dear", "meter": "requests", "per": 1, "price": DEAREST},
    {"model": "dear", "meter": "input_tokens", "per": 1, "price": "99"},
    {"model": "tiered", "meter": "requests", "per": 1, "mode": "graduated", "tiers": TIERS},
    {"model": "tiered", "meter": "input_tokens", "per": 1, "mode": "volume", "tiers": TIERS},
]
USES = ("UsageBody", "BatchBody", "HoldBody", "CaptureBody", "QuoteBody")


def _at_home(body: Json) -> Json:
    """At the one place that there is, for the one owner, of the one SKU."""
    if isinstance(body.get("lines"), list):
        body |= {"lines": [each | {"sku": "S"} for each in body["lines"] if isinstance(each, dict)]}
        body["lines"] = [_anywhere(each) for each in body["lines"]]
    if "location" in body:
        body |= {"location": "home", "sku": "S"}
    return body | ({"owner": "o"} if "owner" in body else {})


def _anywhere(line: Json) -> Json:
    return {name: each for name, each in line.items() if name != "location"}


def _ordered(body: Json) -> Json:
    """By a transfer, of what can be had for nothing."""
    if isinstance(body.get("lines"), list):
        lines = [{"sku": "S", "units": each.get("units", 1)} for each in body["lines"]]
        body |= {"lines": lines}
    country = {"country": "DE", "name": "x"}
    body |= {name: country for name in ("shipping_address", "billing_address") if name in body}
    of_others = ("group", "price_list", "gift_cards", "store_credit", "expected_payment")
    rest = {name: each for name, each in body.items() if name not in of_others}
    paid = {"payment": {"provider": "manual"}, "currency": "usd", "email": "a@example.com"}
    return rest | paid | {"expected_total": "0"}


def _of_first(body: Json) -> Json:
    """Of the first line of an order, wherever there is some of it."""
    if isinstance(body.get("lines"), list):
        lines = [_anywhere(each) | {"line": 1} for each in body["lines"] if isinstance(each, dict)]
        body |= {"lines": lines[:1]}
    return _anywhere(body)


def _past(body: Json) -> Json:
    """Of one line that comes to all of it."""
    total = {"lines": [{"sku": "S", "subtotal": "1"}], "total": "1", "currency": "usd"}
    names = ("shipping", "refunded", "email", "shipping_address", "billing_address")
    rest = {name: each for name, each in body.items() if name not in names}
    return rest | total | {"source": "shop", "placed_at": "1970-01-01T00:00:00Z"}


def _home(body: Json) -> Json:
    return body | {"id": "home", "active": True}


def _in_dollars(body: Json) -> Json:
    """Of one currency, of one user; a card can be used for a while."""
    rest = {name: each for name, each in body.items() if name != "expires_at"}
    return rest | {"currency": "usd"} | ({"user": "ada"} if "user" in body else {})


MENDED: dict[str, Callable[[Any], Any]] = {
    "CapsBody": _caps,
    "CouponBody": _coupon,
    "GrantBody": _grant,
    "InvoiceBody": _invoice,
    "ModifierBody": _modifier,
    "PromotionBody": _promotion,
    "LocationBody": _home,
    **dict.fromkeys(
        ("StockSettingsBody", "ReceiptBody", "StockAdjustmentBody", "ReserveBody"), _at_home
    ),
    **dict.fromkeys(("OwnerBody", "SomeLinesBody", "StockReturnBody"), _at_home),
    **dict.fromkeys(
        (
            *("GiftCardBody", "GiftCardAdjustmentBody", "ClaimBody", "GiveBackBody"),
            *("StoreCreditAdjustmentBody", "StoreCreditBody", "StoreCreditClaimBody"),
            "StoreCreditGiveBackBody",
        ),
        _in_dollars,
    ),
    "OrderCheckoutBody": _ordered,
    **dict.fromkeys(("ShipmentBody", "ReturnBody", "ReceiptOfReturnBody"), _of_first),
    "PastOrderBody": _past,
    "RateCardBody": _card,
}
"""Bodies with fields that go together, so that most are taken."""

WEIGHTS = {
    "/v1/billing/deposits": 4,
    "/v1/billing/credits": 6,
    "/v1/billing/usage": 6,
    "/v1/billing/usage/batch": 3,
    "/v1/billing/holds": 3,
    "/v1/billing/transactions/{transaction_id}/reverse": 3,
    "/v1/billing/rate-cards": 2,
    "/v1/billing/caps": 2,
    "/v1/locations": 3,
    "/v1/gift-cards": 2,
    "/v1/gift-cards/{gift_card}/claims": 3,
    "/v1/store-credits/adjust": 2,
    "/v1/stock/movements/receipts": 3,
    "/v1/stock/reservations": 3,
    "/v1/checkout": 3,
    "/v1/orders/{order}/fulfilments": 3,
    "/v1/orders/{order}/returns": 2,
    "/v1/billing/invoices": 3,
    "/v1/billing/invoices/{invoice}/issue": 3,
    "/v1/billing/invoices/{invoice}/payments": 2,
    "/v1/billing/invoices/{invoice}/credit-notes": 2,
}
OPERATIONS = _operations()
