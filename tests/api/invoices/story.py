"""The story of invoices: who the org is on them, which taxes hold, and what becomes of some."""

from __future__ import annotations

import asyncio

import msgspec

from api.container import ActivityStore, InvoiceStore, clock_us, documents, event_store, ledger
from api.effects.invoices.kept_documents import Asked, InvoiceDesk, KeptDocuments
from api.effects.invoices.month_statements import AskedStatement, KeptStatements
from api.writer.every_shard import EveryShard
from projections.ports import Call, CallName
from tests.api.served import Api, Served, done

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
    "payment_url": "https://acme.example/pay/{number}",
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
    issued = done(acme.send(f"{one}/issue"))
    _make_document(service, "acme", one, issued["number"])
    done(acme.send(f"{one}/payments", {"amount": "100", "reference": "wire 7"}))
    back = {"lines": [{"line": 0, "amount": "11.90"}], "reason": "it took less"}
    done(acme.send(f"{one}/credit-notes", back))
    done(acme.send(f"{one}/send", {}))
    done(acme.get(one))
    for form in ("pdf", "xml"):
        assert acme.get(f"{one}.{form}").is_success
    for name, end in (("void", {"reason": "the wrong payer"}), ("write-off", {})):
        other = done(acme.send(INVOICES, asked | {"user": "ada"}))["invoice"]
        done(acme.send(f"{INVOICES}/{other}/issue"))
        done(acme.send(f"{INVOICES}/{other}/{name}", end))
    done(acme.get(INVOICES, limit="2"))
    _state_a_month(service, acme)


def _state_a_month(service: Served, acme: Api) -> None:
    """Have a statement of a month be made, as the process of jobs does."""
    asked = done(acme.send(f"{BILLING}/statements", {"month": "2026-01", "user": "ada"}))
    content = AskedStatement("ada", asked["month"], 0)
    _work(service, "acme", KeptStatements, content)
    done(acme.get(f"{BILLING}/statements/2026-01", user="ada"))
    assert acme.get(f"{BILLING}/statements/2026-01.pdf", user="ada").is_success


def _make_document(service: Served, org: str, path: str, number: str) -> None:
    """Have a document be made, as the process of jobs does; nobody follows the events for it."""
    asked = Asked(path.rpartition("/")[2], number, 0)
    _work(service, org, KeptDocuments, asked)


def _work(
    service: Served,
    org: str,
    kind: type[KeptDocuments] | type[KeptStatements],
    asked: Asked | AskedStatement,
) -> None:
    """Have what makes documents do one thing."""
    invoices = InvoiceStore(service.ends.database.writer)
    activities = ActivityStore(service.ends.database.writer)
    store = event_store(service.ends.database, "documents")
    effect = kind(InvoiceDesk(invoices, documents, service.service.blobs), activities)
    content = msgspec.json.encode(asked).decode()
    command = asyncio.run(effect.call(Call(CallName(org, effect.name, "1"), content)))
    assert command is not None
    EveryShard(ledger(store), clock_us).run([command])
    invoices.close()
    activities.close()
    store.close()
