"""The story of invoices: who the org is on them, which taxes hold, and what becomes of some."""

from __future__ import annotations

from dataclasses import replace

from api.settings import WebhookCalls
from tests.api.served import Served, done
from tests.effect_work import make_calls

BILLING = "/v1/billing"
INVOICES = f"{BILLING}/invoices"
SETTINGS = {
    "seller": {
        "name": "Acme GmbH",
        "country": "DE",
        "address": ["Street 1"],
        "postal_code": "10115",
        "city": "Berlin",
        "vat_id": "DE136695976",
        "iban": "DE89 3704 0044 0532 0130 00",
    },
    "net_days": 30,
}
PAYER = {
    "user": "ada",
    "name": "Ada Lovelace",
    "country": "AT",
    "address": ["Ring 7"],
    "postal_code": "1010",
    "city": "Wien",
    "vat_id": "ATU13585627",
    "email": "ada@example.org",
}
RATES = {
    "rates": [
        {"country": "DE", "name": "USt.", "percent": "19"},
        {"country": "DE", "name": "USt.", "percent": "7", "category": "books"},
        {"country": "AT", "name": "USt.", "percent": 20, "reverse_charge": True},
    ]
}
ITEMS = [
    {"text": "Support, hours", "quantity": "2.5", "unit_price": "80"},
    {"text": "A book", "amount": "20.00", "category": "books"},
]


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of invoices."""
    acme = service.operator_of("acme")
    done(acme.send(f"{BILLING}/invoice-settings", SETTINGS, method="PUT"))
    done(acme.get(f"{BILLING}/invoice-settings"))
    done(acme.send(f"{BILLING}/tax-rates", RATES, method="PUT"))
    done(acme.get(f"{BILLING}/tax-rates"))
    done(acme.send(f"{BILLING}/payer-details", PAYER, method="PUT"))
    done(acme.get(f"{BILLING}/payer-details", user="ada"))
    coupon = [{"name": "WELCOME", "bps": 1_000, "items": [0]}]
    asked = {"user": "bo", "currency": "eur", "items": ITEMS}
    one = f"{INVOICES}/{done(acme.send(INVOICES, asked))['invoice']}"
    done(acme.send(one, asked | {"discounts": coupon, "reference": "order 7"}, method="PUT"))
    done(acme.send(f"{one}/issue"))
    done(acme.send(f"{one}/payments", {"amount": "100", "reference": "wire 7"}))
    back = {"lines": [{"line": 0, "amount": "11.90"}], "reason": "it took less"}
    done(acme.send(f"{one}/credit-notes", back))
    done(acme.send(f"{one}/send", {}))
    _make_documents(service)
    done(acme.get(one))
    for form in ("pdf", "xml"):
        assert acme.get(f"{one}.{form}").is_success
    for name, end in (("void", {"reason": "the wrong payer"}), ("write-off", {})):
        other = done(acme.send(INVOICES, asked | {"user": "ada"}))["invoice"]
        done(acme.send(f"{INVOICES}/{other}/issue"))
        done(acme.send(f"{INVOICES}/{other}/{name}", end))
    done(acme.get(INVOICES, limit="2"))


def _make_documents(service: Served) -> None:
    """Have what is issued be made, and what is asked for be sent; nobody else is called."""
    alone = replace(
        service.service.settings,
        stripe_key=None,
        stripe_webhook_secrets=(),
        stripe_url=None,
        webhooks=WebhookCalls.OFF,
    )
    for _ in range(2):
        make_calls(alone, service.ends.database)
