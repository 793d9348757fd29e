"""The invoices to come, over HTTP: with use beyond the credits; looking moves nothing."""

from __future__ import annotations

from tests.api.served import Api, Served, done
from tests.api.subscriptions.story import SELLER

BILLING = "/v1/billing"
SUBSCRIBE, NOW = f"{BILLING}/subscribe", f"{BILLING}/subscription"
PLAN = {
    "id": "beyond",
    "name": "Beyond",
    "price": "30.00",
    "net_days": 14,
    "overage": "pay_as_you_go",
    "overage_price": "1.00",
    "overage_limit": "2000",
}


def test_what_is_to_come_is_shown_and_is_what_is_issued(service: Served, admin: Api) -> None:
    done(admin.send(f"{BILLING}/invoice-settings", SELLER, method="PUT"))
    done(admin.send(f"{BILLING}/plans", PLAN, method="PUT"))
    done(admin.send(SUBSCRIBE, {"user": "ada", "plan": "beyond"}))
    done(admin.use("ada", "1500"))
    assert admin.balance("ada")["credit_line"] == {"limit": "2000", "left": "500"}
    before = service.events(admin.org)
    found = done(admin.get(NOW, user="ada"))
    (upcoming,) = found["upcoming"]
    assert service.events(admin.org) == before
    assert (upcoming["issued_at"], upcoming["bill"]["total"]) == (found["period_end"], "31.50")
    assert [each["source"] for each in upcoming["bill"]["lines"]] == ["subscription", "overage"]
    done(admin.send(SUBSCRIBE, {"user": "ada"}, method="DELETE"))
    (last,) = done(admin.get(NOW, user="ada"))["upcoming"]
    assert last["bill"]["total"] == "1.50"
    ended = done(admin.send(SUBSCRIBE, {"user": "ada", "at": "now"}, method="DELETE"))
    (invoice,) = (
        each["invoice"] for each in ended["subscription"]["owed"] if each["reason"] == "overage"
    )
    issued = done(admin.get(f"{BILLING}/invoices/{invoice}"))["bill"]
    assert issued["total"] == last["bill"]["total"]
    assert done(admin.get(NOW, user="ada"))["upcoming"] == []
    assert admin.balance("ada")["credit_line"] is None
