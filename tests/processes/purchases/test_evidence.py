"""Evidence reaches the provider: a person's words, or what is recorded here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from api.container import Endpoints
from tests.api.problems import problem
from tests.api.served import Api, Json, done
from tests.processes.purchases.shop import Shop, shop_over

DISPUTED = "4000000000000259"


@pytest.fixture(scope="module")
def shop(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_over(ends, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def disputed(shop: Shop, admin: Api, uses: int = 0) -> Json:
    """Buy, use some of it, and have the buyer's bank ask the money back."""
    bought = shop.buy(admin, "20.00")
    if not uses:
        shop.pay(bought, DISPUTED)
        heard(shop)
    else:
        shop.pay(bought)
        heard(shop)
        for number in range(uses):
            done(admin.use("ada", "1.5", service=f"chat-{number}", model="gpt-4o"))
        payment = shop.payment_of(bought)
        shop.control("/disputes", payment_intent=payment, reason="fraudulent")
    heard(shop)
    found: Json
    (found,) = done(admin.get("/v1/billing/disputes", purchase=bought["purchase"]))["data"]
    assert (found["status"], found["amount"]["amount"]) == ("open", "20.00")
    return found


def heard(shop: Shop) -> None:
    """Act on what the provider has told."""
    shop.hear()
    shop.work()


def look(admin: Api, dispute: Json) -> Json:
    """The dispute as it is."""
    return done(admin.get(f"/v1/billing/disputes/{dispute['dispute']}"))


def send(admin: Api, dispute: Json, body: Json) -> Json:
    """Hand something in."""
    return done(admin.send(f"/v1/billing/disputes/{dispute['dispute']}/evidence", body))


def test_what_a_person_wrote_is_handed_on_and_may_win(shop: Shop) -> None:
    admin = shop.new_admin()
    dispute = disputed(shop, admin)
    send(admin, dispute, {"texts": {"uncategorized": "winning_evidence"}})
    waiting = look(admin, dispute)
    assert waiting["evidence_sent_at"]
    assert waiting["evidence_taken_at"] is None
    shop.work()
    assert look(admin, dispute)["evidence_taken_at"]
    heard(shop)
    assert look(admin, dispute)["status"] == "won"
    assert done(admin.get("/v1/billing/balance", user="ada"))["balance"] == 21000
    body: Json = {}
    path = f"/v1/billing/disputes/{dispute['dispute']}/evidence"
    problem(admin.send(path, body), 409, "conflict", "id")
    problem(admin.send("/v1/billing/disputes/dp_0/evidence", body), 404, "not_found", "id")


def test_one_call_hands_in_what_is_recorded_here(shop: Shop) -> None:
    admin = shop.new_admin()
    dispute = disputed(shop, admin, uses=2)
    first = send(admin, dispute, {})
    shop.work()
    evidence = shop.evidence_of(dispute["dispute"])
    assert "21000 prepaid credits for 20.00 USD" in evidence["product_description"]
    log = evidence["access_activity_log"]
    assert "Of these 21000 credits 3 were used, in 2 uses." in log
    assert "| ada | chat-1 gpt-4o | 1.5 |" in log
    assert re.search(r"\n\S+ \| .* \| 3 \| 20", log), "the purchase, and two uses"
    (taken,) = done(admin.get("/v1/audit/events", type="purchases.DisputeEvidenceTaken"))["data"]
    assert taken["body"]["reason"]
    assert first["purchase"] == dispute["purchase"]


def test_it_is_handed_in_by_itself_where_the_org_wants_that(shop: Shop) -> None:
    admin = shop.new_admin()
    decided = {"sends_evidence": True}
    done(admin.send("/v1/billing/purchase-policy", decided, method="PUT"))
    dispute = disputed(shop, admin)
    shop.work()
    assert look(admin, dispute)["evidence_taken_at"]
    assert "20.00 USD" in shop.evidence_of(dispute["dispute"])["product_description"]


def test_texts_that_were_erased_meanwhile_are_not_handed_in(shop: Shop) -> None:
    admin = shop.new_admin()
    dispute = disputed(shop, admin)
    send(admin, dispute, {"texts": {"uncategorized": "ada lives in a castle"}})
    done(admin.send("/v1/audit/erasures", {"user": "ada"}))
    shop.work()
    assert look(admin, dispute)["evidence_taken_at"] is None
    assert not shop.evidence_of(dispute["dispute"])["uncategorized_text"]
