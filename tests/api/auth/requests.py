"""A good request for every operation: whether it is let in is then for its caller alone to say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from api.commands.purchases.notices import RecordHappening
from ledger.kernel.actor import Actor
from ledger.purchases.notice import DisputeChanged, DisputeState, Money
from ledger.stored_value.gift_card_code import RANDOM_BYTES, code_of
from tests.api.access import story as access_story
from tests.api.appointments import story as appointments_story
from tests.api.internal_transfers import story as transfers_story
from tests.api.purchases.story import record
from tests.api.served import Api, Served, done

OWN, OTHER = "mia", "ada"
"""Whose own callers see, and somebody else."""

ME = "me"
"""Where nothing else can be asked for than one's own."""

_BILLING = "/v1/billing"
_CARD = {"prices": [{"model": "m", "meter": "requests", "price": "1", "per": 1}]}
_CHECKOUT = {"amount": {"amount": "20", "currency": "usd"}, "provider": "manual"}
_RULE = {"threshold": 1, "amount": _CHECKOUT["amount"], "payment_method": "pm_1"}
_INVOICE = {"currency": "usd", "items": [{"text": "work", "amount": "1"}]}
_SELLER = {"seller": {"name": "Acme", "country": "DE"}}
_PAYER = {"name": "x", "country": "DE"}
_URL = "https://shop.example/"
_BACK = {"return_url": _URL}
_PRICES = {"prices": [{"currency": "usd", "amount": "1"}]}
_PROMOTION = {"name": "x", "kind": "percent", "bps": 1}
_TEXTS = {"en": {"title": "x"}}
_WEBHOOK = {"url": "https://93.184.215.14/told", "events": ["*"]}
_MUG = {"location": "main", "sku": "MUG", "quantity": 1}
_ORDER: dict[str, Any] = {"owner": "order", "lines": [{"sku": "MUG", "quantity": 1}]}


_MONEY = {"amount": "1", "currency": "usd"}
_CREDIT = {"user": OTHER, "currency": "usd"}
_ORDERED: dict[str, Any] = {
    "currency": "usd",
    "lines": [{"sku": "cup"}],
    "expected_total": "1",
    "payment": {"provider": "manual"},
}

_PAST: dict[str, Any] = {
    "source": "shop",
    "currency": "usd",
    "placed_at": "2020-01-01T00:00:00Z",
    "status": "fulfilled",
    "payment_status": "paid",
    "lines": [{"sku": "cup", "subtotal": "1"}],
    "total": "1",
}


class Asked(NamedTuple):
    """What is asked for: a query and a body; of somebody, where it can be of one's own."""

    query: Mapping[str, str] = MappingProxyType({})
    body: Any = None
    user: str | None = None
    """Where the operation can be narrowed to one's own: how it names whose it is."""


def _line() -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "user": OTHER, "amount": "0.000001"}


def _claim() -> dict[str, Any]:
    return {"order": str(uuid.uuid4()), "amount": "0.01", "currency": "usd"}


def asked(name: str) -> Asked:
    """Return what an operation is asked; ids of lines and orgs are new each time."""
    found = _ASKED.get(name, Asked())
    return found if isinstance(found, Asked) else found()


_ASKED: dict[str, Asked | Callable[[], Asked]] = {
    "POST /v1/billing/usage": lambda: Asked(body=_line()),
    "POST /v1/billing/usage/batch": lambda: Asked(body={"mode": "independent", "items": [_line()]}),
    "POST /v1/billing/holds": Asked(body={"user": OTHER, "amount": "0.000001"}),
    "GET /v1/billing/holds": Asked(user="user"),
    "GET /v1/billing/holds/{hold_id}": Asked(user="hold_id"),
    "POST /v1/billing/holds/{hold_id}/capture": Asked(body={"amount": "0.000001"}),
    "POST /v1/billing/holds/{hold_id}/extend": Asked(body={"expires_in": 600}),
    "GET /v1/billing/balance": Asked(user="user"),
    "GET /v1/billing/balance/all": Asked(user="user"),
    "GET /v1/billing/transactions": Asked(user="user"),
    "GET /v1/billing/transactions/{transaction_id}": Asked(user="transaction_id"),
    "GET /v1/billing/statement": Asked({"period": "2026-02"}, user="user"),
    "GET /v1/billing/usage": Asked({"period": "2026-02"}, user="user"),
    "POST /v1/billing/deposits": Asked(body={"user": OTHER, "amount": 1}),
    "POST /v1/billing/credits": Asked(body={"user": OTHER, "amount": 1, "kind": "free"}),
    "POST /v1/billing/credits/starter": Asked(body={"user": OTHER}),
    "PUT /v1/billing/allowance": Asked(body={"free_monthly": "1"}),
    "POST /v1/billing/transactions/{transaction_id}/reverse": Asked(
        body={"amount": "0.000001", "reason": "x"}
    ),
    "POST /v1/billing/adjustments": Asked(body={"user": OTHER, "amount": 1, "reason": "x"}),
    "POST /v1/billing/zap": Asked(body={"user": "nobody", "reason": "x"}),
    "POST /v1/billing/wallets/{user}/suspend": Asked(body={"reason": "x"}),
    "POST /v1/billing/wallets/{user}/resume": Asked(body={"reason": "x"}),
    "POST /v1/billing/transfers": Asked(
        body={"from_user": OTHER, "to_user": OWN, "amount": "0.000001"}
    ),
    "POST /v1/billing/conversions": Asked(body={"user": OTHER, "amount": "0.01"}),
    "PUT /v1/billing/caps": Asked(body={"caps": []}),
    "POST /v1/billing/rate-cards/quote": Asked(body={"model": "m", "quantities": {"requests": 1}}),
    "PUT /v1/billing/rate-cards": Asked(body=_CARD),
    "POST /v1/orgs": lambda: Asked(body={"id": f"new-{uuid.uuid4().hex[:12]}", "name": "x"}),
    "PATCH /v1/orgs/{org}": Asked(body={"billing_mode": "individual"}),
    "POST /v1/orgs/{org}/move": Asked(body={"shard": 1}),
    "POST /v1/orgs/{org}/api-keys": Asked(body={"name": "x", "role": "gateway"}),
    "PUT /v1/orgs/{org}/roles/{name}": Asked(body={"permissions": []}),
    "POST /v1/orgs/{org}/api-keys/{key_id}/rotate": Asked(body={"overlap": 60}),
    "POST /v1/webhooks": Asked(body=_WEBHOOK),
    "PUT /v1/webhooks/{webhook}": Asked(body=_WEBHOOK),
    "POST /v1/webhooks/{webhook}/secret": Asked(body={}),
    "POST /v1/webhooks/{webhook}/calls": Asked(body={"sequence": 1}),
    "PUT /v1/billing/offers": Asked(body={"currency": "eur", "price": "0.10", "bonuses": []}),
    "PUT /v1/billing/plans": Asked(body={"id": "pro", "name": "Pro", "price": "20"}),
    "PUT /v1/billing/coupons": Asked(body={"id": "WELCOME", "bps": 1_000}),
    "PUT /v1/billing/subscription-policy": Asked(body={"end_days": 21}),
    "GET /v1/billing/entitlements": Asked(user="user"),
    "POST /v1/billing/subscribe": Asked(body={"plan": "free"}, user="body"),
    "POST /v1/billing/subscribe/checkout": Asked(
        body={"plan": "no-such", "success_url": _URL, "cancel_url": _URL}, user="body"
    ),
    "DELETE /v1/billing/subscribe": Asked(body={}, user="body"),
    "POST /v1/billing/subscribe/pause": Asked(body={}, user="body"),
    "POST /v1/billing/subscribe/resume": Asked(body={}, user="body"),
    "GET /v1/billing/subscription": Asked(user="user"),
    "GET /v1/billing/subscriptions": Asked(user="user"),
    "POST /v1/billing/checkout": Asked(body=_CHECKOUT, user="body"),
    "GET /v1/billing/purchases/{purchase}": Asked(user="purchase"),
    "POST /v1/billing/purchases/{purchase}/confirm": lambda: Asked(
        body={"reference": str(uuid.uuid4())}
    ),
    "GET /v1/billing/purchases": Asked(user="user"),
    "POST /v1/billing/purchases/{purchase}/review": Asked(body={"approved": True}),
    "POST /v1/billing/disputes/{dispute}/evidence": Asked(body={"texts": {"x": "y"}}),
    "GET /v1/billing/auto-recharge": Asked(user="user"),
    "PUT /v1/billing/auto-recharge": Asked(body=_RULE, user="body"),
    "DELETE /v1/billing/auto-recharge": Asked(user="user"),
    "PUT /v1/billing/purchase-policy": Asked(body={"refund_days": 14}),
    "GET /v1/billing/refunds": Asked(user="user"),
    "GET /v1/billing/refunds/{refund}": Asked(user="refund"),
    "GET /v1/billing/disputes": Asked(user="user"),
    "GET /v1/billing/disputes/{dispute}": Asked(user="dispute"),
    "POST /v1/billing/refunds": Asked(body={"purchase": "no-such"}),
    "PUT /v1/billing/invoice-settings": Asked(body=_SELLER),
    "PUT /v1/billing/tax-rates": Asked(body={"rates": []}),
    "GET /v1/billing/payer-details": Asked(user="user"),
    "PUT /v1/billing/payer-details": Asked(body=_PAYER, user="body"),
    "GET /v1/billing/invoices": Asked(user="user"),
    "POST /v1/billing/invoices": Asked(body=_INVOICE | {"user": OTHER}),
    "GET /v1/billing/invoices/{invoice}": Asked(user="invoice"),
    "PUT /v1/billing/invoices/{invoice}": Asked(body=_INVOICE | {"user": OTHER}),
    "POST /v1/billing/invoices/{invoice}/payments": Asked(body={"amount": "0.01"}),
    "POST /v1/billing/invoices/{invoice}/credit-notes": Asked(body={"amount": "0.01"}),
    "POST /v1/billing/invoices/{invoice}/void": Asked(body={}),
    "POST /v1/billing/invoices/{invoice}/send": Asked(body={}),
    "GET /v1/billing/invoices/{invoice}.pdf": Asked(user="invoice"),
    "GET /v1/billing/invoices/{invoice}.xml": Asked(user="invoice"),
    "POST /v1/billing/invoices/{invoice}/write-off": Asked(body={}),
    "POST /v1/billing/statements": Asked(body={"month": "2026-02", "user": OTHER}),
    "GET /v1/billing/statements/{month}": Asked(user="user"),
    "GET /v1/billing/statements/{month}.pdf": Asked(user="user"),
    "POST /v1/billing/payment-methods": Asked(body=_BACK, user="body"),
    "POST /v1/billing/portal": Asked(body=_BACK, user="body"),
    "POST /v1/billing/inbox/{provider}/{event}/assign": Asked(
        body={"org": "no-such", "purchase": "no-such"}
    ),
    "PUT /v1/prices/skus/{sku}": Asked(body=_PRICES),
    "PUT /v1/prices/items/{item}": Asked(body=_PRICES),
    "PUT /v1/prices/modifiers/{modifier}": Asked(body={"name": "x", "kind": "percent", "bps": 1}),
    "PUT /v1/prices/shipping/{method}": Asked(body={"name": "x", "currency": "usd", "amount": "5"}),
    "PUT /v1/prices/policy": Asked(body={"stacking": "additive"}),
    "POST /v1/orders/quote": Asked(
        body={"currency": "usd", "lines": [{"sku": "mug"}]}, user="body"
    ),
    "POST /v1/carts": Asked(body={"currency": "usd"}, user="body"),
    "GET /v1/carts/active": Asked({"currency": "usd"}, user="user"),
    "GET /v1/carts/{cart}": Asked(user="cart"),
    "POST /v1/carts/{cart}/items": Asked(body={"sku": "mug"}),
    "PUT /v1/carts/{cart}/items/{sku}": Asked(body={"units": 2}),
    "PUT /v1/carts/{cart}/codes": Asked(body={"codes": ["x"]}),
    "POST /v1/carts/{cart}/merge": Asked(body={}),
    "POST /v1/checkout": Asked(body=_ORDERED, user="body"),
    "POST /v1/orders/imports": lambda: Asked(body=_PAST | {"number": str(uuid.uuid4())}),
    "GET /v1/orders": Asked(user="user"),
    "GET /v1/orders/{order}": Asked(user="order"),
    "POST /v1/orders/{order}/cancel": Asked(body={}, user="order"),
    "POST /v1/orders/{order}/edit": Asked(
        body={"add": [{"sku": _ORDERED["lines"][0]["sku"], "units": 1}]}, user="order"
    ),
    "POST /v1/orders/{order}/confirm-transfer": lambda: Asked(
        body={"reference": str(uuid.uuid4())}
    ),
    "PUT /v1/orders/policy": Asked(body={"capture": "now"}),
    "GET /v1/orders/disputes": Asked(user="user"),
    "POST /v1/orders/{order}/disputes/{dispute}/evidence": Asked(body={"texts": {"x": "y"}}),
    "POST /v1/orders/{order}/refunds": Asked(body={"amount": "0.01"}),
    "POST /v1/orders/{order}/refunds/{refund}/confirm": lambda: Asked(
        body={"reference": str(uuid.uuid4())}
    ),
    "GET /v1/customers": Asked(user="user"),
    "GET /v1/customers/{user}": Asked(user="user of the path"),
    "GET /v1/me/profile": Asked(user=ME),
    "PUT /v1/me/profile": Asked(body={"name": "x"}, user=ME),
    "GET /v1/me/addresses": Asked(user=ME),
    "POST /v1/me/addresses": Asked(body=_PAYER, user=ME),
    "PUT /v1/me/addresses/{address_id}": Asked(body=_PAYER, user="address_id"),
    "GET /v1/me/orders": Asked(user=ME),
    "POST /v1/orders/{order}/fulfilments": Asked(body={}),
    "GET /v1/orders/{order}/fulfilments": Asked(user="order"),
    "POST /v1/orders/{order}/fulfilments/{shipment}/ship": Asked(body={}),
    "GET /v1/fulfilments": Asked(user="user"),
    "POST /v1/orders/{order}/returns": Asked(body={}, user="order"),
    "GET /v1/orders/{order}/returns": Asked(user="order"),
    "POST /v1/orders/{order}/returns/{return_id}/receive": Asked(body={}),
    "POST /v1/orders/{order}/returns/{return_id}/cancel": Asked(user="order"),
    "POST /v1/orders/{order}/returns/{return_id}/exchange": Asked(
        body={"lines": [{"sku": _ORDERED["lines"][0]["sku"], "units": 1}]}
    ),
    "GET /v1/orders/{order}/exchanges": Asked(user="order"),
    "GET /v1/returns": Asked(user="user"),
    "PUT /v1/promotions/{promotion}": Asked(body=_PROMOTION),
    "POST /v1/promotions/{promotion}/redemptions": lambda: Asked(
        body={"order": str(uuid.uuid4()), "amount": "1", "currency": "usd"}
    ),
    "PUT /v1/locations": Asked(body={"id": "main", "name": "Main"}),
    "PUT /v1/stock": Asked(body={"location": "main", "sku": "MUG", "allow_oversell": True}),
    "PUT /v1/stock/costs": Asked(
        body={"location": "main", "sku": "MUG", "unit_cost": "2", "currency": "usd"}
    ),
    "POST /v1/stock/movements/receipts": Asked(body=_MUG),
    "POST /v1/stock/movements/adjustments": Asked(body=_MUG | {"reason": "x"}),
    "POST /v1/stock/movements/transfers": Asked(body=_MUG | {"to": "other"}),
    "POST /v1/stock/movements/returns": Asked(
        body=_ORDER | {"reservation": "none", "condition": "sellable"}
    ),
    "POST /v1/stock/reservations": Asked(body=_ORDER),
    "POST /v1/stock/reservations/{reservation}/confirm": Asked(body={"owner": "order"}),
    "POST /v1/stock/reservations/{reservation}/release": Asked(body={"owner": "order"}),
    "POST /v1/stock/reservations/{reservation}/ship": Asked(body={"owner": "order"}),
    "POST /v1/gift-cards": Asked(body=_MONEY),
    "POST /v1/gift-cards/lookup": Asked(body={"code": code_of(bytes(RANDOM_BYTES))}),
    "POST /v1/gift-cards/{gift_card}/adjust": Asked(body=_MONEY | {"reason": "x"}),
    "POST /v1/gift-cards/{gift_card}/claims": lambda: Asked(body=_claim()),
    "POST /v1/gift-cards/{gift_card}/claims/{order}/give-back": Asked(body=_MONEY),
    "GET /v1/store-credits": Asked(user="user"),
    "GET /v1/store-credits/movements": Asked({"currency": "usd"}, user="user"),
    "POST /v1/store-credits/adjust": Asked(body=_CREDIT | {"amount": "1", "reason": "x"}),
    "POST /v1/store-credits/claims": lambda: Asked(body=_claim() | {"user": OTHER}),
    "POST /v1/store-credits/claims/{order}/settle": Asked(body=_CREDIT),
    "POST /v1/store-credits/claims/{order}/release": Asked(body=_CREDIT),
    "POST /v1/store-credits/claims/{order}/give-back": Asked(body=_CREDIT | {"amount": "1"}),
    "PUT /v1/catalogue/item-types/{item_type}": Asked(body={"kind": "physical"}),
    "PUT /v1/catalogue/categories/{category}": Asked(body={"texts": _TEXTS}),
    "POST /v1/catalogue/items": lambda: Asked(
        body={"type": "things", "slug": f"s-{uuid.uuid4().hex}", "texts": _TEXTS}
    ),
    "PUT /v1/catalogue/items/{item}": Asked(body={"texts": _TEXTS}),
    "PUT /v1/catalogue/items/{item}/variants": Asked(body={"variants": [{"sku": "mug"}]}),
    "PUT /v1/catalogue/skus/{sku}/benefit": Asked(body={"days": 1}),
    "PUT /v1/calendars/{calendar}": Asked(body={"name": "x"}),
    "POST /v1/calendars/{calendar}/slots": Asked(body=appointments_story.hours(1)),
    "GET /v1/appointments": Asked(user="user"),
    "GET /v1/appointments/{appointment}": Asked(user="appointment"),
    "POST /v1/appointments/{appointment}/move": Asked(body={"slot": "x"}, user="appointment"),
    "POST /v1/appointments/{appointment}/cancel": Asked(body={}, user="appointment"),
    "GET /v1/internal-transfers": Asked(user="user"),
    "GET /v1/internal-transfers/{transfer}": Asked(user="transfer"),
    "POST /v1/internal-transfers/{transfer}/send": Asked(body={}, user="transfer"),
    "POST /v1/internal-transfers/{transfer}/receive": Asked(body={}, user="transfer"),
    "POST /v1/internal-transfers/{transfer}/refuse": Asked(body={}, user="transfer"),
    "GET /v1/grants": Asked(user="user"),
    "GET /v1/grants/{grant}": Asked(user="grant"),
    "POST /v1/grants/{grant}/revoke": Asked(body={}),
    "POST /v1/downloads/{grant}/link": Asked(body={}, user="grant"),
    "GET /v1/audit/journal": Asked({"format": "csv"}),
    "POST /v1/audit/erasures": Asked(body={"user": "nobody"}),
}


class Things(NamedTuple):
    """What there is in an org, to be asked for by its id: somebody's, and one's own."""

    org: str
    ids: dict[str, dict[str, str]]

    def path(self, template: str, user: str = OTHER) -> str:
        """Return the path of an operation on something of a user's."""
        return template.format(**self.ids[user])


def things_of(service: Served, org: str) -> Things:
    """Make in an org one of each thing that can be asked for."""
    admin = service.issue(org, "admin")
    done(admin.send(f"{_BILLING}/rate-cards", _CARD, method="PUT"))
    key = done(admin.send(f"/v1/orgs/{org}/api-keys", {"name": "to revoke", "role": "gateway"}))
    webhook = done(admin.send("/v1/webhooks", _WEBHOOK))
    done(admin.send(f"{_BILLING}/invoice-settings", _SELLER, method="PUT"))
    for each in ("skus/mug", "skus/cup", "items/shirt"):
        done(admin.send(f"/v1/prices/{each}", _PRICES, method="PUT"))
    done(admin.send("/v1/promotions/spring", _PROMOTION, method="PUT"))
    done(admin.send("/v1/locations", {"id": "main", "name": "Main"}, method="PUT"))
    done(admin.send("/v1/stock/movements/receipts", _MUG | {"quantity": 10**6}))
    reserved = done(admin.send("/v1/stock/reservations", _ORDER))
    card = done(admin.send("/v1/gift-cards", _MONEY | {"amount": "1000"}))
    done(admin.send("/v1/store-credits/adjust", _CREDIT | {"amount": "1000", "reason": "x"}))
    same = {"org": org, "key_id": str(key["id"]), "name": "x", "version": "1", "sequence": "1"}
    same |= {
        "month": "2026-02",
        "webhook": str(webhook["id"]),
        "reservation": str(reserved["id"]),
        "gift_card": str(card["id"]),
        "shipment": "shp_none",
        "return_id": "ret_none",
        "provider": "stripe",
        "event": "evt_0",
        "modifier": "tenth",
        "method": "parcel",
        "promotion": "spring",
        "sha256": access_story.DIGEST,
        **sold_by(admin, sku="mug"),
    }
    access_story.sell(admin, "BOOK")
    transfers_story.offer(admin)
    slots = iter(appointments_story.offer(admin, 4))
    same |= {"calendar": "coach", "slot": next(slots)}
    return Things(
        org, {user: same | _of_user(service, admin, user, next(slots)) for user in (OTHER, OWN)}
    )


def sold_by(admin: Api, slug: str = "thing", sku: str = "THING") -> dict[str, str]:
    """Have an org sell a thing, in a category."""
    catalogue = "/v1/catalogue"
    done(admin.send(f"{catalogue}/item-types/things", {"kind": "physical"}, method="PUT"))
    done(admin.send(f"{catalogue}/categories/{slug}", {"texts": _TEXTS}, method="PUT"))
    thing = {"type": "things", "slug": slug, "texts": {"en": {"title": slug}}}
    item = done(admin.send(f"{catalogue}/items", thing))["id"]
    variants = {"variants": [{"sku": sku}]}
    done(admin.send(f"{catalogue}/items/{item}/variants", variants, method="PUT"))
    return {"item_type": "things", "category": slug, "item": item, "slug": slug, "sku": sku}


def _of_user(service: Served, admin: Api, user: str, slot: str) -> dict[str, str]:
    paid = admin.deposit(user, "1000")
    admin.deposit(user, "10", asset="usd")
    hold = admin.hold(user, "1", expires_in=86400)
    bought = done(admin.send(f"{_BILLING}/checkout", {"user": user, **_CHECKOUT}))
    invoice = done(admin.send(f"{_BILLING}/invoices", _INVOICE | {"user": user}))
    done(admin.send(f"{_BILLING}/payer-details", _PAYER | {"user": user}, method="PUT"))
    cart = done(admin.send("/v1/carts", {"currency": "usd", "user": user}, key=None))
    order = done(admin.send("/v1/checkout", _ORDERED | {"user": user}))
    mine = service.issue(str(admin.org), "member", user)
    address = done(mine.send("/v1/me/addresses", _PAYER))
    return {
        "user": user,
        "address_id": address["id"],
        "cart": cart["id"],
        "order": order["order"],
        "appointment": appointments_story.book(admin, slot, user),
        "transfer": transfers_story.ask_for(admin, 1, user),
        "grant": f"{access_story.buy(admin, 'BOOK', user=user)['order']}-1",
        "invoice": invoice["invoice"],
        "transaction_id": paid["id"],
        "hold_id": hold["id"],
        "purchase": bought["purchase"],
        **given_back(service, admin, user, f"dp_{admin.org}_{user}"),
    }


def given_back(service: Served, admin: Api, user: str, dispute: str) -> dict[str, str]:
    """Have a user buy what is refunded in part and was disputed, without effect on the wallet."""
    bought = done(admin.send(f"{_BILLING}/checkout", {"user": user, **_CHECKOUT}))["purchase"]
    payment = f"transfer of {dispute}"
    done(admin.send(f"{_BILLING}/purchases/{bought}/confirm", {"reference": payment}))
    half = {"purchase": bought, "amount": "10"}
    refund = done(admin.send(f"{_BILLING}/refunds", half))["refund"]
    won = DisputeChanged(dispute, payment, Money(100, "usd"), "general", DisputeState.WON)
    record(
        service, RecordHappening(str(admin.org), Actor("manual", "environment", ""), bought, won)
    )
    return {"refund": refund, "dispute": dispute}
