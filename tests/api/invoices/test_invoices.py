"""Invoices over HTTP: what is sent comes back, 64 at once have numbers without a gap, and a payer's
name can be erased."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from api.verification.verify import verify
from tests.api.invoices.story import BILLING, INVOICES, PAYER, RATES, SETTINGS
from tests.api.served import Api, Json, Served, done

WORK = {"user": "ada", "currency": "eur", "items": [{"text": "work", "amount": "100"}]}


@pytest.fixture(scope="module")
def acme(service: Served) -> Api:
    """An org that can issue invoices."""
    admin = service.new_admin()
    done(admin.send(f"{BILLING}/invoice-settings", SETTINGS, method="PUT"))
    done(admin.send(f"{BILLING}/tax-rates", RATES, method="PUT"))
    return admin


def drafted(admin: Api, **more: object) -> str:
    """The path of a new draft."""
    return f"{INVOICES}/{done(admin.send(INVOICES, WORK | more))['invoice']}"


def test_a_preview_is_what_is_then_issued(acme: Api) -> None:
    one = drafted(acme, discounts=[{"name": "tenth", "bps": 1_000}], net_days=0)
    events = len(done(acme.get("/v1/audit/events", limit=1_000))["data"])
    preview = done(acme.get(one))
    assert len(done(acme.get("/v1/audit/events", limit=1_000))["data"]) == events
    assert (preview["status"], preview["number"], preview["remaining"]) == ("draft", None, "0.00")
    issued = done(acme.send(f"{one}/issue", key="issue once"))
    assert issued["bill"] == preview["bill"]
    assert [issued["bill"][name] for name in ("subtotal", "discount", "tax", "total")] == [
        *("100.00", "10.00", "17.10", "107.10")
    ]
    assert issued["due_at"] == issued["issued_at"]
    again = acme.send(f"{one}/issue", key="issue once")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (issued, "true")
    found = done(acme.get(one))
    assert (found["status"], found["bill"], found["seller"]["vat_id"]) == (
        *("open", issued["bill"], "DE136695976"),
    )


def test_paid_taken_back_and_listed(acme: Api) -> None:
    one = drafted(acme, user="list-me")
    done(acme.send(f"{one}/issue"))
    applied = done(acme.send(f"{one}/payments", {"amount": "19", "brand": "visa", "last4": "4242"}))
    assert applied["remaining"] == "100.00"
    note = done(acme.send(f"{one}/credit-notes", {"amount": "11.90", "reason": "late"}))
    assert (note["remaining"], note["credit_note"]["tax"]) == ("88.10", "1.90")
    too_much = acme.send(f"{one}/payments", {"amount": "88.11"})
    assert (too_much.status_code, too_much.json()["field"]) == (422, "amount")
    assert done(acme.send(f"{one}/payments", {}))["remaining"] == "0.00"
    (listed,) = done(acme.get(INVOICES, user="list-me"))["data"]
    assert (listed["status"], listed["total"], listed["net"], listed["remaining"]) == (
        *("paid", "119.00", "100.00", "0.00"),
    )
    assert done(acme.get(INVOICES, user="list-me", status="open"))["data"] == []
    void = acme.send(f"{one}/void", {})
    assert (void.status_code, void.json()["code"]) == (409, "conflict")


def test_64_at_once_have_numbers_without_a_gap(acme: Api) -> None:
    """One in eight gives back more than it asks for, and is refused: it takes no number."""
    before = _numbers(acme)
    items = [[{"text": "back", "amount": "-1"}] if n % 8 == 0 else WORK["items"] for n in range(64)]
    paths = [drafted(acme, items=each) for each in items]
    with ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(lambda path: acme.send(f"{path}/issue"), paths))
    assert sorted({each.status_code for each in answers}) == [200, 422]
    after = _numbers(acme)
    assert len(after) - len(before) == 56
    assert after == [f"INV-{after[0][4:8]}-{n:06}" for n in range(1, len(after) + 1)]


def _numbers(admin: Api) -> list[str]:
    data = done(admin.get(INVOICES, limit=1_000))["data"]
    return sorted(each["number"] for each in data if each["number"])


def test_a_payers_name_is_erased_and_the_invoice_stands(acme: Api) -> None:
    done(acme.send(f"{BILLING}/payer-details", PAYER, method="PUT"))
    one = drafted(acme)
    issued = done(acme.send(f"{one}/issue"))
    (line,) = issued["bill"]["lines"]
    assert (line["tax"], line["taxed_by"]["reverse_charge"]) == ("0.00", True)
    assert done(acme.get(one))["payer"]["name"] == "Ada Lovelace"
    assert acme.erase("ada")["texts"]
    payer = done(acme.get(one))["payer"]
    assert (payer["name"], payer["vat_id"], payer["country"]) == (None, None, "AT")
    assert done(acme.get(f"{BILLING}/payer-details", user="ada"))["name"] is None


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("invoices", WORK | {"currency": "credit"}, "currency"),
        ("invoices", WORK | {"items": []}, "items"),
        ("invoices", WORK | {"items": [{"text": "x"}]}, "items.0.amount"),
        ("invoices", WORK | {"items": [{"text": "x", "unit_price": "--1"}]}, "items.0.unit_price"),
        (
            "invoices",
            WORK | {"items": [{"text": "x", "unit_price": "0.0000000000001"}]},
            "items.0.unit_price",
        ),
        ("invoices", WORK | {"discounts": [{"name": "x"}]}, "discounts.0.bps"),
        (
            "tax-rates",
            {"rates": [RATES["rates"][0], RATES["rates"][0]]},
            "rates.1.effective_from",
        ),
        (
            "tax-rates",
            {"rates": [{"country": "DE", "name": "x", "percent": "100.1"}]},
            "rates.0.percent",
        ),
        ("payer-details", PAYER | {"vat_id": "ATU13585626"}, "vat_id"),
        ("payer-details", PAYER | {"country": "at"}, "country"),
        (
            "invoice-settings",
            {"seller": SETTINGS["seller"] | {"iban": "DE89370400440532013001"}},  # type: ignore[operator]
            "seller.iban",
        ),
    ],
)
def test_what_is_wrong_is_named(acme: Api, path: str, body: Json, field: str) -> None:
    method = "POST" if path == "invoices" else "PUT"
    refused = acme.send(f"{BILLING}/{path}", body, method=method)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_members_see_their_own(service: Served, acme: Api) -> None:
    mine, other = drafted(acme, user="mia"), drafted(acme, user="bo")
    mia = service.issue(str(acme.org), "member", "mia")
    assert done(mia.get(mine))["user"] == "mia"
    assert mia.get(other).status_code == 404
    assert {each["user"] for each in done(mia.get(INVOICES))["data"]} == {"mia"}
    assert mia.send(f"{mine}/issue").status_code == 403


def test_all_of_it_is_verified(service: Served, acme: Api) -> None:
    report = verify(service.ends)
    assert report.exit_code == 0, report.as_dict()
    assert report["numbers"].checked >= 56
    assert report["invoices"].checked
